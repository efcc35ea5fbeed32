"""Candidates of figures: means, and shares of gaps, that stay in a band from one window of time to the next.

Source of the band: a prediction interval for one more window (Student's t), as in Tu et al., Auto-Validate by History
(KDD 2023), which learns bounds for a wanted rate of false alarms from past runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.invariants.mining.candidate import LEAST_ROWS, Candidate

LEAST_WINDOWS = 8
USEFUL = 0.25  # of a column's standard deviation: a band that is wider tells nothing


def of_means(rows: pd.DataFrame, columns: Sequence[str], windows: np.ndarray, rate: float) -> Iterator[Candidate]:
    """Yield bands of means and of shares of gaps; `rate` is of one band's false alarms."""
    none = np.zeros(len(rows), dtype=bool)
    for column in columns:
        values = rows[column]
        if is_number(values) and not pd.api.types.is_datetime64_any_dtype(values.dtype):
            band = _band(numbers_of(values), windows, rate)
            if band is not None:
                entry = {"column": column, "from": float(f"{band[0]:.6g}"), "to": float(f"{band[1]:.6g}")}
                yield Candidate("means", entry, "mean", "", int(values.notna().sum()), none)
        if 1 / LEAST_ROWS < values.isna().mean() < 0.5:
            band = _band(values.isna().to_numpy(dtype=np.float64), windows, rate)
            if band is not None and band[1] < 1:
                entry = {"missing": {"at_most": float(f"{band[1]:.3g}")}}
                yield Candidate("columns", entry, "missing_share", column, len(rows), none)


def _band(values: np.ndarray, windows: np.ndarray, rate: float) -> tuple[float, float] | None:
    """Return where the mean of one more window lies but for `rate` of the cases; None where that tells nothing."""
    from scipy.stats import t

    held = np.isfinite(values)
    counts = np.bincount(windows[held], minlength=int(windows.max()) + 1)
    spread = float(values[held].std()) if held.any() else 0.0
    if len(counts) < LEAST_WINDOWS or counts.min() < LEAST_ROWS or spread == 0:
        return None
    means = np.bincount(windows[held], values[held]) / counts
    half = float(t.ppf(1 - rate / 2, len(means) - 1) * means.std(ddof=1) * np.sqrt(1 + 1 / len(means)))
    middle = float(values[held].mean())
    return (middle - half, middle + half) if half <= USEFUL * spread else None
