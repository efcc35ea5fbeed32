"""The way one row takes down a tree, said in raw columns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explainers.columns import Encoded
from explainers.explanation import Split, TreePath
from explainers.forests.arrays import Forest
from explainers.forests.kernels import NEAR_ZERO, ZERO_MISSING, fill_path

Words = tuple[Literal["<=", ">", "<", ">=", "in", "not in", "is missing", "is present", "="], Any]
OTHER_SIDE: dict[str, Any] = {"<=": ">", "<": ">="}


@dataclass(frozen=True, eq=False)
class Walked:
    """One row before its paths are told."""

    values: np.ndarray  # encoded, as the trees compare them
    raw: Mapping[str, Any]  # raw column -> JSON scalar
    encoded: Sequence[Encoded]
    classes: Sequence[Any]


def paths_of(forest: Forest, trees: Iterable[int], row: Walked) -> tuple[TreePath, ...]:
    """Return the row's paths down the trees asked, by their places in the forest."""
    return tuple(_path(forest, int(tree), row) for tree in trees)


def most_moved(forest: Forest, leaves: np.ndarray) -> np.ndarray:
    """Return the trees by how far their answer lies from where they start, the furthest first."""
    moved = np.abs(forest.value[leaves] - forest.value[forest.roots])
    return np.argsort(-moved, kind="stable")


def _path(forest: Forest, tree: int, row: Walked) -> TreePath:
    nodes = np.empty(forest.depth + 1, dtype=np.int32)
    nodes = nodes[: fill_path(row.values, int(forest.roots[tree]), forest.trees, nodes)]
    features, lefts = forest.feature[nodes].tolist(), forest.left[nodes].tolist()
    counts, values, mixes = forest.rows[nodes].tolist(), forest.value[nodes].tolist(), _mixes(forest, tree, nodes, row)
    steps = nodes.tolist()
    splits = []
    for i in range(len(steps) - 1):
        column, value = row.encoded[features[i]], float(row.values[features[i]])
        shown = value if column.kind == "opaque" else row.raw[column.raw]
        op, threshold = _words(forest, steps[i], steps[i + 1] == lefts[i], column, value)
        if op == "in" and _is_only(threshold, column, value):
            threshold = [shown]
        count = None if math.isnan(counts[i + 1]) else counts[i + 1]
        splits.append(Split(column.raw, shown, op, threshold, count, values[i], values[i + 1], mixes[i + 1]))
    return TreePath(tree, forest.weight, tuple(splits), values[-1])


def _is_only(levels: list[Any], column: Encoded, value: float) -> bool:
    """Return True for the one category that the row has, whose name the row knows even where the model doesn't."""
    return len(levels) == 1 and (levels[0], value) in column.levels


def _mixes(forest: Forest, tree: int, nodes: np.ndarray, row: Walked) -> list[dict[str, float] | None]:
    shares = forest.mixes[tree]
    if shares is None:
        return [None] * len(nodes)
    names = [str(c) for c in row.classes]
    return [dict(zip(names, found, strict=True)) for found in shares[nodes - forest.roots[tree]].tolist()]


def _words(forest: Forest, node: int, left: bool, column: Encoded, value: float) -> Words:  # noqa: FBT001
    """Return what the branch says of the row; `left` is the side that the row took."""
    if math.isnan(value) or (forest.flags[node] & ZERO_MISSING and abs(value) <= NEAR_ZERO):
        return "is missing", None
    if forest.table[node] >= 0:
        return _coded(column, forest.goes_left[forest.table[node]], left, value)
    if column.kind == "missing":
        return ("is present" if left else "is missing"), None
    if column.kind == "one-hot":
        return _one_hot([level for level, _ in column.levels], left)
    if column.kind == "levels":
        return _leveled(forest, node, left, column)
    return _number(forest, node, left, column)


def _number(forest: Forest, node: int, left: bool, column: Encoded) -> Words:  # noqa: FBT001
    threshold = column.undo(float(forest.threshold[node]))
    op: Any = forest.compare
    if column.scale < 0:  # a scaler that turns the axis around turns the question around
        op, left = {"<=": "<", "<": "<="}[forest.compare], not left
    return (op if left else OTHER_SIDE[op]), threshold


def _leveled(forest: Forest, node: int, left: bool, column: Encoded) -> Words:  # noqa: FBT001
    threshold = column.undo(float(forest.threshold[node]))
    if np.sign(column.scale) < 0:
        inside = [level for level, code in column.levels if not code < threshold]
    else:
        inside = [level for level, code in column.levels if _is_below(code, threshold, forest)]
    return ("in" if left else "not in"), inside


def _is_below(code: float, threshold: float, forest: Forest) -> bool:
    return code <= threshold if forest.compare == "<=" else code < threshold


def _one_hot(categories: list[Any], left: bool) -> Words:  # noqa: FBT001
    if categories == [None]:
        return ("is present" if left else "is missing"), None
    if left:
        return "not in", categories
    return ("=", categories[0]) if len(categories) == 1 else ("in", categories)


def _coded(column: Encoded, goes_left: np.ndarray, left: bool, value: float) -> Words:  # noqa: FBT001
    """Return the categories of the side taken, or of the other one where those are fewer or the row's is unknown."""
    ours: list[Any] = []
    others: list[Any] = []
    is_known = False
    for level, code in column.levels or tuple((float(i), i) for i in range(len(goes_left))):
        if np.isnan(code):  # the missing one, which has a branch of its own
            continue
        side = int(code) < len(goes_left) and bool(goes_left[int(code)])
        (ours if side == left else others).append(level)
        is_known |= code == value
    return ("in", ours) if is_known and len(ours) <= len(others) else ("not in", others)
