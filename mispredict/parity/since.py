"""When a difference began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

LEAST = 20  # affected pairs, and pairs before
RARE_BEFORE = 0.1  # rate before, as a part of the rate after


@dataclass(frozen=True)
class Since:
    """The moment from which pairs are affected, and how many are before and from it on."""

    moment: str  # ISO
    before: float  # part of the pairs affected, 0 to 1
    after: float
    gain: float  # log likelihood ratio against one rate all along


def since(affected: np.ndarray, times: np.ndarray) -> Since | None:
    """Return the moment at which the rate of affected pairs jumps up from nearly nothing, None where it does not.

    `times` are microseconds (NaN unknown). The moment is that of the largest likelihood of two rates.
    """
    known = np.isfinite(times)
    order = np.argsort(times[known], kind="stable")
    hits, moments = affected[known][order].astype(float), times[known][order]
    if hits.sum() < LEAST or len(hits) < 3 * LEAST:
        return None
    before = np.arange(LEAST, len(hits) - LEAST)
    first = np.cumsum(hits)[before - 1]
    gain = _likelihood(first, before) + _likelihood(hits.sum() - first, len(hits) - before)
    gain -= _likelihood(np.array([hits.sum()]), np.array([len(hits)]))
    top = int(gain.argmax())
    rates = float(first[top] / before[top]), float((hits.sum() - first[top]) / (len(hits) - before[top]))
    if gain[top] < 2 * np.log(len(hits)) or rates[0] > RARE_BEFORE * rates[1]:
        return None
    begun = before[top] + int(np.argmax(hits[before[top] :] > 0))
    return Since(
        pd.Timestamp(int(moments[begun]), unit="us").isoformat(sep=" ", timespec="minutes"), *rates, float(gain[top])
    )


def _likelihood(hits: np.ndarray, rows: np.ndarray) -> np.ndarray:
    rate = np.clip(hits / rows, 1e-12, 1 - 1e-12)
    return np.asarray(hits * np.log(rate) + (rows - hits) * np.log1p(-rate))
