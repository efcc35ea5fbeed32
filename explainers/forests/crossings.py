"""Where the trees' answers to one row change when the value of one column moves and all others stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explainers.compiled import compiled
from explainers.forests.arrays import Forest
from explainers.forests.kernels import CATEGORICAL, FEATURE, FLAGS, LEFT, RIGHT, side

ROOM = 64  # pieces a tree that the arrays have room for at first


@dataclass(frozen=True, eq=False)
class Crossings:
    """How many trees differ from their present answer, past each limit that matters; the nearest limit first."""

    limit: np.ndarray  # a number goes right when it lies above
    trees: np.ndarray  # trees that answer otherwise once this limit, and no further one, is crossed


def crossings(forest: Forest, values: np.ndarray, column: int) -> tuple[Crossings, Crossings]:
    """Return what lies below the row's value of one encoded column and what lies above it.

    Each tree answers, as a function of one column, a constant between limits. Every piece that differs from the
    present answer counts one from where it is entered to where it is left.
    """
    pieces, own = np.empty((ROOM * len(forest.roots), 2)), float(values[column])
    while True:
        count = fill_pieces(values, column, forest.trees, forest.value, pieces)
        if count <= len(pieces):
            break
        pieces = np.empty((count, 2))
    low, high = pieces[:count].T
    down = high < own
    return _swept(-high[down], -low[down], -1.0), _swept(low[~down], high[~down], 1.0)


def _swept(enter: np.ndarray, leave: np.ndarray, sign: float) -> Crossings:
    """Return the number of open pieces past each limit, for pieces that are entered and left in this order."""
    ends = leave[np.isfinite(leave)]
    limits = np.concatenate([enter, ends])
    steps = np.concatenate([np.ones(len(enter)), -np.ones(len(ends))])
    order = np.argsort(limits, kind="stable")
    limits, counts = limits[order], np.cumsum(steps[order])
    last = np.flatnonzero(np.append(limits[1:] != limits[:-1], True)) if len(limits) else np.zeros(0, dtype=np.int64)
    return Crossings(sign * limits[last], counts[last].astype(np.int64))


@compiled
def fill_pieces(values: np.ndarray, column: int, trees: Any, value: np.ndarray, out: np.ndarray) -> int:
    """Write (low, high] of every piece whose answer differs to `out` as far as it has room; return how many there are.

    `values` is the row; its own value of the column must be a number.
    """
    nodes, limit, table, sets, roots = trees
    own = values[column]
    count = 0
    waiting = np.empty(len(nodes), np.int32)
    lows, highs = np.empty(len(nodes)), np.empty(len(nodes))
    for root in roots:
        present = root
        while nodes[present, LEFT] != present:
            asked = nodes[present, FEATURE]
            way = side(values[asked], nodes[present, FLAGS], limit[present], sets, table[present])
            present = nodes[present, way]
        waiting[0], lows[0], highs[0] = root, -np.inf, np.inf
        size = 1
        while size:
            size -= 1
            node, low, high = waiting[size], lows[size], highs[size]
            while nodes[node, LEFT] != node:
                asked = nodes[node, FEATURE]
                if asked != column or nodes[node, FLAGS] & CATEGORICAL:
                    way = side(values[asked], nodes[node, FLAGS], limit[node], sets, table[node])
                    node = nodes[node, way]
                elif limit[node] >= high:
                    node = nodes[node, LEFT]
                elif limit[node] <= low:
                    node = nodes[node, RIGHT]
                else:
                    waiting[size], lows[size], highs[size] = nodes[node, RIGHT], limit[node], high
                    size += 1
                    node, high = nodes[node, LEFT], limit[node]
            if value[node] != value[present] and not (low < own <= high):
                if count < len(out):
                    out[count, 0], out[count, 1] = low, high
                count += 1
    return count
