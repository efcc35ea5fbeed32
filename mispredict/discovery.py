"""False discoveries: p-values of many columns held to one rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RATE = 0.01  # of findings that are none, among a detector's columns


def q_values(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return each p-value adjusted by Benjamini and Hochberg's step-up procedure (1995), shape (tests,).

    A q-value at most `RATE` keeps the expected share of false findings among all found at that rate. Missing p-values
    stay missing and count as no test.

    >>> q_values([0.01, 0.04, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    given = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(len(given), np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    scaled = given[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted
