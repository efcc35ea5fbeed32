"""Levels of a category that the model never saw in training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.suspects.inquiry import Inquiry
from mispredict.tables.plain import to_frame

LEAST_SHARE = 0.005  # of the examined rows that hold one new level
LEAST_ROWS = 20
OPEN = 0.002  # part of training rows whose level stands there once: about how often an open set brings a new one
MOST_LEVELS = 500  # of a category in training


@dataclass(frozen=True, eq=False)
class Unseen:
    """One level that stands in the examined rows and nowhere in the training table."""

    column: str
    level: str | None  # None: the value is missing, which it never was in training
    rows: np.ndarray  # bool, examined rows
    known: int  # levels in training


def unseen_levels(inquiry: Inquiry, columns: tuple[str, ...]) -> list[Unseen]:
    """Return the frequent new levels of categories that are a closed set in training, the most frequent first."""
    found = [one for column in columns for one in _of_column(inquiry, column)]
    found = _nowhere(inquiry, found)
    return sorted(found, key=lambda one: -int(one.rows.sum()))


def _of_column(inquiry: Inquiry, column: str) -> list[Unseen]:
    coding = inquiry.coding
    here, there = coding.values(column, 0), coding.values(column, 1)
    least = max(LEAST_ROWS, LEAST_SHARE * len(here))
    found = []
    held = np.unique(there[~np.isnan(there)], return_counts=True)[1]
    lacking = np.isnan(here)
    if lacking.sum() >= least and not np.isnan(there).any():
        found.append(Unseen(column, None, lacking, len(held)))
    labels = coding.labels(column)
    if coding.nature(column) != "code" or labels is None or not _is_closed(held, len(there)):
        return found
    levels, counts = np.unique(here[~lacking], return_counts=True)
    new = levels[(counts >= least) & (levels >= 0) & ~np.isin(levels, there)]
    return found + [Unseen(column, str(labels[int(one)]), here == one, len(held)) for one in new]


def _is_closed(counts: np.ndarray, rows: int) -> bool:
    """Return whether new levels are not to be expected (Good 1953: as many rows as levels that stand once)."""
    return 0 < len(counts) <= MOST_LEVELS and (counts == 1).sum() <= OPEN * rows


def _nowhere(inquiry: Inquiry, found: list[Unseen]) -> list[Unseen]:
    """Return those that don't stand in any row of the training table, beyond the rows that were sampled."""
    training = inquiry.sides[1]
    if not found or len(training) == training.of:
        return found
    columns = sorted({one.column for one in found})
    seen: set[tuple[str, str | None]] = set()
    for batch in training.table.batches(columns):
        rows = to_frame(batch, 0)
        for column in columns:
            values = rows[column].astype("string").unique()
            seen.update((column, None if pd.isna(one) else str(one)) for one in values)
    return [one for one in found if (one.column, one.level) not in seen]
