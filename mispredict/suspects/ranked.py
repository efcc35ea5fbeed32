"""What the order of one column's values knows of an event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ranked:
    """The rank statistic of Mann and Whitney: above 0.5 the event comes with large values."""

    auc: float  # 0 to 1; 0.5 where there is nothing to tell
    z: float  # distance from 0.5 in standard errors under no relation, ties taken into account
    events: int
    others: int

    @property
    def strength(self) -> float:
        """Return the AUC in the better direction, 0.5 to 1."""
        return max(self.auc, 1 - self.auc)

    @property
    def p_value(self) -> float:
        """Return the two-sided p-value of no relation at all."""
        return two_sided(self.z)


def two_sided(z: float) -> float:
    """Return the chance that a standard normal variable lies at least as far from 0."""
    from math import erfc, sqrt

    return max(erfc(abs(z) / sqrt(2)), 1e-300)


def rank_auc(values: np.ndarray, event: np.ndarray) -> Ranked:
    """Return what the order of `values` knows of `event` (0 or 1 a row); rows without a value are left out."""
    from scipy.stats import rankdata

    held = np.isfinite(values)
    numbers, came = values[held], event[held] > 0
    events, others = int(came.sum()), int((~came).sum())
    if not events or not others:
        return Ranked(0.5, 0.0, events, others)
    ranks = rankdata(numbers)
    above = float(ranks[came].sum()) - events * (events + 1) / 2
    spread = np.sqrt(float(ranks.var()) * len(ranks) / (len(ranks) - 1) * events * others / len(ranks))
    z = (above - events * others / 2) / spread if spread > 0 else 0.0
    return Ranked(above / (events * others), float(z), events, others)
