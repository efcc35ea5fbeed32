"""Columns cut into cells that a rule can name: single values, gaps, and ranges of a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.findings import Condition
from mispredict.suspects.inquiry import Inquiry

RANGES = 8  # of a number, with as many rows each
OWN = 0.01  # part of the rows from which a number's single value is a cell
MOST_CELLS = 60  # of one column, the most frequent ones

Rule = tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class Cells:
    """One way to cut a column: each row's cell on every side, -1 where it is in none, and each cell as a rule."""

    column: str
    sides: tuple[np.ndarray, ...]  # int64, one array a side, the examined one first
    rules: tuple[Rule, ...]


def cells_of(inquiry: Inquiry, column: str) -> list[Cells]:
    """Return a column's values and gaps as cells, and of a number its ranges; times are not cut."""
    coding, sides = inquiry.coding, range(len(inquiry.sides))
    nature = coding.nature(column)
    if nature == "time":
        return []
    held = tuple(coding.values(column, side) for side in sides)
    if nature == "code":
        labels = coding.labels(column)
        assert labels is not None
        return [_values(column, held, [str(label) for label in labels[:MOST_CELLS]])]
    return [_single(inquiry, column, held), _ranges(column, held)]


def _values(column: str, held: tuple[np.ndarray, ...], labels: list[str]) -> Cells:
    """Return one cell a frequent code and one for gaps."""
    gap = len(labels)

    def places(values: np.ndarray) -> np.ndarray:
        known = np.where(np.isnan(values), gap, values).astype(np.int64)
        return np.where((known >= 0) & (known <= gap) & ~((known == gap) & ~np.isnan(values)), known, -1)

    rules = [(Condition(column, "=", label),) for label in labels]
    return Cells(column, tuple(map(places, held)), (*rules, (Condition(column, "is missing", None),)))


def _single(inquiry: Inquiry, column: str, held: tuple[np.ndarray, ...]) -> Cells:
    """Return one cell a frequent number and one for gaps."""
    known = np.concatenate([one[np.isfinite(one)] for one in held])
    numbers, counts = np.unique(known, return_counts=True)
    frequent = counts >= OWN * sum(map(len, held))
    if frequent.sum() > MOST_CELLS:
        frequent &= counts >= np.sort(counts)[-MOST_CELLS]
    numbers = numbers[frequent]

    def places(values: np.ndarray) -> np.ndarray:
        at = np.searchsorted(numbers, values).clip(0, max(len(numbers) - 1, 0))
        found = np.where(numbers[at] == values, at, -1) if len(numbers) else np.full(len(values), -1)
        return np.where(np.isnan(values), len(numbers), found)

    whole = all(pd.api.types.is_integer_dtype(side.rows[column].dtype) for side in inquiry.sides)
    rules = [(Condition(column, "=", int(one) if whole else float(one)),) for one in numbers]
    return Cells(column, tuple(map(places, held)), (*rules, (Condition(column, "is missing", None),)))


def _ranges(column: str, held: tuple[np.ndarray, ...]) -> Cells:
    """Return ranges with as many rows each; the edges are values of rows."""
    known = np.concatenate([one[np.isfinite(one)] for one in held])
    steps = np.linspace(0, 1, RANGES + 1)[1:-1]
    edges = np.unique(np.quantile(known, steps, method="lower")) if len(known) else np.empty(0)

    def places(values: np.ndarray) -> np.ndarray:
        return np.where(np.isfinite(values), np.searchsorted(edges, values, side="left"), -1)

    bounds = [float(one) for one in edges]
    lower = [(), *((Condition(column, ">", one),) for one in bounds)]
    upper = [*((Condition(column, "<=", one),) for one in bounds), ()]
    rules = tuple((*low, *high) for low, high in zip(lower, upper, strict=True))
    return Cells(column, tuple(map(places, held)), rules if len(edges) else ())
