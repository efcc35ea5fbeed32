"""A column as the rate of the event among like values, known from other rows: any shape, any type."""

from __future__ import annotations

import numpy as np

BINS = 32
SPIKE = 0.01  # of the rows: a value that frequent has a bin of its own
HELD = 5.0  # rows of the overall rate that each bin is held by


def bins_of(values: np.ndarray, *, codes: bool) -> np.ndarray:
    """Return each value's bin, int64 from 0: frequent values and gaps on their own, the rest by rank."""
    if codes:
        places = np.where(np.isnan(values), -2.0, values)
        return np.unique(places, return_inverse=True)[1]
    held = ~np.isnan(values)
    binned = np.full(len(values), -1, dtype=np.int64)
    known, place, counts = np.unique(values[held], return_inverse=True, return_counts=True)
    if len(known) <= BINS:
        binned[held] = place
        return np.unique(binned, return_inverse=True)[1]
    frequent = counts > SPIKE * len(values)
    rest = np.where(frequent, 0, counts)
    ranks = np.cumsum(rest) - rest
    bins = (ranks * BINS) // max(1, rest.sum())
    bins[frequent] = BINS + np.arange(int(frequent.sum()))
    binned[held] = bins[place]
    return np.unique(binned, return_inverse=True)[1]


def rates_of(bins: np.ndarray, event: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Return each row's rate of the event in its bin among the other folds' rows, shape (rows,)."""
    count, size = int(folds.max(initial=0)) + 1, int(bins.max(initial=0)) + 1
    cells = folds * size + bins
    events = np.bincount(cells, weights=event, minlength=count * size).reshape(count, size)
    rows = np.bincount(cells, minlength=count * size).reshape(count, size)
    others, seen = events.sum(axis=0) - events, rows.sum(axis=0) - rows
    overall = event.mean() if len(event) else 0.5
    rates = (others + HELD * overall) / (seen + HELD)
    answer: np.ndarray = rates[folds, bins]
    return answer
