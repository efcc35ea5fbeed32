"""Exact Shapley values along the paths of trees, in time linear in the leaves.

What an absent column stands for is the rule of Lundberg (2020), "tree_path_dependent": a split on it sends the row
both ways, each side weighed by its share of the training rows. A leaf of value v whose path asks d players gives player
i: v (o_i - z_i) times the integral over t in [0, 1] of the product over j != i of o_j t + z_j (1 - t), where o is 1 if
the row follows all the player's splits, else 0, and z is the product of their shares. Gauss-Legendre's rule is exact
for that polynomial with d/2 points. Products at the points are carried down a tree, sums over leaves up again, and
each edge corrects what the player's last edge above it gave (as Linear TreeSHAP does, Yu et al. 2022).
"""

from __future__ import annotations

import numpy as np

from explainers.compiled import compiled, over_rows
from explainers.forests.kernels import CATEGORICAL, MISSING_LEFT, NEAR_ZERO, SPECIAL, ZERO_MISSING
from explainers.path_layout import (
    BEFORE,
    CLOSES,
    COLUMN,
    IS_LEFT,
    KNOWN,
    KNOWN_BEFORE,
    LEVEL,
    LIMIT,
    PLAYER,
    SHARE,
    SPLIT,
    TABLE,
    VALUE,
    Layout,
)

LANES = 512  # rows that go down together: the loops over them are long enough for vector instructions to pay
SHARED = 128  # rows that are worth a thread
FEW = 2  # rows up to which each goes down alone, which costs less than loops over so few lanes
NEITHER, STILL, BOTH, GONE, GAINED = 0, 1, 2, 3, 4  # what an edge does, by who follows: see `_weigh`


def path_shapley(layout: Layout, matrix: np.ndarray) -> np.ndarray:
    """Return Shapley values (rows, players) for encoded rows that are rounded as the library rounds them."""
    values, arrays = np.zeros((len(matrix), layout.players)), tuple(layout)
    if len(matrix) <= FEW:
        _one_by_one(arrays, matrix, values)
        return values
    over_rows(lambda start, stop: _abreast(arrays, matrix, values, start, stop), len(matrix), least=SHARED)
    return values


@compiled
def _abreast(layout, rows, values, start, stop):  # type: ignore[no-untyped-def]
    """Fill the values of rows that go down the trees side by side."""
    starts, points, marks, figures, sets, gauss, depth, players, _ = layout
    width = min(LANES, stop - start)
    lanes = _lanes(depth + 1, gauss.shape[2], width)
    cells, found = np.empty((rows.shape[1], width)), np.empty((players, width))
    for first in range(start, stop, width):
        count = min(width, stop - first)
        for lane in range(width):
            cells[:, lane] = rows[first + min(lane, count - 1)]
        found[:] = 0.0
        for tree in range(len(points)):
            tree_marks, tree_figures = marks[starts[tree] : starts[tree + 1]], figures[starts[tree] : starts[tree + 1]]
            _down(tree_marks, tree_figures, sets, gauss[points[tree], :, : points[tree]], lanes, cells, found)
        for lane in range(count):
            values[first + lane] = found[:, lane]


@compiled
def _lanes(levels, points, width):  # type: ignore[no-untyped-def]
    """Return what is known at each level of the path from the root to where the visit is; lanes are rows.

    `product` (levels, points, lanes) of o t + z (1 - t) over the players of the path; `sums`, of leaf values times
    products, below the node; `follows` (levels, lanes), 1 where the row follows all the player's edges so far; `left`,
    1 where it goes left; `edge` (levels, 5, points), what the edge does; `path` (levels,), the nodes.
    """
    follows, edge = np.ones((levels, width)), np.zeros((levels, 5, points))
    product, sums = np.ones((levels, points, width)), np.zeros((levels, points, width))
    return product, sums, follows, np.ones((levels, width)), edge, np.zeros(levels, np.int64)


@compiled
def _down(marks, figures, sets, gauss, lanes, cells, found):  # type: ignore[no-untyped-def]
    """Add one tree's values to `found` (players, lanes)."""
    product, sums, follows, left, edge, path = lanes
    points, one = gauss.shape[1], np.zeros(cells.shape[1])
    for node in range(len(marks)):
        mark, figure = marks[node], figures[node]
        level = mark[LEVEL]
        path[level] = node
        if level > 0:
            before = follows[mark[BEFORE]]
            _weigh(edge[level], figure, gauss)
            _follow(follows[level], before, left[level - 1], mark[IS_LEFT])
            if mark[CLOSES] == 0:
                _go_on(product[level - 1 : level + 1], sums[level], edge[level], before, follows[level], points)
            else:
                upper, total = product[level - 1, :points], sums[level - 1]
                _end(upper, total, edge[level], before, follows[level], figure[VALUE], one)
                _give(found[mark[PLAYER]], one)
        if mark[CLOSES] == 0:
            _decide(cells[mark[COLUMN]], left[level], mark, figure[LIMIT], sets)
        for above in range(level - 1, level - mark[CLOSES], -1):
            mark = marks[path[above]]
            _close(sums[above - 1 : above + 1], edge[above], follows[mark[BEFORE]], follows[above], points, one)
            _give(found[mark[PLAYER]], one)


@compiled
def _one_by_one(layout, rows, values):  # type: ignore[no-untyped-def]
    """Fill the values of few rows, with the same steps as `_down` for one lane: the loops are over points instead."""
    starts, points, marks, figures, sets, gauss, depth, _, _ = layout
    product, sums = np.ones((depth + 1, gauss.shape[2])), np.zeros((depth + 1, gauss.shape[2]))
    gain, path = np.zeros((depth + 1, gauss.shape[2])), np.zeros(depth + 1, np.int64)
    follows, left = np.ones(depth + 1, np.bool_), np.ones(depth + 1, np.bool_)
    for tree in range(len(points)):
        times, weights = gauss[points[tree], 0, : points[tree]], gauss[points[tree], 1, : points[tree]]
        for row in range(len(rows)):
            for node in range(starts[tree], starts[tree + 1]):
                mark = marks[node]
                level = mark[LEVEL]
                path[level] = node
                if level > 0:
                    before = follows[mark[BEFORE]]
                    follows[level] = before and left[level - 1] == (mark[IS_LEFT] == 1)
                    state = (before, follows[level])
                    _step(
                        product[level - 1 : level + 1], sums[level], gain[level], figures[node], (times, weights), state
                    )
                if mark[CLOSES] == 0:
                    left[level] = goes_left(rows[row, mark[COLUMN]], mark, figures[node, LIMIT], sets)
                    continue
                for k in range(len(times)):
                    sums[level, k] = figures[node, VALUE] * product[level, k]
                for above in range(level, max(0, level - mark[CLOSES]), -1):
                    one = _pass_up(sums[above - 1 : above + 1], gain[above], len(times))
                    values[row, marks[path[above], PLAYER]] += one


@compiled
def _step(product, sums, gain, figure, gauss, state):  # type: ignore[no-untyped-def]
    """Carry one row's product over an edge, and write what the edge gives to its player at each point."""
    (times, weights), (before, follows) = gauss, state
    known, above = figure[KNOWN], figure[KNOWN_BEFORE]
    for k in range(len(times)):
        time, rest = times[k], 1.0 - times[k]
        sums[k] = 0.0
        if not before:
            product[1, k], gain[k] = product[0, k] * figure[SHARE], 0.0
            continue
        upper = time + above * rest
        lower = time + known * rest if follows else known * rest
        product[1, k] = product[0, k] * lower / upper
        own = (1.0 - known) / lower if follows else -1.0 / rest
        gain[k] = weights[k] * (own - (1.0 - above) / upper)


@compiled
def _pass_up(sums, gain, points):  # type: ignore[no-untyped-def]
    """Return what an edge gives to its player, and add the sums below it to those of the node above."""
    one = 0.0
    for k in range(points):
        one += sums[1, k] * gain[k]
        sums[0, k] += sums[1, k]
    return one


@compiled
def _weigh(edge, figure, gauss):  # type: ignore[no-untyped-def]
    """Write what the edge does to the product and what it gives to its player, at each point.

    With f the player's o t + z (1 - t) down to this edge and e the same down to its last edge above (1 where there is
    none), the product is multiplied by f / e. The player gets (o - z) / f, less what the edge above gave it too much.
    Both are sums: `NEITHER` + `STILL` where the row followed above + `BOTH` where it follows here too, and so on.
    """
    for k in range(gauss.shape[1]):
        time, rest, weight = gauss[0, k], 1.0 - gauss[0, k], gauss[1, k]
        upper = time + figure[KNOWN_BEFORE] * rest
        edge[NEITHER, k] = figure[SHARE]
        edge[STILL, k] = figure[KNOWN] * rest / upper - figure[SHARE]
        edge[BOTH, k] = time / upper
        edge[GONE, k] = -weight / rest - weight * (1.0 - figure[KNOWN_BEFORE]) / upper
        edge[GAINED, k] = weight / rest + weight * (1.0 - figure[KNOWN]) / (time + figure[KNOWN] * rest)


@compiled
def _follow(follows, before, left, is_left):  # type: ignore[no-untyped-def]
    """Write which rows follow all of the player's edges down to this one."""
    if is_left:
        for lane in range(len(follows)):
            follows[lane] = before[lane] * left[lane]
    else:
        for lane in range(len(follows)):
            follows[lane] = before[lane] * (1.0 - left[lane])


@compiled
def _go_on(product, sums, edge, before, follows, points):  # type: ignore[no-untyped-def]
    """Carry the product (above and here, points, lanes) over an edge to an inner node."""
    for k in range(points):
        upper, lower = product[0, k], product[1, k]
        neither, still, both = edge[NEITHER, k], edge[STILL, k], edge[BOTH, k]
        for lane in range(len(follows)):
            lower[lane] = upper[lane] * (neither + before[lane] * still + follows[lane] * both)
        sums[k] = 0.0


@compiled
def _end(product, sums, edge, before, follows, value, one):  # type: ignore[no-untyped-def]
    """Write what a leaf gives its edge's player to `one` (lanes,), and add the leaf to the sums of the node above."""
    one[:] = 0.0
    for k in range(len(product)):
        upper, total = product[k], sums[k]
        neither, still, both = value * edge[NEITHER, k], value * edge[STILL, k], value * edge[BOTH, k]
        gone, gained = edge[GONE, k], edge[GAINED, k]
        for lane in range(len(one)):
            here = upper[lane] * (neither + before[lane] * still + follows[lane] * both)
            total[lane] += here
            one[lane] += here * (before[lane] * gone + follows[lane] * gained)


@compiled
def _close(sums, edge, before, follows, points, one):  # type: ignore[no-untyped-def]
    """Write what an inner node gives its edge's player to `one`, and add its sums to those of the node above."""
    one[:] = 0.0
    for k in range(points):
        total, lower, gone, gained = sums[0, k], sums[1, k], edge[GONE, k], edge[GAINED, k]
        for lane in range(len(one)):
            total[lane] += lower[lane]
            one[lane] += lower[lane] * (before[lane] * gone + follows[lane] * gained)


@compiled
def _give(found, one):  # type: ignore[no-untyped-def]
    for lane in range(len(one)):
        found[lane] += one[lane]


@compiled
def _decide(cells, left, mark, limit, sets):  # type: ignore[no-untyped-def]
    """Write 1 where a row goes left at the node, else 0."""
    if mark[SPLIT] & SPECIAL:
        for lane in range(len(cells)):
            left[lane] = 1.0 if goes_left(cells[lane], mark, limit, sets) else 0.0
        return
    missing = 1.0 if mark[SPLIT] & MISSING_LEFT else 0.0
    for lane in range(len(cells)):
        left[lane] = missing if cells[lane] != cells[lane] else (1.0 if cells[lane] <= limit else 0.0)


@compiled
def goes_left(value, mark, limit, sets):  # type: ignore[no-untyped-def]
    """Return True where a value goes left at a node."""
    missing_left = mark[SPLIT] & MISSING_LEFT != 0
    if mark[SPLIT] & CATEGORICAL:
        known = value >= 0 and value < sets.shape[1]
        return sets[mark[TABLE], int(value)] if known else missing_left
    if mark[SPLIT] & ZERO_MISSING and abs(value) <= NEAR_ZERO:
        return missing_left
    return missing_left if value != value else value <= limit
