"""Columns that number the rows, and whether other columns tell the same order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry, Outcome

LEAST_UNIQUE = 0.98  # share of a side's rows with a number of their own
LEAST_DENSITY = 0.1  # share of the whole numbers between the least and the greatest that are in use
IN_ORDER = 0.99  # rank correlation with the position
ASKED = 8_000  # rows that are asked whether other columns tell the order
MOST_OTHERS = 60
_OPTIONS = {
    "objective": "regression",
    "num_leaves": 15,
    "learning_rate": 0.1,
    "min_data_in_leaf": 40,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
}


@dataclass(frozen=True, eq=False)
class Running:
    """A number of the rows: a column, or the position where `column` is ""; values of all sides in one."""

    column: str
    values: np.ndarray
    density: float  # share of the whole numbers in its range that are in use
    in_file_order: bool


def running_numbers(inquiry: Inquiry) -> list[Running]:
    """Return the columns that number the rows, those a model reads and loose ones; last the position itself."""
    found = [one for c in inquiry.common((*inquiry.read, *inquiry.loose)) if (one := _running(inquiry, c)) is not None]
    position = np.concatenate([side.positions for side in inquiry.sides]).astype(np.float64)
    return [*found, Running("", position, 1.0, in_file_order=True)]


def _running(inquiry: Inquiry, column: str) -> Running | None:
    if inquiry.coding.nature(column) != "number":
        return None
    sides = [inquiry.coding.values(column, number) for number in range(len(inquiry.sides))]
    if any(len(one) < 30 or not _numbers_rows(one) for one in sides):
        return None
    in_order = all(_follows(values, side.positions) for values, side in zip(sides, inquiry.sides, strict=True))
    values = np.concatenate(sides)
    density = _density(sides, [side.of for side in inquiry.sides])
    return Running(column, values, density, in_order) if density >= LEAST_DENSITY or in_order else None


def _numbers_rows(values: np.ndarray) -> bool:
    held = values[np.isfinite(values)]
    whole = len(held) >= LEAST_UNIQUE * len(values) and bool((held % 1 == 0).all())
    return whole and len(np.unique(held)) >= LEAST_UNIQUE * len(values)


def _density(sides: list[np.ndarray], of: list[int]) -> float:
    """Return the share of the range in use; a sample stands for the whole of its table."""
    values = np.concatenate(sides)
    held = values[np.isfinite(values)]
    return min(1.0, sum(of) / float(held.max() - held.min() + 1))


def _follows(values: np.ndarray, positions: np.ndarray) -> bool:
    from scipy.stats import spearmanr

    held = np.isfinite(values)
    return bool(abs(float(spearmanr(values[held], positions[held]).statistic)) >= IN_ORDER)


def told_by_others(inquiry: Inquiry, number: Running, outcome: Outcome) -> float:
    """Return the share of the number's variance that other columns tell on rows unseen, within a class; at most 1.

    A number that was given by the label, and by chance, has nothing to do with other columns once the label is known.
    One that follows a real order, as of time, is told by columns that change along it.
    """
    import lightgbm

    matrix = _others(inquiry, number.column)
    rng = np.random.default_rng(inquiry.seed)
    rows = np.sort(rng.permutation(np.flatnonzero(np.isfinite(number.values)))[:ASKED])
    if not matrix.shape[1] or len(rows) < 100:
        return 0.0
    rank = _ranks(inquiry, number.values)[rows]
    event = np.concatenate([outcome.of(side) for side in inquiry.sides])[rows]
    left = rank - np.array([rank[event == 0].mean() if (event == 0).any() else 0.0, rank[event == 1].mean()])[event]
    half = rng.random(len(rows)) < 0.5
    told = np.empty(len(rows))
    for learn in (half, ~half):
        known = lightgbm.Dataset(matrix[rows][learn], left[learn], params={"verbosity": -1})
        told[~learn] = lightgbm.train(_OPTIONS, known, num_boost_round=40).predict(matrix[rows][~learn])
    return 1 - float(((left - told) ** 2).sum() / (left**2).sum()) if left.any() else 0.0


def _others(inquiry: Inquiry, column: str) -> np.ndarray:
    others = [c for c in inquiry.common((*inquiry.read, *inquiry.loose)) if c != column][:MOST_OTHERS]
    sides = range(len(inquiry.sides))
    matrix = np.vstack([inquiry.coding.matrix(others, side) for side in sides])
    return np.where(np.isinf(matrix), np.nan, matrix)


def _ranks(inquiry: Inquiry, values: np.ndarray) -> np.ndarray:
    """Return each side's ranks, 0 to 1: the sides may be numbered one after the other."""
    from scipy.stats import rankdata

    ends = np.cumsum([len(side) for side in inquiry.sides])
    return np.concatenate([rankdata(part) / len(part) for part in np.split(values, ends[:-1])])
