"""Rows down stacked trees, compiled.

A block of rows goes down one tree level by level, then down the next: the tree stays in the processor's cache, and no
jump waits for a comparison. Every row adds its trees in the same order, alone or among others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.compiled import compiled

MISSING_LEFT, ZERO_MISSING, CATEGORICAL = 1, 2, 4  # bits of a node's flags
LEFT, RIGHT, FEATURE, FLAGS = 0, 1, 2, 3  # columns of the stacked nodes
SPECIAL = ZERO_MISSING | CATEGORICAL
NEAR_ZERO = 1e-35  # what LightGBM takes for zero
BLOCK = 256  # rows that go down one tree before the next


@compiled
def special_side(value: float, flags: int, sets: np.ndarray, which: int) -> int:
    """Return `LEFT` or `RIGHT` at a node that asks for a category (row `which` of `sets`), or where zero is missing."""
    if flags & CATEGORICAL:
        if value >= 0 and value < sets.shape[1]:
            return 0 if sets[which, int(value)] else 1
        return ~flags & MISSING_LEFT
    return -1 if abs(value) > NEAR_ZERO else ~flags & MISSING_LEFT


@compiled
def side(value: float, flags: int, limit: float, sets: np.ndarray, which: int) -> int:
    """Return where a value goes at a node. A number goes right when it lies above the limit."""
    if flags & SPECIAL:
        found = special_side(value, flags, sets, which)
        if found >= 0:
            return found
    return int(value > limit) | (int(value != value) & ~flags & MISSING_LEFT)


@compiled
def add_contributions(matrix: np.ndarray, start: int, stop: int, trees: Any, gain: np.ndarray, out: np.ndarray) -> None:
    """Add each split's change of value to `out` (rows, columns), at the column asked, for rows start to stop."""
    nodes, limit, table, sets, roots = trees
    place, active = np.empty(BLOCK, np.int32), np.empty(BLOCK, np.int32)
    for block in range(start, stop, BLOCK):
        for root in roots:
            going = min(BLOCK, stop - block)
            for i in range(going):
                place[i], active[i] = root, block + i
            while going:
                kept = 0
                for i in range(going):
                    node, row = place[i], active[i]
                    column = nodes[node, FEATURE]
                    way = side(matrix[row, column], nodes[node, FLAGS], limit[node], sets, table[node])
                    child = nodes[node, way]
                    out[row, column] += gain[child]
                    place[kept], active[kept] = child, row
                    kept += int(nodes[child, LEFT] != child)
                going = kept


@compiled
def reach(matrix: np.ndarray, block: int, count: int, root: int, trees: Any, place: np.ndarray) -> None:
    """Write the leaf of one tree that each of the `count` rows after `block` reaches to `place` (count,)."""
    nodes, limit, table, sets, _ = trees
    active = np.empty(BLOCK, np.int32)
    for i in range(count):
        place[i], active[i] = root, i
    going = count
    while going:
        kept = 0
        for i in range(going):
            which = active[i]
            node = place[which]
            value = matrix[block + which, nodes[node, FEATURE]]
            child = nodes[node, side(value, nodes[node, FLAGS], limit[node], sets, table[node])]
            place[which] = child
            active[kept] = which
            kept += int(nodes[child, LEFT] != child)
        going = kept


@compiled
def add_values(matrix: np.ndarray, start: int, stop: int, trees: Any, value: np.ndarray, out: np.ndarray) -> None:
    """Add the value of the leaf reached in every tree to `out` (rows,), for rows start to stop."""
    roots, place = trees[4], np.empty(BLOCK, np.int32)
    for block in range(start, stop, BLOCK):
        count = min(BLOCK, stop - block)
        for root in roots:
            reach(matrix, block, count, root, trees, place)
            for i in range(count):
                out[block + i] += value[place[i]]


@compiled
def fill_leaves(matrix: np.ndarray, start: int, stop: int, trees: Any, out: np.ndarray) -> None:
    """Write the leaf that each row reaches in each tree to `out` (rows, trees), for rows start to stop."""
    roots, place = trees[4], np.empty(BLOCK, np.int32)
    for block in range(start, stop, BLOCK):
        count = min(BLOCK, stop - block)
        for tree in range(len(roots)):
            reach(matrix, block, count, roots[tree], trees, place)
            for i in range(count):
                out[block + i, tree] = place[i]


@compiled
def fill_path(values: np.ndarray, root: int, trees: Any, out: np.ndarray) -> int:
    """Write the nodes that a row passes, from the root to the leaf, to `out`; return how many they are."""
    nodes, limit, table, sets, _ = trees
    node, length = root, 1
    out[0] = node
    while nodes[node, LEFT] != node:
        value = values[nodes[node, FEATURE]]
        node = nodes[node, side(value, nodes[node, FLAGS], limit[node], sets, table[node])]
        out[length] = node
        length += 1
    return length
