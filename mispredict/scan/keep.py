"""The best K rows of a stream: only rows that can still win are copied."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mispredict.scan.scored import Scored
from mispredict.scan.stack import stack


@dataclass(frozen=True)
class Bar:
    """What a row must beat to be kept: a larger key, or the same key and an earlier position."""

    key: float
    position: int


LOWEST = Bar(-np.inf, 0)


@dataclass(frozen=True, eq=False)
class Kept:
    """The rows with the largest keys, ties broken by the earlier position. May hold some that lost: see `trimmed`."""

    size: int
    keys: np.ndarray  # float64
    positions: np.ndarray  # int64, in the table
    parts: tuple[Scored, ...]  # the rows of `keys`, in that order

    @cached_property
    def bar(self) -> Bar:
        """Return what a further row must beat; nothing while there is room."""
        if self.size == 0:
            return Bar(np.inf, -1)
        if len(self.keys) < self.size:
            return LOWEST
        # Sorting all keys for the one at the end would be most of a scan's own work.
        key = float(-np.partition(-self.keys, self.size - 1)[self.size - 1])
        ties = self.positions[self.keys == key]
        seats = self.size - int((self.keys > key).sum())
        return Bar(key, int(np.partition(ties, seats - 1)[seats - 1]))

    def rows(self) -> Scored:
        """Return the kept rows, the largest key first."""
        return stack(self.parts).take(np.lexsort((self.positions, -self.keys))[: self.size])

    def trimmed(self) -> Kept:
        """Return the same answer without the rows that lost."""
        bar = self.bar
        wins = (self.keys > bar.key) | ((self.keys == bar.key) & (self.positions <= bar.position))
        first = np.cumsum([0, *(len(part) for part in self.parts)])
        left = tuple(
            part.take(np.flatnonzero(wins[begin : begin + len(part)]))
            for part, begin in zip(self.parts, first, strict=False)
        )
        return Kept(self.size, self.keys[wins], self.positions[wins], (stack(left),))


def keep_best(scored: Scored, keys: np.ndarray, *, size: int, bar: Bar = LOWEST) -> Kept:
    """Return the batch's best rows; rows under `bar`, which others have already beaten, are never copied."""
    positions = scored.rows.index.to_numpy(dtype=np.int64)
    # A key of minus infinity says that the row is no candidate at all.
    can_win = (keys > bar.key) | ((keys == bar.key) & (positions < bar.position) & (keys > -np.inf))
    which = np.flatnonzero(can_win)
    if len(which) > size:
        best = Kept(size, keys[which], positions[which], ()).bar
        which = which[(keys[which] > best.key) | ((keys[which] == best.key) & (positions[which] <= best.position))]
    return Kept(size, keys[which], positions[which], (scored.take(which),))


def merge_kept(first: Kept, second: Kept) -> Kept:
    """Return the best of both."""
    both = Kept(
        first.size,
        np.concatenate([first.keys, second.keys]),
        np.concatenate([first.positions, second.positions]),
        (*first.parts, *second.parts),
    )
    # Trimming at every merge would copy all kept rows for each batch.
    return both.trimmed() if len(both.keys) > 2 * first.size else both
