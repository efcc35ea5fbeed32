"""The numeric columns of a sample, brought to one scale, as distances and sums need them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of

MOST_COLUMNS = 60
FAR = 3.0  # spreads beyond which a value pulls no more at a direction
_FARTHEST = 8.0  # the same where distances are measured


@dataclass(frozen=True, eq=False)
class Numbers:
    """Numeric columns side by side: arrays with a row for each row of the sample and a column for each name."""

    names: tuple[str, ...]
    raw: np.ndarray  # NaN where missing or infinite
    middles: np.ndarray  # medians
    scales: np.ndarray  # spreads: the middle half's, as a standard deviation; else the standard deviation

    @property
    def standard(self) -> np.ndarray:
        """Return values in spreads from the median; NaN where missing."""
        return (self.raw - self.middles) / self.scales

    @property
    def held(self) -> np.ndarray:
        """Return the same without outliers, a missing value at the median."""
        return np.nan_to_num(np.clip(self.standard, -FAR, FAR))

    @property
    def filled(self) -> np.ndarray:
        """Return values in standard deviations from the mean, a missing one at the median, outliers drawn in."""
        near = np.nan_to_num(np.clip(self.standard, -_FARTHEST, _FARTHEST))
        spread = near.std(axis=0)
        scaled: np.ndarray = (near - near.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        return scaled

    def __len__(self) -> int:
        return len(self.names)


def numbers_in(
    rows: pd.DataFrame, *, exclude: Collection[str], residuals: np.ndarray, at: np.ndarray
) -> tuple[Numbers, tuple[str, ...]]:
    """Return the numeric columns that vary, none of times, and a note where there are too many.

    Parameters
    ----------
    residuals
        One a row. Of too many columns those are kept along which the residuals of the rows `at` vary most.
    """
    names = [n for n in rows.columns if n not in exclude and is_number(rows[n]) and not _is_time(rows[n])]
    columns = [_finite(numbers_of(rows[name])) for name in names]
    kept = [i for i, values in enumerate(columns) if _varies(values[at])]
    usable = len(kept)
    if usable > MOST_COLUMNS:
        kept = sorted(sorted(kept, key=lambda i: -variation(columns[i][at], residuals[at]))[:MOST_COLUMNS])
    raw = np.column_stack([columns[i] for i in kept]) if kept else np.empty((len(rows), 0))
    middles = np.nanmedian(raw[at], axis=0) if kept else np.empty(0)
    notes = (f"other shapes were searched in {len(kept)} of {usable} numeric columns",) if usable > len(kept) else ()
    return Numbers(tuple(str(names[i]) for i in kept), raw, middles, _spreads(raw[at])), notes


def variation(values: np.ndarray, residuals: np.ndarray, parts: int = 8) -> float:
    """Return how far the mean residuals of a column's eighths are from one another (a sum of squares)."""
    known = np.isfinite(values)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, parts + 1)[1:-1])) if known.any() else np.empty(0)
    codes = np.where(known, np.searchsorted(edges, np.where(known, values, 0.0)), len(edges) + 1)
    sums, counts = np.bincount(codes, weights=residuals), np.bincount(codes)
    return float((sums**2 / np.maximum(counts, 1)).sum())


def _is_time(column: pd.Series) -> bool:
    return pd.api.types.is_datetime64_any_dtype(column.dtype)


def _finite(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values) & (np.abs(values) < 1e150), values, np.nan)  # squares are taken


def _varies(values: np.ndarray) -> bool:
    known = values[~np.isnan(values)]
    return len(known) > 1 and bool(known.min() < known.max())


def _spreads(raw: np.ndarray) -> np.ndarray:
    if not raw.shape[1]:
        return np.empty(0)
    low, high = np.nanquantile(raw, [0.25, 0.75], axis=0)
    half, whole = (high - low) / 1.349, np.nanstd(raw, axis=0)
    return np.where(half > 1e-9 * whole, half, whole)
