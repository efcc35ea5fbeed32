"""How far the outcomes of some rows are from what was promised, in standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Way
from mispredict.errors.promises import Promises

PRICE = 9.0  # what a condition must add to the gain squared: the best of many useless ones adds about as much
LEAST_ROWS = 20
LEAST_SHARE = 0.01
MOST_SHARE = 0.5  # what holds for more of the rows is the rule, not the exception
LEAST_SPREAD = 3.0  # sum of variances under which a sum of outcomes is nothing like normal


def signals_of(promises: Promises) -> np.ndarray:
    """Return what is summed over a slice's rows: rows, then a residual and its variance for each way to stand out."""
    columns = [np.ones(len(promises.error))]
    for _, residual, variance in _ways(promises)[: 1 if promises.shift is None else 2]:
        columns += [residual, variance]
    return np.column_stack(columns)


def _ways(promises: Promises) -> list[tuple[Way, np.ndarray, np.ndarray]]:
    """Return the residuals by which a slice may stand out, each with its name and variance.

    Labels that are turned round show in errors too many, and nowhere less than where the model is undecided: an error
    counts by how clear the case was. An event that is likelier or rarer than promised shows in the shift.
    """
    clear = np.maximum(1 - 2 * promises.error, 0)
    excess, variance = clear * promises.excess, clear**2 * promises.spread
    ways: list[tuple[Way, np.ndarray, np.ndarray]] = [("more errors", excess, variance)]
    if promises.shift is not None:
        ways.append(("more events", promises.shift, promises.spread))
        ways.append(("fewer events", -promises.shift, promises.spread))
    return [*ways, ("fewer errors", -excess, variance)]


@dataclass(frozen=True)
class ResidualScore:
    """The largest gain of a slice: errors or events, more or fewer than promised."""

    least_rows: float
    most_rows: float

    def keeps(self, score: float, without: float, *, conditions: int) -> bool:
        """Return whether a condition adds more than a useless one would, however many there are."""
        return max(score, 0) ** 2 - max(without, 0) ** 2 > PRICE

    def orders(self, sums: np.ndarray) -> list[np.ndarray]:
        """Return the residuals a unit of variance, in each direction that is searched."""
        excess = sums[..., 1] / np.maximum(sums[..., 2], 1e-12)
        if sums.shape[-1] == 3:
            return [excess, -excess]
        shift = sums[..., 3] / np.maximum(sums[..., 4], 1e-12)
        return [excess, shift, -shift, -excess]

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return the gain of each rule."""
        best = gain_of_counts(np.abs(sums[..., 1]), sums[..., 2])
        if sums.shape[-1] > 3:
            best = np.maximum(best, gain_of_counts(np.abs(sums[..., 3]), sums[..., 4]))
        allowed = (sums[..., 0] >= self.least_rows) & (sums[..., 0] <= self.most_rows)
        return np.where(allowed, best, -np.inf)


def gain_of_counts(excess: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the square root of twice the log likelihood that a Poisson count of mean `variance` gains.

    It is about `excess / sqrt(variance)`, but does not take a handful of rare events for a sensation.
    """
    enough = variance >= LEAST_SPREAD
    variance = np.where(enough, variance, 1.0)
    ratio = np.maximum(excess, 0) / variance
    gain = np.sqrt(2 * variance * np.maximum((1 + ratio) * np.log1p(ratio) - ratio, 0))
    return np.where(enough, gain, 0.0)


def score_for(rows: int) -> ResidualScore:
    """Return the score for a table of so many rows; no slice is under 1 % or over half of it."""
    return ResidualScore(max(LEAST_ROWS, LEAST_SHARE * rows), MOST_SHARE * rows)


@dataclass(frozen=True, eq=False)
class StandingOut:
    """The way in which a slice stands out most: a residual that is positive there, and its variance."""

    name: Way
    residual: np.ndarray
    variance: np.ndarray

    def z(self, inside: np.ndarray) -> float:
        """Return the sum of residuals of some rows in standard deviations."""
        return float(self.residual[inside].sum() / np.sqrt(max(self.variance[inside].sum(), 1e-12)))


def how_it_stands_out(promises: Promises, inside: np.ndarray) -> StandingOut:
    """Return the way in which the rows stand out most."""
    return max(ways_of(promises), key=lambda way: way.z(inside))


def way_named(name: Way, promises: Promises) -> StandingOut:
    """Return one of the ways by its name."""
    return next(way for way in ways_of(promises) if way.name == name)


def ways_of(promises: Promises) -> list[StandingOut]:
    """Return the ways in which rows may stand out; each is linear in what came."""
    return [StandingOut(*way) for way in _ways(promises)]
