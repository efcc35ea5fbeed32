"""The files of the log: a new one when one is full or old, named so that their order is that of time."""

from __future__ import annotations

import itertools
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from mispredict.online.entry import line_of
from mispredict.online.snapshot import Row

_OURS = re.compile(r"online-\d{8}T\d{6}-\d+-\d+\.(jsonl|parquet)")
_numbers = itertools.count()


@dataclass(frozen=True)
class Rotation:
    """When a file ends, and how many stay."""

    entries: int = 100_000
    seconds: float = 3_600.0
    keep: int | None = None  # files; None keeps all


class Files(Protocol):
    """Where entries go. Used by one thread alone."""

    def write(self, entries: list[Row]) -> None:
        """Write entries; raises OSError, and ImportError where a package lacks."""

    def tick(self) -> None:
        """End a file that is old enough."""

    def close(self) -> None:
        """Write what is held and end the file."""

    def forget(self) -> None:
        """Let go of the file without writing: a forked process's parent goes on with it."""


def place_of(folder: Path, ending: str) -> Path:
    """Return the name of a new file."""
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    return folder / f"online-{now}-{next(_numbers):06}-{os.getpid()}.{ending}"


def drop_old(folder: Path, rotation: Rotation) -> None:
    """Delete the oldest of the log's own files, so that one more is no more than is kept."""
    if rotation.keep is None:
        return
    ours = sorted(file for file in folder.iterdir() if _OURS.fullmatch(file.name))
    for file in ours[: max(0, len(ours) + 1 - max(1, rotation.keep))]:
        file.unlink(missing_ok=True)


class JsonLines:
    """Entries as lines, in the file as soon as they are written: a crash loses none that were."""

    def __init__(self, folder: Path, rotation: Rotation) -> None:
        self._folder, self._rotation = folder, rotation
        self._file: int | None = None
        self._entries, self._began = 0, 0.0

    def write(self, entries: list[Row]) -> None:
        """Append the entries, in as few writes as there are files."""
        for start in range(0, len(entries), self._rotation.entries):
            self._append(entries[start : start + self._rotation.entries])

    def _append(self, entries: list[Row]) -> None:
        self.tick()
        file = self._open()
        data = memoryview(b"".join(map(line_of, entries)))
        try:
            while data:
                data = data[os.write(file, data) :]
        except OSError:
            self.close()  # perhaps in the middle of a line: the next entry begins a new file
            raise
        self._entries += len(entries)

    def tick(self) -> None:
        """End a file that is full or old."""
        is_old = time.monotonic() - self._began >= self._rotation.seconds
        if self._file is not None and (self._entries >= self._rotation.entries or is_old):
            self.close()

    def close(self) -> None:
        """End the file."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)

    forget = close

    def _open(self) -> int:
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            drop_old(self._folder, self._rotation)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            self._file = os.open(place_of(self._folder, "jsonl"), flags, 0o600)
            self._entries, self._began = 0, time.monotonic()
        return self._file


class Parquet:
    """Entries as columns. A file is written when full or old, whole or not at all; until then entries are held."""

    def __init__(self, folder: Path, rotation: Rotation) -> None:
        self._folder, self._rotation = folder, rotation
        self._held: list[Row] = []
        self._began = time.monotonic()

    def write(self, entries: list[Row]) -> None:
        """Hold the entries, and write the file once it is full."""
        if not self._held:
            self._began = time.monotonic()
        self._held += entries
        self.tick()

    def tick(self) -> None:
        """Write files that are full, and one that is old."""
        while len(self._held) >= self._rotation.entries:
            entries, self._held = self._held[: self._rotation.entries], self._held[self._rotation.entries :]
            self._write(entries)
        if self._held and time.monotonic() - self._began >= self._rotation.seconds:
            self.close()

    def close(self) -> None:
        """Write what is held."""
        entries, self._held = self._held, []
        if entries:
            self._write(entries)

    def forget(self) -> None:
        """Let go of what is held."""
        self._held = []

    def _write(self, entries: list[Row]) -> None:
        from mispredict.online.columns import write_parquet

        self._folder.mkdir(parents=True, exist_ok=True)
        drop_old(self._folder, self._rotation)
        place = place_of(self._folder, "parquet")
        unfinished = place.with_name(f".{place.name}")
        write_parquet(entries, unfinished)
        unfinished.replace(place)
