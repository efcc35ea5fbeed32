"""Digests of files, remembered for large files that did not change."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mispredict.cache import cache_folder
from mispredict.replacing import replacing

_WORTH_REMEMBERING = 16_000_000  # bytes; below, hashing takes less than 0.1 s
# A file that was written this lately may be written again within the same tick of the file system's clock.
_SETTLED_SECONDS = 2.0


@dataclass(frozen=True)
class Stamp:
    """What tells a file from the one that stood there before."""

    size: int
    mtime_ns: int
    inode: int


def stamp_of(path: Path) -> Stamp:
    """Return the file's stamp; all zero where it is gone."""
    try:
        found = os.stat(path)
    except OSError:
        return Stamp(0, 0, 0)
    return Stamp(found.st_size, found.st_mtime_ns, found.st_ino)


def digest_of(path: Path) -> str:
    """Return the sha256 of the file's bytes, in hex."""
    stamp = stamp_of(path)
    if stamp.size < _WORTH_REMEMBERING or time.time() - stamp.mtime_ns / 1e9 < _SETTLED_SECONDS:
        return _hashed(path)
    note = cache_folder() / "digests" / hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
    known = _remembered(note, stamp)
    if known is not None:
        return known
    digest = _hashed(path)
    _remember(note, stamp, digest)
    return digest


def digest_of_all(paths: Sequence[Path]) -> str:
    """Return one digest for a table: the file's own for one file, of the files' digests in order for several."""
    return digest_of_texts([digest_of(path) for path in paths])


def digest_of_texts(digests: Sequence[str]) -> str:
    """Return one digest for several, the only one for one."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _hashed(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _remembered(note: Path, stamp: Stamp) -> str | None:
    try:
        size, mtime_ns, inode, digest = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError, TypeError):
        return None
    return str(digest) if Stamp(size, mtime_ns, inode) == stamp else None


def _remember(note: Path, stamp: Stamp, digest: str) -> None:
    line = json.dumps([stamp.size, stamp.mtime_ns, stamp.inode, digest])
    try:
        note.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with replacing(note) as fresh:
            fresh.write_text(line, "utf-8")
    except OSError:
        return  # the next opening hashes again
