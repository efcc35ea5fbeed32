"""The trees' answer to every change of one or two columns, compiled.

A leaf matters to a change of two columns when at most these two leave the row's own way down to it. One descent a
tree finds all such leaves. A leaf off in one column adds its value, less that of the row's own leaf, wherever the
column lies in the leaf's set, and takes it back where a second column leaves the set that the path asks of it; a leaf
off in two columns adds it on the product of the two sets. So the score of two changes is

    own score + effect of the first + effect of the second + the boxes of this pair that hold both.

Sets of values are runs [low, high) of places in a column's options. The best pair is found by a sweep over one
column's places with a segment tree over the other's: boxes open and close as range additions, and the cheapest place
that flips is searched from the top with the largest score and the least size of each part of the tree.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.compiled import compiled


@compiled
def mark_reachable(trees: Any, own_left: np.ndarray, column: np.ndarray, free: np.ndarray, seen: np.ndarray) -> None:
    """Mark the splits that a change of at most two columns can make the row answer otherwise than it does."""
    left, right, roots, depth = trees
    nodes = np.empty(depth + 2, dtype=np.int32)
    off = np.empty((depth + 2, 2), dtype=np.int32)
    for root in roots:
        nodes[0] = root
        off[0] = -1
        height = 1
        while height:
            height -= 1
            node, a, b = nodes[height], off[height, 0], off[height, 1]
            if left[node] == node:
                continue
            c = column[node]
            own, other = (left[node], right[node]) if own_left[node] else (right[node], left[node])
            nodes[height] = own
            height += 1
            if not free[c] or (b >= 0 and c not in (a, b)):
                continue
            seen[node] = True
            nodes[height] = other
            off[height, 0] = c if a < 0 else a
            off[height, 1] = c if (a >= 0 and b < 0 and c != a) else b
            height += 1


@compiled
def holds(low: np.ndarray, high: np.ndarray, runs: int, place: int) -> bool:
    """Return True where one of the runs holds the place."""
    for i in range(runs):
        if low[i] <= place < high[i]:
            return True
    return False


@compiled
def narrow(low: np.ndarray, high: np.ndarray, runs: int, start: int, stop: int, sets: Any, keep: Any) -> int:
    """Narrow runs in place to the set's runs start to stop, or to what lies between them (`keep` 0); return how many."""
    set_low, set_high, spare_low, spare_high = sets
    made = 0
    for i in range(runs):
        a, b = low[i], high[i]
        at = a
        for j in range(start, stop):
            s, e = max(set_low[j], a), min(set_high[j], b)
            if s >= e:
                continue
            if keep:
                spare_low[made], spare_high[made] = s, e
                made += 1
            elif s > at:
                spare_low[made], spare_high[made] = at, s
                made += 1
            at = e
        if not keep and at < b:
            spare_low[made], spare_high[made] = at, b
            made += 1
    low[:made] = spare_low[:made]
    high[:made] = spare_high[:made]
    return made


@compiled
def fill_effects(
    trees: Any, value: np.ndarray, column: np.ndarray, split: Any, options: Any, effects: np.ndarray, boxes: Any
) -> int:
    """Add every leaf's effect; return how many boxes there are, which are written as long as there is room.

    `split` is (own_left, seen, first run, past the last run, runs' low, runs' high); `options` is (how many a column,
    the row's own, where a column starts in `effects`, the largest number of runs); `effects` are differences along
    each column; `boxes` is (six integers a box: columns a < b, run of a, run of b; its value).
    """
    left, right, roots, depth = trees
    own_left, seen, first, past, set_low, set_high = split
    many, own, _, width = options
    columns = len(many)
    low = np.zeros((columns, width), dtype=np.int32)
    high = np.zeros((columns, width), dtype=np.int32)
    runs = np.ones(columns, dtype=np.int64)
    high[:, 0] = many
    kept_low = np.zeros((depth + 1, width), dtype=np.int32)
    kept_high = np.zeros((depth + 1, width), dtype=np.int32)
    kept = np.zeros(depth + 1, dtype=np.int64)
    sets = (set_low, set_high, np.zeros(width, dtype=np.int32), np.zeros(width, dtype=np.int32))
    nodes = np.zeros(depth + 1, dtype=np.int32)
    phase = np.zeros(depth + 1, dtype=np.int64)
    off = np.full((depth + 1, 2), -1, dtype=np.int32)
    stamp = np.zeros(columns, dtype=np.int64)
    found, leaf = 0, 0
    for root in roots:
        node = root
        while left[node] != node:
            node = left[node] if own_left[node] else right[node]
        start = value[node]
        at = 0
        nodes[0], phase[0] = root, 0
        while at >= 0:
            node = nodes[at]
            if left[node] == node:
                change = value[node] - start
                if off[at, 0] >= 0 and change != 0:
                    leaf += 1
                    way = (nodes, at, off[at], change, leaf)
                    found = emit(way, (low, high, runs), column, seen, (options, stamp), effects, (boxes, found))
                at -= 1
                continue
            c = column[node]
            if not seen[node]:
                phase[at] += 1
                if phase[at] == 2:
                    at -= 1
                    continue
                goes = own_left[node]
            else:
                if phase[at] == 0:
                    kept[at] = runs[c]
                    kept_low[at, : runs[c]] = low[c, : runs[c]]
                    kept_high[at, : runs[c]] = high[c, : runs[c]]
                else:
                    runs[c] = kept[at]
                    low[c, : runs[c]] = kept_low[at, : runs[c]]
                    high[c, : runs[c]] = kept_high[at, : runs[c]]
                if phase[at] == 2:
                    at -= 1
                    continue
                goes = phase[at] == 0
                phase[at] += 1
                runs[c] = narrow(low[c], high[c], runs[c], first[node], past[node], sets, goes)
                if runs[c] == 0:
                    continue
            a, b = off[at, 0], off[at, 1]
            if seen[node] and c not in (a, b) and not holds(low[c], high[c], runs[c], own[c]):
                if a < 0:
                    a = c
                else:
                    b = c
            at += 1
            nodes[at] = left[node] if goes else right[node]
            phase[at] = 0
            off[at, 0], off[at, 1] = a, b
    return found


@compiled
def emit(way: Any, sets: Any, column: np.ndarray, seen: np.ndarray, known: Any, effects: np.ndarray, out: Any) -> int:
    """Add one leaf's effect and boxes; return how many boxes there are now."""
    nodes, depth, off, change, leaf = way
    low, high, runs = sets
    (many, _, starts, _), stamp = known
    boxes, found = out
    a, b = off[0], off[1]
    if b >= 0:
        for j in range(runs[b]):
            found = write(a, b, (low[a], high[a], runs[a]), (low[b, j], high[b, j], change), (boxes, found))
        return found
    for i in range(runs[a]):
        effects[starts[a] + low[a, i]] += change
        effects[starts[a] + high[a, i]] -= change
    stamp[a] = leaf
    for k in range(depth):
        c = column[nodes[k]]
        if stamp[c] == leaf or not seen[nodes[k]]:
            continue
        stamp[c] = leaf
        at = 0
        for j in range(runs[c]):
            if low[c, j] > at:
                found = write(a, c, (low[a], high[a], runs[a]), (at, low[c, j], -change), (boxes, found))
            at = high[c, j]
        if at < many[c]:
            found = write(a, c, (low[a], high[a], runs[a]), (at, many[c], -change), (boxes, found))
    return found


@compiled
def write(a: int, b: int, first: Any, second: Any, out: Any) -> int:
    """Write the boxes of all runs of one column with a run of another; return how many boxes there are now."""
    low, high, runs = first
    other_low, other_high, change = second
    (corners, changes), found = out
    for i in range(runs):
        if found < len(changes):
            corners[found, 0], corners[found, 1] = min(a, b), max(a, b)
            mine, others = (2, 4) if a < b else (4, 2)
            corners[found, mine], corners[found, mine + 1] = low[i], high[i]
            corners[found, others], corners[found, others + 1] = other_low, other_high
            changes[found] = change
        found += 1
    return found


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
def sweep(corners: np.ndarray, changes: np.ndarray, one: Any, two: Any, level: Any, best: np.ndarray) -> None:
    """Find the cheapest places of two columns that flip together and not alone.

    `one` and `two` are (effects, sizes, may be taken) of the columns; `level` is (own score, doubt, limit of the
    size); the score must reach 0. `best` (2, 3) comes back with size and places: of the cheapest flip beyond doubt,
    and of the cheapest one where the score reaches 0 within the doubt.
    """
    effects, sizes, may = one
    others, their_sizes, they_may = two
    score, doubt, limit = level
    half = 1
    while half < len(others):
        half *= 2
    top = np.full(2 * half, -np.inf)
    least = np.full(2 * half, np.inf)
    extra = np.zeros(2 * half)
    for j in range(len(others)):
        if they_may[j]:
            top[half + j], least[half + j] = others[j], their_sizes[j]
    for i in range(half - 1, 0, -1):
        top[i] = max(top[2 * i], top[2 * i + 1])
        least[i] = min(least[2 * i], least[2 * i + 1])
    opens, closes = np.argsort(corners[:, 0]), np.argsort(corners[:, 1])
    opened, closed = 0, 0
    best[:, 0] = limit
    for i in range(len(effects)):
        while closed < len(closes) and corners[closes[closed], 1] <= i:
            k = closes[closed]
            add(top, extra, corners[k, 2], corners[k, 3], -changes[k])
            closed += 1
        while opened < len(opens) and corners[opens[opened], 0] <= i:
            k = opens[opened]
            add(top, extra, corners[k, 2], corners[k, 3], changes[k])
            opened += 1
        if not may[i]:
            continue
        for sure in range(2):
            need = (doubt if sure == 0 else -doubt) - score - effects[i]
            j = cheapest(top, extra, least, need, best[sure, 0] - sizes[i])
            if j >= 0:
                best[sure, 0], best[sure, 1], best[sure, 2] = sizes[i] + their_sizes[j], i, j
                if sure == 0 and best[0, 0] < best[1, 0]:
                    best[1] = best[0]
