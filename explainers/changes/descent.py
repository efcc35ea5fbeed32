"""What every leaf adds to the score of a change of one or two columns, compiled.

A leaf matters to a change of two columns when at most these two leave the row's own way down to it. One descent a
tree finds all such leaves. A leaf off in one column adds its value, less that of the row's own leaf, wherever the
column lies in the leaf's set, and takes it back where a second column leaves the set that the path asks of it; a leaf
off in two columns adds it on the product of the two sets. So the score of two changes is

    own score + effect of the first + effect of the second + the boxes of this pair that hold both.

Sets of values are runs [low, high) of places in a column's options.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.compiled import compiled

LEFT, RIGHT, NOWHERE, DONE = 1, 0, -1, -2  # where a descent goes next; nowhere: no option is left on that side


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
    for i in range(runs):  # noqa: SIM110 (a generator can't be compiled)
        if low[i] <= place < high[i]:
            return True
    return False


@compiled
def narrow(low: np.ndarray, high: np.ndarray, runs: int, start: int, stop: int, sets: Any, keep: Any) -> int:
    """Narrow runs in place to the set's runs start to stop, or to what lies outside; return how many are left."""
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
    own_left = split[0]
    path, held = blank(depth, options)
    nodes, phase, off = path[0], path[1], path[2]
    stamp = np.zeros(len(options[0]), dtype=np.int64)
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
                leaf += 1
                way = (nodes, at, off[at], value[node] - start, leaf)
                found = emit(way, held, column, split[1], (options, stamp), effects, (boxes, found))
                at -= 1
                continue
            goes = next_side(node, at, column[node], split, path, held)
            if goes == DONE:
                at -= 1
            elif goes != NOWHERE:
                descend(at, column[node], options[1], path, held)
                at += 1
                nodes[at], phase[at] = left[node] if goes == LEFT else right[node], 0
    return found


@compiled
def blank(depth: int, options: Any) -> Any:
    """Return a path's state by depth (nodes, visits, columns off the row's way, runs put away), and all options."""
    many, _, _, width = options
    path = (
        np.zeros(depth + 1, dtype=np.int32),
        np.zeros(depth + 1, dtype=np.int64),
        np.full((depth + 1, 2), -1, dtype=np.int32),
        np.zeros(depth + 1, dtype=np.int64),
        np.zeros((depth + 1, width), dtype=np.int32),
        np.zeros((depth + 1, width), dtype=np.int32),
        np.zeros(width, dtype=np.int32),
        np.zeros(width, dtype=np.int32),
    )
    low = np.zeros((len(many), width), dtype=np.int32)
    high = np.zeros((len(many), width), dtype=np.int32)
    high[:, 0] = many
    return path, (low, high, np.ones(len(many), dtype=np.int64))


@compiled
def next_side(node: int, at: int, c: int, split: Any, path: Any, held: Any) -> int:
    """Narrow the node's column to the side that comes next and return it; put everything back when both were seen."""
    own_left, seen, first, past, set_low, set_high = split
    _, phase, _, kept, kept_low, kept_high, spare_low, spare_high = path
    low, high, runs = held
    phase[at] += 1
    if not seen[node]:
        return (LEFT if own_left[node] else RIGHT) if phase[at] == 1 else DONE
    if phase[at] == 1:
        kept[at] = runs[c]
        kept_low[at, : runs[c]] = low[c, : runs[c]]
        kept_high[at, : runs[c]] = high[c, : runs[c]]
    else:
        runs[c] = kept[at]
        low[c, : runs[c]] = kept_low[at, : runs[c]]
        high[c, : runs[c]] = kept_high[at, : runs[c]]
    if phase[at] == 3:
        return DONE
    sets = (set_low, set_high, spare_low, spare_high)
    runs[c] = narrow(low[c], high[c], runs[c], first[node], past[node], sets, phase[at] == 1)
    if runs[c] == 0:
        return NOWHERE
    return LEFT if phase[at] == 1 else RIGHT


@compiled
def descend(at: int, c: int, own: np.ndarray, path: Any, held: Any) -> None:
    """Say which columns are off the row's own way one level further down."""
    off = path[2]
    low, high, runs = held
    a, b = off[at, 0], off[at, 1]
    if c not in (a, b) and not holds(low[c], high[c], runs[c], own[c]):
        if a < 0:
            a = c
        else:
            b = c
    off[at + 1, 0], off[at + 1, 1] = a, b


@compiled
def emit(way: Any, sets: Any, column: np.ndarray, seen: np.ndarray, known: Any, effects: np.ndarray, out: Any) -> int:
    """Add one leaf's effect and boxes; return how many boxes there are now."""
    nodes, depth, off, change, leaf = way
    low, high, runs = sets
    (many, _, starts, _), stamp = known
    boxes, found = out
    a, b = off[0], off[1]
    if a < 0 or change == 0:
        return found
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
