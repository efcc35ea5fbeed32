"""Tests of the residuals' structure: along time, within entities, against the promises themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.promises import Promises
from mispredict.scan.counts import promise_of
from mispredict.scan.scored import Scored

BLOCKS = 10


@dataclass(frozen=True)
class Finding:
    """One statistic, its chance where the model is right about itself, and what it comes to (0 to 1)."""

    statistic: float
    p_value: float
    effect: float


def of_time(promises: Promises, order: np.ndarray) -> Finding:
    """Return whether errors come in times: chi-square of ten blocks of equally many rows.

    The effect is the part of all rows that are errors too many, in the blocks that have too many.
    """
    from scipy.stats import chi2

    blocks = np.array_split(order, BLOCKS)
    sums = np.array([promises.excess[block].sum() for block in blocks])
    spreads = np.array([promises.spread[block].sum() for block in blocks])
    statistic = float((sums**2 / np.maximum(spreads, 1e-12)).sum())
    beyond = np.maximum(sums - np.sqrt(spreads), 0).sum() / len(order)
    return Finding(statistic, float(chi2.sf(statistic, BLOCKS)), float(beyond))


def of_entities(promises: Promises, owners: pd.DataFrame) -> Finding | None:
    """Return whether an entity's errors come together; None where hardly any entity has two rows.

    Products of two rows of one entity add up to 0 if rows are independent; the effect is the spread of the entities'
    error rates around what was promised, as a standard deviation.
    """
    from scipy.stats import norm

    owner = owners.groupby(list(owners.columns), sort=False, dropna=True).ngroup().to_numpy()
    known = owner >= 0
    numbers, excess, spread = owner[known], promises.excess[known], promises.spread[known]
    products = _pairs(numbers, excess)
    variance = 2 * _pairs(numbers, spread)
    counts = np.bincount(numbers).astype(float) if len(numbers) else np.zeros(1)
    pairs = float((counts * (counts - 1)).sum())
    if pairs < 100 or variance <= 0:
        return None
    z = products / float(np.sqrt(variance))
    return Finding(z, float(norm.sf(z)), float(np.sqrt(max(products / pairs, 0))))


def of_calibration(scored: Scored) -> Finding:
    """Return whether the probabilities keep what they promise, as the model makes them (Spiegelhalter 1986).

    The effect is the difference between what was promised and what came, as a part of the rows.
    """
    from scipy.stats import norm

    promised, came = promise_of(scored)
    lean = 1 - 2 * promised
    variance = float((lean**2 * promised * (1 - promised)).sum())
    z = float(((came - promised) * lean).sum() / np.sqrt(max(variance, 1e-12)))
    return Finding(z, float(2 * norm.sf(abs(z))), float(abs(came.mean() - promised.mean())))


def _pairs(groups: np.ndarray, values: np.ndarray) -> float:
    """Return the sum over ordered pairs of rows of one group of the product of their values."""
    sums = np.bincount(groups, weights=values)
    return float((sums**2).sum() - (values**2).sum())
