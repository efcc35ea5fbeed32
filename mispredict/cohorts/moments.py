"""Sums over a cohort's rows, in whole numbers: batches may come in any order and any size."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from mispredict.errors.promises import Recalibration, expected_errors, promises_by
from mispredict.scan.counts import promise_of
from mispredict.scan.scored import Scored

UNIT = 2.0**-30  # of the sums that are no counts; 65,536 squares of the largest surprise fit 64 bits


@dataclass(frozen=True)
class Moments:
    """Sums over rows; all but `rows` and `errors` count in units of `UNIT`. Python's integers: they never overflow."""

    rows: int = 0
    errors: int = 0
    expected: int = 0  # errors, by the model's own probabilities
    spread: int = 0  # their variance
    promised: int = 0  # errors, by the recalibrated probabilities
    promised_spread: int = 0
    promised_skew: int = 0  # third central moment
    surprise: int = 0
    surprise_squares: int = 0
    probability: int = 0
    probability_squares: int = 0

    def __add__(self, other: Moments) -> Moments:
        return Moments(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Moments)))

    def sum(self, name: str) -> float:
        """Return one of the sums in its own unit."""
        value: int = getattr(self, name)
        return float(value) if name in ("rows", "errors") else value * UNIT


def moments_of(scored: Scored, recalibration: Recalibration) -> Moments:
    """Return the sums over a batch, whose expected errors are corrected by a curve learned from other rows."""
    own, promised = expected_errors(scored), promises_by(scored, recalibration).error
    spread, (probability, _) = promised * (1 - promised), promise_of(scored)
    sums = (
        *(own, own * (1 - own), promised, spread, spread * (1 - 2 * promised)),
        *(scored.surprise, scored.surprise**2, probability, probability**2),
    )
    whole = (int(np.rint(values / UNIT).astype(np.int64).sum()) for values in sums)
    return Moments(len(scored), int(scored.is_error.sum()), *whole)
