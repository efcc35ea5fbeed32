"""The split thresholds that a row's values are nearest to, and what the trees answer just past them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.columns import Encoded
from explainers.explanation import Unit
from explainers.forests.arrays import Forest
from explainers.forests.crossings import crossings
from explainers.forests.scores import forest_scores, leaves_of, ready
from explainers.one_row import OneRow, one_row

STEP = 0.1  # distance in spreads below which nearer is hardly better
SLACK = 1e-9  # of a value's size, added where a scaler has to be undone


@dataclass(frozen=True)
class NearThreshold:
    """A value of one column just past a threshold, and what the model answers there."""

    column: str
    value: Any  # the row's value, a JSON scalar
    threshold: float  # raw units, after undoing scalers
    change: float  # signed raw distance to get past it
    trees: int  # trees whose answer changes when the row's value goes just past the threshold
    of: int  # trees in the model
    score: float  # the model's score then, in `unit`
    unit: Unit


@dataclass(frozen=True)
class Reach:
    """A limit of the trees in raw units, and what crossing it is worth."""

    column: str
    threshold: float
    past: float  # the nearest raw value on its other side
    worth: float


def near_thresholds(model: Any, row: pd.DataFrame, *, class_index: int, each: int = 1) -> tuple[NearThreshold, ...]:
    """Return the most consequential near thresholds of one row, `each` a column and direction, best first.

    Of the thresholds that one column meets within one spread while the others stay, the one is taken that changes the
    answer of the most trees for its distance: trees / (0.1 + distance / spread); the spread is the deviation of all
    the model's thresholds of this column. Where none lies within one spread, the nearest beyond is taken. They are
    sorted by change of score / (0.1 + distance / spread). Every one of them is put to the trees before it is told.
    Left out are columns whose value is missing, categories, and columns that a pipeline feeds to the model more than
    once or in units that can't be undone. Raises `Unsupported` where the trees can't be read.
    """
    found = one_row(model, row, class_index)
    reaches = [r for place, column in _movable(found) for r in _reaches(found, place, column, each)]
    if not reaches:
        return ()
    matrix = ready(found.forest, found.door.matrix(_moved(row, reaches)))
    leaves, value, scores = leaves_of(found.forest, matrix), found.forest.value, forest_scores(found.forest, matrix)
    changed = (value[leaves] != value[found.leaves]).sum(axis=1)
    order = sorted(range(len(reaches)), key=lambda i: -abs(scores[i] - found.score) * reaches[i].worth)
    return tuple(_told(found, reaches[i], int(changed[i]), float(scores[i])) for i in order if changed[i])


def _told(found: OneRow, reach: Reach, trees: int, score: float) -> NearThreshold:
    value = found.walked.raw[reach.column]
    change = _change(float(value), reach.past)
    of, unit = len(found.leaves), found.forest.unit
    return NearThreshold(reach.column, value, reach.threshold, change, trees, of, score, unit)


def _change(value: float, past: float) -> float:
    """Return what to add to a value so that the rounded sum is past the limit, not a last digit short of it."""
    change = past - value
    short = value + change < past if change > 0 else value + change > past
    digit = float(np.spacing(max(abs(value), abs(past), abs(change))))  # the change's own may be the largest
    return change + math.copysign(digit, change) if short else change


def _movable(found: OneRow) -> list[tuple[int, Encoded]]:
    """Return the numeric encoded columns that alone stand for their raw column, with their places."""
    encoded = found.door.encoded
    times = Counter(source.raw for c in encoded if c.kind != "missing" for source, _ in c.sources)
    return [
        (place, column)
        for place, column in enumerate(encoded)
        if column.kind == "number" and times[column.raw] == 1 and _is_number(found.walked.raw[column.raw])
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _reaches(found: OneRow, place: int, column: Encoded, each: int) -> list[Reach]:
    """Return the best limits below and above the row's value."""
    out = []
    for side, met in zip((-1, 1), crossings(found.forest, found.walked.values, place), strict=True):
        past = _past(found, column, met.limit, side)
        distance = np.abs(past - float(found.walked.raw[column.raw])) / _spread(found, place, column)
        worth = 1 / (STEP + distance)
        changing = np.flatnonzero(met.trees)
        near = changing[distance[changing] <= 1]
        chosen = near if len(near) else changing[:1]
        best = chosen[np.argsort(-(met.trees * worth)[chosen], kind="stable")[:each]]
        out += [
            Reach(column.raw, column.undo(_stored(found.forest, met.limit[i])), float(past[i]), float(worth[i]))
            for i in best
        ]
    return out


def _spread(found: OneRow, place: int, column: Encoded) -> float:
    spread = found.forest.spread
    return abs(column.scale) * float(spread[place] if place < len(spread) else 1.0)


def _stored(forest: Forest, limit: float) -> float:
    """Return the threshold as the library stores it: one that asks "less than" has its limit just below."""
    return float(np.nextafter(limit, np.inf)) if forest.compare == "<" else float(limit)


def _past(found: OneRow, column: Encoded, limits: np.ndarray, side: int) -> np.ndarray:
    """Return the nearest raw values on the other side, whole where the row's column holds whole numbers."""
    values = limits.astype(found.forest.precision)
    short = values <= limits if side > 0 else values > limits
    values = np.where(short, np.nextafter(values, values.dtype.type(side * np.inf)), values)
    raw = values.astype(np.float64) * column.scale + column.shift
    outward = side * math.copysign(1.0, column.scale)
    if not column.is_untouched:  # undoing a scaler and doing it again may lose the last digit
        raw = raw + outward * SLACK * np.maximum(np.abs(raw), abs(column.scale))
    if found.row[column.raw].dtype.kind in "iub":
        return np.asarray(np.ceil(raw) if outward > 0 else np.floor(raw))
    return np.asarray(raw)


def _moved(row: pd.DataFrame, reaches: list[Reach]) -> pd.DataFrame:
    """Return one copy of the row a reach, its column moved past the limit."""
    rows = row.iloc[np.zeros(len(reaches), dtype=np.int64)].reset_index(drop=True)
    for name in {r.column for r in reaches}:
        places = [i for i, r in enumerate(reaches) if r.column == name]
        moved = rows[name].to_numpy(np.float64, copy=True)
        moved[places] = [reaches[i].past for i in places]
        rows[name] = moved
    return rows
