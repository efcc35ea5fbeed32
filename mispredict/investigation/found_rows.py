"""Rows that were just looked at: one click asks of the same row several times."""

from __future__ import annotations

import threading
from collections import OrderedDict

from mispredict.investigation.looking import find_row
from mispredict.investigation.opened import Opened
from mispredict.scan.scored import Scored

MOST = 64


class FoundRows:
    """The last rows that were asked for, scored by the live model."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._found: OrderedDict[str, Scored] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, row: str) -> Scored:
        """Return the row of an id, scored; any row of the table."""
        with self._lock:  # whoever asks of the same row meanwhile waits for it
            if row not in self._found:
                self._found[row] = find_row(self._opened, row)
            self._found.move_to_end(row)
            if len(self._found) > MOST:
                self._found.popitem(last=False)
            return self._found[row]
