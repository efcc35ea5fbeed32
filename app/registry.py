"""The investigations that this server may open. An address names one of these; it never names a path."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.recent import recent

if TYPE_CHECKING:  # the pages need pandas, the server's start does not
    from mispredict.investigation.desk import Desk

OPEN = "MISPREDICT_OPEN"  # investigation files, separated as PATH is


@dataclass(frozen=True)
class Entry:
    """One investigation that can be opened, by its short name."""

    name: str
    path: Path | None  # None for a desk that lives in this process
    open: Callable[[], Desk]

    def stamp(self) -> str:
        """Return what changes when the investigation's file does."""
        return str(self.path.stat().st_mtime_ns) if self.path is not None and self.path.exists() else ""


_entries: dict[str, Entry] = {}
_lock = threading.Lock()


def register(path: Path) -> str:
    """Return the short name under which the investigation file can be opened from now on."""
    whole = path.expanduser().resolve()
    name = short_name(whole)
    _keep(Entry(name, whole, lambda: _remote(whole)))
    return name


def register_desk(name: str, make: Callable[[], Desk]) -> str:
    """Return the short name under which a desk of this process can be opened."""
    _keep(Entry(name, None, make))
    return name


def find(name: str) -> Entry | None:
    """Return the investigation of a short name, or None for a name nobody registered."""
    _read_environment()
    if name not in _entries:
        _read_recent(name)
    with _lock:
        return _entries.get(name)


def names() -> tuple[str, ...]:
    """Return every short name, the first registered first."""
    _read_environment()
    with _lock:
        return tuple(_entries)


def clear() -> None:
    """Forget every investigation."""
    with _lock:
        _entries.clear()


def short_name(path: Path) -> str:
    """Return a name for an address: the folder's name and a digest of the whole path."""
    stem = path.parent.name if path.stem == "investigation" else path.stem
    word = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:30] or "investigation"
    return f"{word}-{hashlib.blake2b(str(path).encode(), digest_size=3).hexdigest()}"


def _keep(entry: Entry) -> None:
    with _lock:
        _entries.setdefault(entry.name, entry)


def _read_environment() -> None:
    for path in filter(None, os.environ.get(OPEN, "").split(os.pathsep)):
        if short_name(Path(path).expanduser().resolve()) not in _entries:
            register(Path(path))


def _read_recent(name: str) -> None:
    """Register the investigation of a link that was made before the server was started anew."""
    for known in recent():
        if short_name(Path(known.path)) == name:
            register(Path(known.path))


def _remote(path: Path) -> Desk:
    from mispredict.worker.client import RemoteInvestigation

    return RemoteInvestigation(path)
