"""Exact Shapley values of trees against background rows: an absent column takes the value of another row.

For one row and one background row, Lundberg (2020, algorithm 3, "interventional"): a leaf counts where each player's
splits are followed by the row or by the other one. With a players followed by the row alone and c by the other alone,
each of the first gets (a - 1)! c! / (a + c)! of the leaf's value, and each of the second gives a! (c - 1)! / (a + c)!.
"""

from __future__ import annotations

from math import lgamma
from typing import Any

import numpy as np

from explainers.compiled import compiled, over_rows
from explainers.forests.kernels import CATEGORICAL, MISSING_LEFT, NEAR_ZERO, SPECIAL, ZERO_MISSING
from explainers.path_layout import (
    BEFORE,
    CLOSES,
    COLUMN,
    IS_LEFT,
    LAST,
    LEVEL,
    LIMIT,
    PLAYER,
    SPLIT,
    TABLE,
    VALUE,
    Layout,
)

STEPS = 2_000_000  # trees x background rows x rows that are worth a thread, about 0.1 s


def background_shapley(layout: Layout, matrix: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Return Shapley values (rows, players) against the background, both encoded and rounded as the library does."""
    values = np.zeros((len(matrix), layout.players))
    weights = _leaf_weights(layout.depth)

    def work(start: int, stop: int) -> None:
        _exchange(tuple(layout), matrix[start:stop], background, weights, values[start:stop])

    over_rows(work, len(matrix), least=max(1, STEPS // max(1, len(layout.points) * len(background))))
    return values / max(1, len(background))


def _leaf_weights(depth: int) -> Any:
    """Return (a - 1)! c! / (a + c)! by a and c, 0 where a is 0."""
    return np.array(
        [
            [np.exp(lgamma(a) + lgamma(c + 1) - lgamma(a + c + 1)) if a else 0.0 for c in range(depth + 1)]
            for a in range(depth + 1)
        ]
    )


@compiled
def _exchange(layout, rows, background, weights, values):  # type: ignore[no-untyped-def]
    """Add the values of every pair of rows to `values` (rows, players)."""
    starts, points, marks, figures, sets, _, depth, _, _ = layout
    path, own, others = _path(depth + 1, len(background)), rows.T.copy(), background.T.copy()
    for tree in range(len(points)):
        tree_marks, tree_figures = marks[starts[tree] : starts[tree + 1]], figures[starts[tree] : starts[tree + 1]]
        theirs = _sides(others, tree_marks, tree_figures, sets)
        mine = _sides(own, tree_marks, tree_figures, sets)
        for row in range(len(rows)):
            _down(tree_marks, tree_figures, weights, mine[:, row], theirs, path, values[row])


@compiled
def _path(levels, others):  # type: ignore[no-untyped-def]
    """Return what is known at each level of the path from the root to where the visit is.

    `nodes`; `mine`, 1 where the row follows the player's splits so far; `theirs` (levels, background rows), the same of
    each of those that are left; `left` (levels, background rows), the ones that would come here with some of the row's
    values; `count`, how many they are; `last`, 1 where no edge below asks the same player.
    """
    left, count = np.zeros((levels, others), np.int32), np.zeros(levels, np.int64)
    left[0], count[0] = np.arange(others), others
    nodes, theirs = np.zeros(levels, np.int64), np.ones((levels, others), np.uint8)
    return nodes, np.ones(levels, np.uint8), theirs, left, count, np.zeros(levels, np.uint8)


@compiled
def _sides(cells, marks, figures, sets):  # type: ignore[no-untyped-def]
    """Return which side each row of `cells` (columns, rows) takes at each inner node, (nodes, rows): 1 is left."""
    left = np.zeros((len(marks), cells.shape[1]), np.uint8)
    for node in range(len(marks)):
        if marks[node, CLOSES] == 0:
            _decide(cells[marks[node, COLUMN]], left[node], marks[node], figures[node, LIMIT], sets)
    return left


@compiled
def _decide(cells, left, mark, limit, sets):  # type: ignore[no-untyped-def]
    if mark[SPLIT] & SPECIAL:
        for row in range(len(cells)):
            left[row] = _goes_left(cells[row], mark, limit, sets)
        return
    missing = mark[SPLIT] & MISSING_LEFT
    for row in range(len(cells)):
        left[row] = (cells[row] <= limit) | ((cells[row] != cells[row]) & missing)


@compiled
def _goes_left(value, mark, limit, sets):  # type: ignore[no-untyped-def]
    missing_left = mark[SPLIT] & MISSING_LEFT != 0
    if mark[SPLIT] & CATEGORICAL:
        known = value >= 0 and value < sets.shape[1]
        return sets[mark[TABLE], int(value)] if known else missing_left
    if mark[SPLIT] & ZERO_MISSING and abs(value) <= NEAR_ZERO:
        return missing_left
    return missing_left if value != value else value <= limit


@compiled
def _down(marks, figures, weights, mine, theirs, path, found):  # type: ignore[no-untyped-def]
    """Add one tree's values for one row and all background rows to `found` (players,)."""
    nodes, follows, they_follow, left, count, _ = path
    node = 0
    while node < len(marks):
        mark = marks[node]
        level = mark[LEVEL]
        nodes[level] = node
        if level > 0:
            parent, before = nodes[level - 1], mark[BEFORE]
            follows[level] = follows[before] & (mine[parent] == mark[IS_LEFT])
            above, now = left[level - 1, : count[level - 1]], (they_follow[before], they_follow[level])
            count[level] = _stay(above, left[level], now, theirs[parent], (mark[IS_LEFT], follows[level]))
            if count[level] == 0:
                node = mark[LAST] + 1
                continue
            if mark[CLOSES] > 0:
                _end(marks, figures[node, VALUE], weights, path, level, found)
        node += 1


@compiled
def _stay(above, here, follows, sides, edge):  # type: ignore[no-untyped-def]
    """Write which background rows follow the player, and which are left: all, if the row itself follows."""
    (before, now), (is_left, mine) = follows, edge
    count = 0
    for i in range(len(above)):
        other = above[i]
        one = before[other] & (sides[other] == is_left)
        now[other] = one
        here[count] = other
        count += one | mine
    return count


@compiled
def _end(marks, value, weights, path, level, found):  # type: ignore[no-untyped-def]
    """Give a leaf's value to the players of its path."""
    nodes, mine, theirs, left, count, last = path
    against = _find_last(marks, nodes[: level + 1], mine, last)
    lost = 0.0
    for i in range(count[level]):
        alone = 0
        for above in range(1, level + 1):
            alone += last[above] & mine[above] & ~theirs[above, left[level, i]]
        lost += weights[against, alone]
        given = value * weights[alone, against]
        for above in range(1, level + 1):
            if last[above] & mine[above] & ~theirs[above, left[level, i]]:
                found[marks[nodes[above], PLAYER]] += given
    for above in range(1, level + 1):
        if last[above] & ~mine[above]:
            found[marks[nodes[above], PLAYER]] -= value * lost


@compiled
def _find_last(marks, nodes, mine, last):  # type: ignore[no-untyped-def]
    """Write which edges of the path are their player's last; return how many of those the row doesn't follow."""
    last[: len(nodes)] = 1
    for above in range(1, len(nodes)):
        last[marks[nodes[above], BEFORE]] = 0
    against = 0
    for above in range(1, len(nodes)):
        against += last[above] & ~mine[above]
    return against
