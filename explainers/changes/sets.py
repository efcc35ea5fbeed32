"""Which of a column's options go left at each split, as runs of places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explainers.forests.arrays import Forest
from explainers.forests.kernels import NEAR_ZERO, ZERO_MISSING

CELLS = 4_000_000  # options x splits asked at once


@dataclass(frozen=True, eq=False)
class Sets:
    """The runs [low, high) of options that go left: those of a node stand from `first` to `past`."""

    first: np.ndarray
    past: np.ndarray
    low: np.ndarray
    high: np.ndarray
    width: int  # the most runs that any narrowing of options can come to


@dataclass(frozen=True, eq=False)
class Part:
    """The runs of some nodes: one place a run in `at`, the node's."""

    at: np.ndarray
    low: np.ndarray
    high: np.ndarray
    width: int


def goes_left(forest: Forest, values: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Return True where the encoded values, one a node, go left."""
    as_missing = ((forest.flags[nodes] & ZERO_MISSING) > 0) & (np.abs(values) <= NEAR_ZERO)
    values = np.where(as_missing, np.nan, values)
    return np.asarray(forest.step(values, nodes) == forest.left[nodes])


def sets_of(forest: Forest, nodes: np.ndarray, coded: dict[int, np.ndarray], numbers: dict[int, int]) -> Sets:
    """Return the sets at `nodes`.

    `coded` holds each encoded column's value at every option of its raw column, `numbers` how many options in front
    are numbers in ascending order.
    """
    parts = [_no_runs()]
    for k in np.unique(forest.feature[nodes]).tolist():
        mine = nodes[forest.feature[nodes] == k]
        plain = (forest.table[mine] < 0) & ((forest.flags[mine] & ZERO_MISSING) == 0)
        direction = direction_of(coded[k][: numbers[k]])
        if direction == 0:
            plain[:] = False
        else:
            parts.append(_cut(forest, mine[plain], coded[k], numbers[k], direction))
        parts.append(_asked(forest, mine[~plain], coded[k]))
    at = np.concatenate([p.at for p in parts])
    order = np.lexsort((np.concatenate([p.low for p in parts]), at))
    every = np.arange(len(forest.left))
    first, past = np.searchsorted(at[order], every, "left"), np.searchsorted(at[order], every, "right")
    low, high = (np.concatenate([getattr(p, end) for p in parts])[order].astype(np.int32) for end in ("low", "high"))
    return Sets(first, past, low, high, max(p.width for p in parts))


def direction_of(codes: np.ndarray) -> int:
    """Return 1 where encoded numbers never fall, -1 where they never rise, 0 for anything else."""
    if not len(codes) or np.isnan(codes).any():
        return 0
    steps = np.diff(codes)
    return 1 if (steps >= 0).all() else -1 if (steps <= 0).all() else 0


def _cut(forest: Forest, nodes: np.ndarray, codes: np.ndarray, numbers: int, direction: int) -> Part:
    """Return one run a node in front or at the end of the numbers, and the missing option's own."""
    before: Literal["left", "right"] = "left" if forest.compare == "<" else "right"
    rising = codes[:numbers][::direction]
    cuts = np.searchsorted(rising, forest.threshold[nodes], before)
    none = np.zeros(len(nodes), dtype=np.int64)
    low, high = (none, cuts) if direction == 1 else (numbers - cuts, none + numbers)
    at = nodes
    if len(codes) > numbers:
        left = nodes[goes_left(forest, np.full(len(nodes), codes[numbers]), nodes)]
        at = np.concatenate([at, left])
        low = np.concatenate([low, np.full(len(left), numbers)])
        high = np.concatenate([high, np.full(len(left), numbers + 1)])
    held = low < high
    return Part(at[held], low[held], high[held], 3)


def _asked(forest: Forest, nodes: np.ndarray, codes: np.ndarray) -> Part:
    """Return the runs of nodes whose options are asked one by one: categories, and numbers that an encoder folds."""
    size = max(1, CELLS // len(codes))
    parts = [_runs(forest, nodes[s : s + size], codes) for s in range(0, len(nodes), size)]
    if not parts:
        return _no_runs()
    at, low, high = (np.concatenate([p[i] for p in parts]) for i in range(3))
    return Part(at, low, high, len(codes) // 2 + 3)


def _runs(forest: Forest, nodes: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    many = len(codes)
    left = goes_left(forest, np.tile(codes, len(nodes)), np.repeat(nodes, many)).reshape(len(nodes), many)
    edges = np.zeros((len(nodes), many + 2), dtype=np.int8)
    edges[:, 1:-1] = left
    steps = np.diff(edges, axis=1)
    at, low = np.nonzero(steps == 1)
    _, high = np.nonzero(steps == -1)
    return nodes[at], low, high


def _no_runs() -> Part:
    none = np.zeros(0, dtype=np.int64)
    return Part(none, none, none, 3)
