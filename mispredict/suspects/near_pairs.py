"""Pairs of rows that are almost equal, found without comparing every row with every other.

Rows are hashed by a few columns at a time, numbers by cells of a grid that begins anywhere (locality-sensitive hashing,
Indyk and Motwani 1998); rows that fall together are compared in full. Several rounds with other columns find pairs that
differ in a column or two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Report
from mispredict.suspects.near_cells import Column

ROUNDS = 12
PAIRS_A_ROW = 4  # compared in full in each round, at most on average
_MIX = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of rows, each once; arrays have one entry a pair."""

    one: np.ndarray  # int64, the place of the first row
    other: np.ndarray  # int64, a larger place
    cost: np.ndarray  # nats of closeness lost in the columns that are more than a hair apart; 0 where none is
    moved: np.ndarray  # int64, columns more than a hair apart

    def take(self, which: np.ndarray) -> Pairs:
        """Return the pairs at a mask or at places."""
        return Pairs(self.one[which], self.other[which], self.cost[which], self.moved[which])

    def placed(self, places: np.ndarray) -> Pairs:
        """Return the pairs of rows of a larger table, in which these rows stand at ascending `places`."""
        return Pairs(places[self.one], places[self.other], self.cost, self.moved)


def near_pairs(columns: tuple[Column, ...], fixed: np.ndarray, most: int, seed: int, report: Report) -> Pairs:
    """Return pairs of rows alike in `fixed` whose cells differ by more than a hair in `most` columns at most."""
    rng = np.random.default_rng(seed)
    found = [np.empty((0, 2), dtype=np.int64)]
    for number in range(ROUNDS):
        report(0.1 + 0.8 * number / ROUNDS, "looking for rows that are almost equal")
        candidates = _fallen_together(columns, fixed, rng)
        found.append(candidates[_is_near(columns, candidates, most)])
    pairs = np.unique(np.vstack(found), axis=0)
    cost, moved = _costs(columns, pairs)
    return Pairs(pairs[:, 0], pairs[:, 1], cost, moved)


def _fallen_together(columns: tuple[Column, ...], fixed: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return pairs of rows that a hash of some columns, as few as will do, throws together; shape (pairs, 2)."""
    most = PAIRS_A_ROW * len(fixed)
    hashes = fixed.astype(np.uint64)
    for place in rng.permutation(len(columns)):
        cells = columns[place].cells(rng).astype(np.float64) + 0.0
        hashes = _stirred(hashes * _STIR + cells.view(np.uint64))
        counts = np.unique(hashes, return_counts=True)[1].astype(np.float64)
        if (counts * (counts - 1) / 2).sum() <= most:
            break
    order = np.argsort(hashes, kind="stable")
    return np.vstack([np.empty((0, 2), np.int64), *_neighbours(order, hashes[order], most)])


def _stirred(values: np.ndarray) -> np.ndarray:
    values = (values ^ (values >> np.uint64(31))) * _MIX
    return values ^ (values >> np.uint64(29))


def _neighbours(order: np.ndarray, hashes: np.ndarray, most: int) -> Iterator[np.ndarray]:
    """Yield pairs of rows with one hash: next neighbours first, until there are `most`."""
    found = 0
    for step in range(1, len(order)):
        alike = np.flatnonzero(hashes[step:] == hashes[:-step])
        if not len(alike) or found >= most:
            return
        found += len(alike)
        yield np.sort(np.column_stack([order[alike], order[alike + step]]), axis=1)


def _is_near(columns: tuple[Column, ...], pairs: np.ndarray, most: int) -> np.ndarray:
    """Return True for pairs that differ in `most` columns at most; those that differ in more drop out early."""
    left = np.arange(len(pairs))
    moved = np.zeros(len(pairs), dtype=np.int64)
    for column in columns:
        gaps = column.apart(pairs[left, 0], pairs[left, 1])
        moved[left] += gaps > column.hair
        left = left[moved[left] <= most]
    return moved <= most


def _costs(columns: tuple[Column, ...], pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cost, moved = np.zeros(len(pairs)), np.zeros(len(pairs), dtype=np.int64)
    for column in columns:
        gaps = column.apart(pairs[:, 0], pairs[:, 1])
        cost += column.cost(gaps)
        moved += gaps > column.hair
    return cost, moved


def mutual(pairs: Pairs, rows: int) -> Pairs:
    """Return the pairs whose rows are each other's nearest, so that every row stands in one pair at most."""
    order = np.lexsort((pairs.other, pairs.one, pairs.cost))
    nearest = np.full(rows, len(order), dtype=np.int64)
    for side in (pairs.one, pairs.other):
        np.minimum.at(nearest, side[order], np.arange(len(order)))
    places = np.arange(len(order))
    chosen = (nearest[pairs.one[order]] == places) & (nearest[pairs.other[order]] == places)
    return pairs.take(order[chosen])
