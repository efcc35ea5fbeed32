"""The desks that are open in this server: a few at once, the least used closes first."""

from __future__ import annotations

import threading
from collections import OrderedDict

from app import registry
from mispredict.bad_input import InvestigationRefused
from mispredict.investigation.desk import Desk

MOST = 4  # each has a worker process with its model and table


class DeskBook:
    """One desk a short name, shared by every session."""

    def __init__(self) -> None:
        self._desks: OrderedDict[str, Desk] = OrderedDict()
        self._stamps: dict[str, str] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Desk:
        """Return the desk of a registered investigation."""
        with self._lock:
            if name not in self._desks:
                self._desks[name] = self._made(name)
            self._desks.move_to_end(name)
            while len(self._desks) > MOST:
                _close(self._desks.popitem(last=False)[1])
            return self._desks[name]

    def _made(self, name: str) -> Desk:
        entry = registry.find(name)
        if entry is None:
            raise InvestigationRefused(
                f"no investigation called {name!r} on this server",
                needed="one that this server was started with or has opened",
                do="open it first, or ask whoever sent the link where it runs",
            )
        self._stamps[name] = entry.stamp()
        return entry.open()

    def is_stale(self, name: str) -> bool:
        """Return whether the investigation's file changed after it was opened."""
        entry, held = registry.find(name), self._stamps.get(name)
        return entry is not None and held is not None and held != entry.stamp()

    def close(self, name: str) -> None:
        """Close one desk; the next one who asks opens it anew."""
        with self._lock:
            if (desk := self._desks.pop(name, None)) is not None:
                _close(desk)

    def close_all(self) -> None:
        """Close every desk."""
        with self._lock:
            while self._desks:
                _close(self._desks.popitem()[1])


def _close(desk: Desk) -> None:
    close = getattr(desk, "close", None)  # a desk of this process has nothing to close
    if close is not None:
        close()
