"""Quantiles of the score offline and online, with intervals that assume nothing of the distribution.

Source of the intervals: order statistics (David & Nagaraja, Order Statistics, 7.1). Rows are taken as independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mispredict.discovery import q_values

QUANTILES = (0.5, 0.9, 0.95, 0.99)
LEAST_BEYOND = 10  # scores that must lie beyond a quantile on either side: fewer don't say where it is
RATE = 0.01  # of findings that are none, among all that are compared
TIMES = 1.2  # as many scores beyond offline's quantile online as offline, from which a difference matters
STEP = 0.005  # of a probability that the quantile must have moved by besides


@dataclass(frozen=True)
class QuantilePair:
    """One quantile of the score on both sides, with 95 % intervals."""

    group: str  # "all", "platform = 'web'", "2026-04-23 06:00"
    quantile: float
    offline: float
    offline_low: float
    offline_high: float
    online: float
    online_low: float
    online_high: float
    rows: int
    entries: int
    beyond_offline: float  # part of the rows above offline's quantile, ties counted half
    beyond_online: float  # part of the entries above it
    p_value: float  # that both parts are one
    q_value: float = 1.0  # adjusted over all that are compared (Benjamini-Hochberg)

    @property
    def is_other(self) -> bool:
        """Return whether they differ, by more than chance and by enough to matter."""
        parts = sorted((self.beyond_offline, self.beyond_online))
        both = sorted((1 - self.beyond_offline, 1 - self.beyond_online))
        is_large = parts[1] >= TIMES * parts[0] or both[1] >= TIMES * both[0]
        return self.q_value <= RATE and is_large and abs(self.online - self.offline) >= STEP


def quantile_pairs(
    offline: np.ndarray, online: np.ndarray, *, group: str = "all", quantiles: Sequence[float] = QUANTILES
) -> list[QuantilePair]:
    """Return the quantiles that both sides have scores enough for; scores that are not finite are left out."""
    here, there = (np.sort(one[np.isfinite(one)]) for one in (offline, online))
    least = min(len(here), len(there))
    return [_pair(here, there, group, q) for q in quantiles if least * min(q, 1 - q) >= LEAST_BEYOND]


def adjusted(pairs: Sequence[QuantilePair]) -> list[QuantilePair]:
    """Return the pairs with q-values over all of them."""
    if not pairs:
        return []
    found = q_values([one.p_value for one in pairs])
    return [replace(one, q_value=float(q)) for one, q in zip(pairs, found, strict=True)]


def _pair(here: np.ndarray, there: np.ndarray, group: str, quantile: float) -> QuantilePair:
    offline, online = _interval(here, quantile), _interval(there, quantile)
    beyond = [_beyond(one, offline[0]) for one in (here, there)]
    p = _p_value(beyond[0], beyond[1], len(here), len(there))
    return QuantilePair(group, quantile, *offline, *online, len(here), len(there), beyond[0], beyond[1], p)


def _interval(scores: np.ndarray, quantile: float) -> tuple[float, float, float]:
    """Return the quantile of sorted scores and its 95 % interval."""
    from scipy.stats import binom

    count = len(scores)
    low = max(int(binom.ppf(0.025, count, quantile)) - 1, 0)
    high = min(int(binom.ppf(0.975, count, quantile)), count - 1)
    return float(np.quantile(scores, quantile)), float(scores[low]), float(scores[high])


def _beyond(scores: np.ndarray, level: float) -> float:
    """Return the part of sorted scores above a level, ties counted half."""
    below, up_to = np.searchsorted(scores, level, "left"), np.searchsorted(scores, level, "right")
    return float(1 - (below + up_to) / 2 / len(scores))


def _p_value(one: float, other: float, rows: int, entries: int) -> float:
    """Return the two-sided p-value that both parts are one (two proportions, pooled)."""
    from scipy.stats import norm

    pooled = (one * rows + other * entries) / (rows + entries)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / rows + 1 / entries))
    return float(2 * norm.sf(abs(other - one) / spread)) if spread > 0 else 1.0
