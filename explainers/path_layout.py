"""A forest's nodes in the order of a visit that goes left first, each with what Shapley values need of its edge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from explainers.compiled import compiled
from explainers.forests.arrays import Forest
from explainers.forests.kernels import FEATURE, FLAGS, LEFT

# columns of `Layout.marks`
LEVEL = 0
CLOSES = 1  # 0 in inner nodes; of a leaf, 1 and how many of the inner nodes below the root end with it
IS_LEFT = 2  # 1 where the edge goes left
PLAYER = 3  # that the edge's split asks
BEFORE = 4  # level of the same player's last edge above, 0 where there is none
COLUMN = 5  # encoded column that the node's split asks; the next two are the split's too
SPLIT = 6  # the bits of `forests.kernels`
TABLE = 7  # row of `sets`
LAST = 8  # last node below this one, itself in a leaf; counted within the tree

# columns of `Layout.figures`
VALUE = 0  # of a leaf, times the forest's weight
LIMIT = 1  # numbers above it go right
SHARE = 2  # of the parent's training rows that take the edge
KNOWN = 3  # product of the shares of the player's edges down to this one
KNOWN_BEFORE = 4  # the same without this edge


class Layout(NamedTuple):
    """Trees one after the other, each from its root on. An edge belongs to the node that it leads to.

    A player is what is known or unknown as a whole: one column, or all that an encoder made of a raw one.
    """

    starts: np.ndarray  # the first node of each tree, and the end
    points: np.ndarray  # of each tree: half the different players of its longest path, rounded up
    marks: np.ndarray  # (nodes, 9) of int32
    figures: np.ndarray  # (nodes, 5) of float64
    sets: np.ndarray  # (categorical splits, codes): True where the code goes left
    gauss: np.ndarray  # (points + 1, 2, points): Gauss-Legendre's points in [0, 1] and weights, for each number of them
    depth: int
    players: int
    base: float  # what the forest answers when nothing is known


def layout_of(forest: Forest, player_of: np.ndarray) -> Layout:
    """Return the forest in order of visits; `player_of` numbers the player of each encoded column from 0."""
    place, level, closes = _visit(forest.left, forest.right, forest.roots, forest.depth)
    parent, is_left = _parents(forest)
    share = _shares(forest, parent)[place]
    player = player_of[forest.feature[parent[place]]]
    starts = np.append(np.flatnonzero(level == 0), len(place))
    before, known, known_before, points = _follow(starts, level, player, share, forest.depth)
    nodes, limit, table, sets, _ = forest.trees
    value = np.where(nodes[place, LEFT] == place, forest.weight * forest.value[place], 0.0)
    split = (nodes[place, FEATURE], nodes[place, FLAGS], table[place])
    marks = (level, closes, is_left[place], player, before, *split, _lasts(starts, level, closes, forest.depth))
    return Layout(
        starts=starts,
        points=points,
        marks=np.column_stack(marks).astype(np.int32),
        figures=np.column_stack([value, limit[place], share, known, known_before]),
        sets=sets,
        gauss=_gauss(int(points.max())),
        depth=forest.depth,
        players=int(player_of.max()) + 1,
        base=forest.offset + float(_reach(level, share, forest.depth) @ value),
    )


def _parents(forest: Forest) -> tuple[np.ndarray, np.ndarray]:
    """Return each node's parent, itself for a root, and where it is its parent's left child."""
    own = np.arange(len(forest.left))
    inner = np.flatnonzero(forest.left != own)
    parent, is_left = own.copy(), np.zeros(len(own), dtype=bool)
    parent[forest.left[inner]] = inner
    parent[forest.right[inner]] = inner
    is_left[forest.left[inner]] = True
    return parent, is_left


def _shares(forest: Forest, parent: np.ndarray) -> np.ndarray:
    """Return the share of its parent's training rows that each node got: 1 for a root, a half where none is known."""
    both = (forest.cover[forest.left] + forest.cover[forest.right])[parent]  # not the parent's: libraries round
    share = np.where(both > 0, forest.cover / np.where(both > 0, both, 1.0), 0.5)
    return np.where(parent == np.arange(len(parent)), 1.0, share)


def _gauss(most: int) -> np.ndarray:
    out = np.zeros((most + 1, 2, most))
    for points in range(1, most + 1):
        times, weights = np.polynomial.legendre.leggauss(points)
        out[points, 0, :points], out[points, 1, :points] = (times + 1) / 2, weights / 2
    return out


@compiled
def _visit(left, right, roots, depth):  # type: ignore[no-untyped-def]
    """Return the visited nodes' places in the forest, their levels, and `CLOSES`."""
    place, level = np.empty(len(left), np.int64), np.empty(len(left), np.int32)
    closes = np.zeros(len(left), np.int32)
    waiting, levels = np.empty(depth + 2, np.int64), np.empty(depth + 2, np.int32)
    count = 0
    for root in roots:
        waiting[0], levels[0], top = root, 0, 0
        while top >= 0:
            node, at = waiting[top], levels[top]
            place[count], level[count] = node, at
            if left[node] == node:
                top -= 1
                closes[count] = at - (levels[top] if top >= 0 else 1) + 1
            else:
                waiting[top], levels[top] = right[node], at + 1
                top += 1
                waiting[top], levels[top] = left[node], at + 1
            count += 1
    return place, level, np.where(left[place] == place, np.maximum(closes, 1), 0)


@compiled
def _follow(starts, level, player, share, depth):  # type: ignore[no-untyped-def]
    """Return `BEFORE`, `KNOWN` and `KNOWN_BEFORE` of each edge, and the points of each tree."""
    before, points = np.zeros(len(level), np.int32), np.ones(len(starts) - 1, np.int64)
    known, known_before = np.ones(len(level)), np.ones(len(level))
    path, different = np.zeros(depth + 1, np.int64), np.zeros(depth + 1, np.int64)
    for tree in range(len(points)):
        for node in range(starts[tree] + 1, starts[tree + 1]):
            at = level[node]
            path[at] = node
            above = at - 1
            while above > 0 and player[path[above]] != player[node]:
                above -= 1
            before[node] = above
            known_before[node] = known[path[above]] if above > 0 else 1.0
            known[node] = known_before[node] * share[node]
            different[at] = different[at - 1] + (above == 0)
            points[tree] = max(points[tree], (different[at] + 1) // 2)
    return before, known, known_before, points


@compiled
def _reach(level, share, depth):  # type: ignore[no-untyped-def]
    """Return the share of the training rows that pass each node."""
    reach, down = np.zeros(len(level)), np.ones(depth + 1)
    for node in range(len(level)):
        at = level[node]
        down[at] = down[at - 1] * share[node] if at > 0 else 1.0
        reach[node] = down[at]
    return reach


@compiled
def _lasts(starts, level, closes, depth):  # type: ignore[no-untyped-def]
    """Return `LAST` of each node."""
    last, path = np.zeros(len(level), np.int64), np.zeros(depth + 1, np.int64)
    for tree in range(len(starts) - 1):
        for node in range(starts[tree], starts[tree + 1]):
            path[level[node]] = node
            for above in range(level[node], level[node] - closes[node], -1):
                last[path[above]] = node - starts[tree]
    return last
