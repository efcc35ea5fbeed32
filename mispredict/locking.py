"""One writer at a time: a lock that the system lets go of when its holder ends, however it ends."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mispredict.bad_input import StoreRefused

PATIENCE = 10.0  # seconds; a write takes milliseconds
_here = threading.Lock()  # threads of this process: the system's lock is the process's on some systems


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, made when there is none; raises StoreRefused when another holds on to it."""
    with _here, path.open("a+b") as file:
        deadline = time.monotonic() + PATIENCE
        while not _try(file.fileno()):
            if time.monotonic() > deadline:
                raise StoreRefused(
                    f"{path.name} is held by another process", needed="a turn to write", do="try again in a moment"
                )
            time.sleep(0.01)
        yield  # closing the file lets go


if sys.platform == "win32":

    def _try(handle: int) -> bool:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _try(handle: int) -> bool:
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
