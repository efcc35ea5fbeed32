"""JSON-lines files as objects: one a line, what is no object told with its line."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mispredict.bad_input import TableRefused

BATCH_LINES = 65_536
SHOWN = 3  # faults
_LONGEST = 16 << 20  # bytes of one line
_BLOCK = 1 << 20
# Text packs ten to thirty times; what unpacks to more than both of these was made to fill a disk.
_MOST_RATIO = 200
_FREE_BYTES = 1 << 30


@dataclass(frozen=True)
class Fault:
    """A line that holds no object."""

    file: str
    line: int  # from 1
    why: str
    is_last: bool  # no line end follows: it was still being written, or never was to its end


@dataclass
class Faults:
    """What of a file holds no object: how many lines, and the first of them."""

    count: int = 0
    lines: int = 0  # that are not blank
    first: tuple[Fault, ...] = ()
    cut: int = 0  # of them, last lines without an end

    def add(self, fault: Fault) -> None:
        """Count one more."""
        self.count += 1
        self.cut += fault.is_last
        if len(self.first) < SHOWN:
            self.first = (*self.first, fault)


def objects_of(file: Path, size: int, faults: Faults) -> Iterator[list[dict[str, Any]]]:
    """Return the objects in the file's first `size` bytes, some ten thousand at a time; blank lines count for none."""
    batch: list[dict[str, Any]] = []
    for number, line, is_whole in _lines(file, size):
        faults.lines += 1
        found = _object(line)
        if isinstance(found, dict):
            batch.append(found)
        else:
            faults.add(Fault(file.name, number, found, is_last=not is_whole))
        if len(batch) >= BATCH_LINES:
            yield batch
            batch = []
    if batch:
        yield batch


def is_packed(file: Path) -> bool:
    """Return whether the file is packed by gzip, as rotated logs are."""
    return file.suffix.lower() == ".gz"


def _object(line: bytes) -> dict[str, Any] | str:
    """Return the line's object, or why there is none."""
    if len(line) > _LONGEST:
        return f"{len(line):,} bytes, more than a row can have"
    try:
        found = json.loads(line.decode())
    except UnicodeDecodeError:
        return "bytes that are no UTF-8"
    except RecursionError:
        return "values nested too deeply"
    except ValueError:
        return "no JSON"
    return found if isinstance(found, dict) else "JSON, but no object"


def _lines(file: Path, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """Return the number, the bytes and whether a line end follows, of each line that is not blank."""
    number = 0
    with file.open("rb") as opened:
        source: BinaryIO = io.BufferedReader(_Unpacked(opened, file, size)) if is_packed(file) else opened
        for line in _bounded(source, None if is_packed(file) else size):
            number += 1
            if line.strip():
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, line.endswith(b"\n")


def _bounded(source: BinaryIO, size: int | None) -> Iterator[bytes]:
    """Return whole lines up to a number of bytes: a log that is written meanwhile has an end all the same."""
    left = size if size is not None else 1 << 62
    while left > 0 and (line := source.readline(min(left, _LONGEST + 2))):
        left -= len(line)
        yield line


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, up to what an honest one can."""

    def __init__(self, file: BinaryIO, path: Path, size: int) -> None:
        self._gzip = gzip.GzipFile(fileobj=file)
        self._most = max(_FREE_BYTES, _MOST_RATIO * size)
        self._path, self._given = path, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            found = self._gzip.read1(min(len(buffer), _BLOCK))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return 0  # it was cut off: the line that stands open tells
        self._given += len(found)
        if self._given > self._most:
            raise TableRefused(
                f"{self._path.name} unpacks to more than {self._most:,} bytes", needed="a log", do="leave it out"
            )
        buffer[: len(found)] = found
        return len(found)
