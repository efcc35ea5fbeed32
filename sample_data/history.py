"""What was known about an entity at a moment: counts, sums and last times over its strict past."""

from __future__ import annotations

import numpy as np

SPAN = 1 << 32  # more seconds than any simulation has, so that entity and time fit one sorted key


class History:
    """Events of entities, asked as of any moment. Values are whole numbers: sums of floats would depend on the rest.

    >>> orders = History(entities=np.array([7, 7, 8]), times=np.array([10, 20, 15]), values=np.array([1, 2, 4]))
    >>> orders.count(np.array([7, 8]), np.array([0, 0]), np.array([20, 20]))
    array([1, 1])
    """

    def __init__(self, *, entities: np.ndarray, times: np.ndarray, values: np.ndarray | None = None) -> None:
        order = np.lexsort((times, entities))
        self._times = times[order]
        self._keys = _key(entities[order], self._times)
        worth = np.ones(len(order), dtype=np.int64) if values is None else values[order]
        self._sums = np.concatenate([[0], np.cumsum(worth)])

    def count(self, entities: np.ndarray, since: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Return how many events fell in [since, until)."""
        return self._place(entities, until) - self._place(entities, since)

    def total(self, entities: np.ndarray, since: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Return the sum of the values of the events in [since, until)."""
        return self._sums[self._place(entities, until)] - self._sums[self._place(entities, since)]

    def last(self, entities: np.ndarray, until: np.ndarray) -> np.ndarray:
        """Return the time of the last event before `until`, NaN where there was none."""
        place = self._place(entities, until)
        found = place > self._place(entities, np.full_like(until, -SPAN // 2))
        return np.where(found, self._times[np.maximum(place - 1, 0)], np.nan)

    def _place(self, entities: np.ndarray, moments: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._keys, _key(entities, moments), side="left")


def _key(entities: np.ndarray, moments: np.ndarray) -> np.ndarray:
    return entities.astype(np.int64) * SPAN + moments.astype(np.int64)


def ever(moments: np.ndarray) -> np.ndarray:
    """Return the start of a window that reaches back before everything."""
    return np.full_like(moments, -SPAN // 2)
