"""No more calls a second than an endpoint may be asked, over all threads."""

from __future__ import annotations

import threading
import time


class Pace:
    """Hands out turns that lie at least 1 / `per_second` apart; None hands them out at once."""

    def __init__(self, per_second: float | None) -> None:
        self._apart = 0.0 if per_second is None else 1.0 / per_second
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            turn = max(self._next, time.monotonic())
            self._next = turn + self._apart
        time.sleep(max(0.0, turn - time.monotonic()))
