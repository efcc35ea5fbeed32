"""`SHA256SUMS`: the digest of every file of an exported folder, in the form that `sha256sum --check` reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from mispredict.bad_input import StoreRefused

NAME = "SHA256SUMS"
EDITABLE = "conftest.py"  # people load their model there, and an import does not read it


def sums_text(*versions: Mapping[str, bytes]) -> str:
    """Return the lines for files by name. While files are replaced, the old digest and the new one both stand."""
    lines = {f"{_digest(content)}  {name}\n" for files in versions for name, content in files.items()}
    return "".join(sorted(lines, key=lambda line: line.split("  ", 1)[::-1]))


def verify(folder: Path) -> None:
    """Refuse a folder whose files are not those that were exported; folders of older versions have no sums."""
    sums = folder / NAME
    if not sums.exists():
        return
    known: dict[str, set[str]] = {}
    for line in sums.read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        known.setdefault(name, set()).add(digest)
    for name, digests in known.items():
        if name != EDITABLE and _of(folder / name) not in digests:
            raise StoreRefused(
                f"{folder / name}, which is not the file that was exported: its digest is another one than in {NAME}",
                needed="the folder as it was exported",
                do="export it again, or say --unverified where the change is meant; nothing was imported",
            )


def _of(file: Path) -> str | None:
    try:
        return _digest(file.read_bytes())
    except OSError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
