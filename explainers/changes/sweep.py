"""The smallest change of two columns that flips, compiled.

One column's options are gone through in their order while a segment tree holds the score at each option of the other:
boxes open and close as additions to a range, and the cheapest option that flips is searched from the top, by the
largest score and the least size of each part of the tree.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.compiled import compiled


@compiled
def planted(scores: np.ndarray, sizes: np.ndarray, may: np.ndarray) -> Any:
    """Return a segment tree: the largest score, what was added to the whole, and the least size of each part."""
    half = 1
    while half < len(scores):
        half *= 2
    top, least = np.full(2 * half, -np.inf), np.full(2 * half, np.inf)
    for j in range(len(scores)):
        if may[j]:
            top[half + j], least[half + j] = scores[j], sizes[j]
    for i in range(half - 1, 0, -1):
        top[i] = max(top[2 * i], top[2 * i + 1])
        least[i] = min(least[2 * i], least[2 * i + 1])
    return top, np.zeros(2 * half), least


@compiled
def add(top: np.ndarray, extra: np.ndarray, start: int, stop: int, change: float) -> None:
    """Add to a range of a segment tree's leaves."""
    if start >= stop:
        return
    half = len(top) // 2
    low, high = start + half, stop + half
    first, last = low, high - 1
    while low < high:
        if low & 1:
            top[low] += change
            extra[low] += change
            low += 1
        if high & 1:
            high -= 1
            top[high] += change
            extra[high] += change
        low >>= 1
        high >>= 1
    for node in (first, last):
        i = node >> 1
        while i:
            top[i] = max(top[2 * i], top[2 * i + 1]) + extra[i]
            i >>= 1


@compiled
def cheapest(top: np.ndarray, extra: np.ndarray, least: np.ndarray, need: float, limit: float) -> int:
    """Return the leaf of the least size below `limit` whose score reaches `need`, -1 where there is none."""
    half = len(top) // 2
    stack = np.empty(64, dtype=np.int64)
    above = np.empty(64)
    stack[0], above[0] = 1, 0.0
    height, best, found = 1, limit, -1
    while height:
        height -= 1
        node, more = stack[height], above[height]
        if top[node] + more < need or least[node] >= best:
            continue
        if node >= half:
            best, found = least[node], node - half
            continue
        one, two = 2 * node, 2 * node + 1
        if least[one] < least[two]:
            one, two = two, one
        stack[height], stack[height + 1] = one, two
        above[height] = above[height + 1] = more + extra[node]
        height += 2
    return found


@compiled
def pass_on(tree: Any, corners: np.ndarray, changes: np.ndarray, due: Any, reached: int, sign: float) -> int:
    """Add the boxes whose end (column `end` of corners, in `order`) is reached; return how many are behind."""
    order, end, behind = due
    top, extra, _ = tree
    while behind < len(order) and corners[order[behind], end] <= reached:
        k = order[behind]
        add(top, extra, corners[k, 2], corners[k, 3], sign * changes[k])
        behind += 1
    return behind


@compiled
def sweep(corners: np.ndarray, changes: np.ndarray, one: Any, two: Any, level: Any, best: np.ndarray) -> None:
    """Find the cheapest places of two columns that flip together and not alone.

    `one` and `two` are (effects, sizes, may be taken) of the columns; `level` is (own score, doubt, limit of the
    size); the score must reach 0. `best` (2, 3) comes back with size and places: of the cheapest flip beyond doubt,
    and of the cheapest one where the score reaches 0 within the doubt.
    """
    effects, sizes, may = one
    others, their_sizes, they_may = two
    score, doubt, limit = level
    tree = planted(others, their_sizes, they_may)
    opens, closes = np.argsort(corners[:, 0]), np.argsort(corners[:, 1])
    opened, closed = 0, 0
    best[:, 0] = limit
    for i in range(len(effects)):
        closed = pass_on(tree, corners, changes, (closes, 1, closed), i, -1.0)
        opened = pass_on(tree, corners, changes, (opens, 0, opened), i, 1.0)
        if not may[i]:
            continue
        for kind in range(2):
            need = (doubt if kind == 0 else -doubt) - score - effects[i]
            j = cheapest(tree[0], tree[1], tree[2], need, best[kind, 0] - sizes[i])
            if j >= 0:
                best[kind, 0], best[kind, 1], best[kind, 2] = sizes[i] + their_sizes[j], i, j
        if best[0, 0] < best[1, 0]:
            best[1] = best[0]
