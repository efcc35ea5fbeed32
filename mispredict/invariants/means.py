"""Means and shares held to a band by two one-sided tests: what can't be told either way is not judged.

Source: Schuirmann (1987), two one-sided tests at 5 %, that is, the 90 % interval inside the band. Rows of one entity
are taken together (linearised variance of a ratio).
"""

from __future__ import annotations

import numpy as np

from mispredict.invariants.invariant import Bounded, State

Z_90 = 1.644854
LEAST_ROWS = 20
LEAST_OWNERS = 10


def estimate(values: np.ndarray, owners: np.ndarray) -> Bounded | str:
    """Return the mean with its 90 % interval, or why there is none."""
    if len(values) < LEAST_ROWS:
        return f"{len(values):,} rows with a value: fewer than {LEAST_ROWS}"
    _, codes = np.unique(owners, return_inverse=True)
    mean, count = float(values.mean()), int(codes.max()) + 1
    if count < LEAST_OWNERS:
        return f"rows of {count} entities: fewer than {LEAST_OWNERS}"
    sums = np.bincount(codes, values - mean)
    spread = float(np.sqrt(count / (count - 1) * (sums**2).sum())) / len(values)
    return Bounded(mean, mean - Z_90 * spread, mean + Z_90 * spread)


def state_of(found: Bounded, low: float, high: float) -> State:
    """Return held where the interval lies in the band, broken where it lies outside, else not judged."""
    if low <= found.low and found.high <= high:
        return "held"
    return "broken" if found.high < low or found.low > high else "not judged"


def words_of(found: Bounded, what: str, low: float, high: float) -> str:
    """Return the figure, and why it is not judged where it is not."""
    said = f"{what} is {found.value:.4g} [{found.low:.4g} to {found.high:.4g}]"
    if state_of(found, low, high) == "not judged":
        return f"{said}: the interval reaches over the end of the band, so more rows are needed to tell"
    return said
