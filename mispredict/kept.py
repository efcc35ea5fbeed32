"""What was computed is kept: once in memory for everybody who asks, and on disk for the next time."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mispredict.replacing import replacing
from mispredict.worker.codec import Untravelled, decode, encode
from mispredict.worker.frames import BrokenFrame, read_frame, write_frame


class Kept:
    """Results of one investigation by step name. `folder` is made for its key alone; None keeps in memory only.

    `most` bounds how many are in memory: the one that was asked for longest ago leaves first.
    """

    def __init__(self, folder: Path | None, *, most: int | None = None) -> None:
        self._most = most
        self.folder = folder
        self._results: dict[str, Any] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, step: str, make: Callable[[], Any]) -> Any:
        """Return a step's result, computed by `make` if nobody did before; others who ask meanwhile wait for it."""
        with self._guard:
            lock = self._locks.setdefault(step, threading.Lock())
        with lock:
            result = self._results.pop(step) if step in self._results else self._read_or_make(step, make)
            self._results[step] = result  # at the end: what was asked for last leaves last
        self._drop_old()
        return result

    def known(self, step: str) -> Any:
        """Return a step's result where it was computed before, else None; computes nothing and waits for nobody."""
        with self._guard:
            if step in self._results:
                return self._results[step]
        if self.folder is not None:
            with contextlib.suppress(OSError, BrokenFrame, Untravelled, TypeError, ValueError, LookupError):
                return _read(self.folder / f"{step}.frame")
        return None

    def _drop_old(self) -> None:
        with self._guard:
            for step in list(self._results)[: -self._most] if self._most is not None else ():
                self._results.pop(step, None)
                self._locks.pop(step, None)

    def forget(self, step: str) -> None:
        """Let the next one who asks compute the step anew."""
        self._results.pop(step, None)
        if self.folder is not None:
            with contextlib.suppress(OSError):
                (self.folder / f"{step}.frame").unlink(missing_ok=True)

    def _read_or_make(self, step: str, make: Callable[[], Any]) -> Any:
        if self.folder is None:
            return make()
        path = self.folder / f"{step}.frame"
        with contextlib.suppress(OSError, BrokenFrame, Untravelled, TypeError, ValueError, LookupError):
            return _read(path)
        result = make()
        # A full or read-only disk costs the next opening time; it does not cost this answer.
        with contextlib.suppress(OSError):
            _write(path, result)
        return result


def _read(path: Path) -> Any:
    with path.open("rb") as stream:
        frame = read_frame(stream)
    if frame is None:
        raise BrokenFrame(f"{path.name} is empty")
    header, blobs = frame
    return decode(header["kept"], blobs)


def _write(path: Path, result: Any) -> None:
    blobs: list[bytes] = []
    header = {"kept": encode(result, blobs)}
    text = io.BytesIO()
    write_frame(text, header, blobs)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as fresh:
        fresh.write_bytes(text.getbuffer())
