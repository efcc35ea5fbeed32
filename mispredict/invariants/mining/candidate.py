"""A candidate: an entry of the file, and the rows of the table that are exceptions to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.invariants.invariant import Kind

LEAST_ROWS = 50  # that speak for a candidate


@dataclass(frozen=True, eq=False)
class Candidate:
    """What may be worth declaring.

    `exceptions` are rows that break it, or that would, had it been learned without their own window of time: a level
    that stands in one window alone. `allowed` says how many of them the declaration lets pass in `rows` like these.
    """

    section: str
    entry: dict[str, Any]  # of a list's section; of `columns`, the rules of `column`
    kind: Kind
    column: str  # in the section `columns`, else ""
    rows: int  # that speak for it: rows with a value, steps of an entity
    exceptions: np.ndarray  # bool, a row each
    is_bounded: bool = False  # learned bounds, which some rows of any further table pass


def windows_of(rows: int, most: int = 24, least_rows: int = 200) -> np.ndarray:
    """Return the window of each row, windows being as long as one another and in the order of the rows."""
    count = max(1, min(most, rows // least_rows))
    return np.minimum(np.arange(rows) * count // max(rows, 1), count - 1)


def only_once(codes: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Return True for rows whose code (-1: none) stands in one window alone."""
    held = codes >= 0
    pairs = np.unique(np.column_stack([codes[held], windows[held]]), axis=0)
    counts = np.bincount(pairs[:, 0], minlength=int(codes.max(initial=-1)) + 1)
    return held & (counts[np.maximum(codes, 0)] == 1) if len(counts) else np.zeros(len(codes), dtype=bool)


def allowance(rows: int, asked: int, rate: float) -> int:
    """Return how many of `asked` further rows may lie beyond the largest of `rows`, but for one table in 1 / `rate`.

    The count of further rows beyond the extreme is beta-binomial (David & Nagaraja, Order Statistics, 2.5).
    """
    from scipy.stats import betabinom

    return int(betabinom.ppf(1 - rate, max(1, asked), 1, max(1, rows)))
