"""The way one row takes down a tree, said in raw columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from explainers.columns import Encoded
from explainers.explanation import Split, TreePath
from explainers.forests.arrays import Forest

Words = tuple[Literal["<=", ">", "<", ">=", "in", "not in", "is missing", "is present", "="], Any]
OTHER_SIDE: dict[str, Any] = {"<=": ">", "<": ">="}


def path_of(
    forest: Forest, tree: int, *, values: np.ndarray, raw: Mapping[str, Any], encoded: Sequence[Encoded]
) -> TreePath:
    """Return one tree's path for a row: its encoded `values`, and its `raw` ones as JSON scalars."""
    node = int(forest.roots[tree])
    splits = []
    while forest.left[node] != node:
        column = encoded[forest.feature[node]]
        value = values[forest.feature[node]]
        reached = int(forest.step(np.array([value]), np.array([node]))[0])
        op, threshold = _words(forest, node, reached == forest.left[node], column, float(value))
        shown = float(value) if column.kind == "opaque" else raw[column.raw]
        before, after = float(forest.value[node]), float(forest.value[reached])
        splits.append(Split(column.raw, shown, op, threshold, _rows(forest, reached), before, after))
        node = reached
    return TreePath(tree, forest.weight, tuple(splits), float(forest.value[node]))


def _rows(forest: Forest, node: int) -> float | None:
    return None if np.isnan(forest.rows[node]) else float(forest.rows[node])


def _words(forest: Forest, node: int, left: bool, column: Encoded, value: float) -> Words:  # noqa: FBT001
    """Return what the branch says of the row; `left` is the side that the row took."""
    if np.isnan(value):
        return "is missing", None
    if forest.table[node] >= 0:
        return _coded(column, forest.goes_left[forest.table[node]], left)
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


def _coded(column: Encoded, goes_left: np.ndarray, left: bool) -> Words:  # noqa: FBT001
    """Return the categories of the side taken, or of the other one where those are fewer."""
    ours: list[Any] = []
    others: list[Any] = []
    for level, code in column.levels or tuple((float(i), i) for i in range(len(goes_left))):
        if np.isnan(code):  # the missing one, which has a branch of its own
            continue
        side = int(code) < len(goes_left) and bool(goes_left[int(code)])
        (ours if side == left else others).append(level)
    return ("in", ours) if len(ours) <= len(others) else ("not in", others)
