"""What an entity's rows in a window of time come to: how many, and how many of them are events."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from mispredict.suspects.event_log import PER_DAY, EventLog

EVER = 100_000.0  # days: reaches over any log
BEFORE = -1.0  # `ahead` of a window that closes before the moment itself


@dataclass(frozen=True)
class Window:
    """From `back` days before a row (that moment left out) to `ahead` days after it (that moment included)."""

    back: float
    ahead: float = BEFORE  # 0 takes in rows of the very same moment
    own: bool = False  # whether the row itself counts, which it can't where the window closes before it

    @property
    def looks_ahead(self) -> bool:
        """Return whether it holds anything that is not known before the row's moment."""
        return self.ahead >= 0

    def until_before(self) -> Window:
        """Return the same window closed before the row's moment: what could be known."""
        return replace(self, ahead=BEFORE, own=False)


@dataclass(frozen=True, eq=False)
class Counts:
    """One entry a row asked: the entity's rows in the window, and the events among them."""

    rows: np.ndarray
    events: np.ndarray


@dataclass(frozen=True, eq=False)
class Windows:
    """Counts of the entity's rows and events around asked rows of a log, for any window."""

    log: EventLog
    outcome: int  # the class that is the event
    asked: np.ndarray  # places in the log
    _key: np.ndarray
    _stride: int
    _sums: np.ndarray
    _edges: dict[tuple[str, float], np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, log: EventLog, outcome: int, asked: np.ndarray) -> Windows:
        """Return windows around rows of the log; keys in milliseconds, an entity's far from the next one's."""
        first, last = int(log.when.min()), int(log.when.max())
        stride = 3 * (last - first) + 10 * PER_DAY
        key = log.entity * stride + (log.when - first)
        sums = np.concatenate([[0], np.cumsum(log.place == outcome)])
        return cls(log, outcome, asked, key, stride, sums)

    def counts(self, window: Window) -> Counts:
        """Return what the window around each asked row holds."""
        start, stop = self._start(window.back), self._stop(window.ahead)
        rows = np.maximum(stop - start, 0)
        events = self._sums[np.maximum(stop, start)] - self._sums[start]
        if window.looks_ahead and not window.own and window.back > 0:  # one of 0 days back opens after the row
            rows = rows - 1
            events = events - (self.log.place[self.asked] == self.outcome)
        return Counts(rows.astype(np.float64), events.astype(np.float64))

    def between(self, low: float, high: float) -> Counts:
        """Return what lies later than `low` and not later than `high` days after each asked row, itself left out."""
        start, stop = self._stop(low), self._stop(high)
        return Counts((stop - start).astype(np.float64), (self._sums[stop] - self._sums[start]).astype(np.float64))

    def _start(self, back: float) -> np.ndarray:
        return self._edge("start", -back, "right")

    def _stop(self, ahead: float) -> np.ndarray:
        return self._edge("stop", 0.0, "left") if ahead < 0 else self._edge("end", ahead, "right")

    def _edge(self, name: str, days: float, side: str) -> np.ndarray:
        if (name, days) not in self._edges:
            span = self._stride // 3
            shift = int(np.clip(round(days * PER_DAY), -span, span))
            found = np.searchsorted(self._key, self._key[self.asked] + shift, side=side)  # type: ignore[call-overload]
            self._edges[name, days] = found
        return self._edges[name, days]
