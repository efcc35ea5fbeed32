"""The score of a slice: how far its rows are from what was promised, in standard deviations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.promises import Promises

PRICE = 9.0  # what a condition must add to the gain squared: the best of many useless ones adds about as much
LEAST_ROWS = 20
LEAST_SHARE = 0.01
MOST_SHARE = 0.5  # what holds for more of the rows is the rule, not the exception
LEAST_SPREAD = 3.0  # sum of variances under which a sum of outcomes is nothing like normal


def signals_of(promises: Promises) -> np.ndarray:
    """Return what is summed over a slice's rows: rows, variance, excess errors, and the event's shift when binary."""
    columns = [np.ones(len(promises.error)), promises.spread, promises.excess]
    if promises.shift is not None:
        columns.append(promises.shift)
    return np.column_stack(columns)


@dataclass(frozen=True)
class ResidualScore:
    """The largest |z| of a slice: more errors than promised, or events shifted in either direction."""

    least_rows: float
    most_rows: float

    def keeps(self, score: float, without: float) -> bool:
        """Return whether a condition adds more than a useless one would."""
        return max(score, 0) ** 2 - max(without, 0) ** 2 > PRICE

    def orders(self, sums: np.ndarray) -> list[np.ndarray]:
        """Return the residuals a unit of variance, in each direction that is searched."""
        variance = np.maximum(sums[..., 1], 1e-12)
        excess = sums[..., 2] / variance
        return [excess] if sums.shape[-1] == 3 else [excess, sums[..., 3] / variance, -sums[..., 3] / variance]

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return the gain of each rule."""
        best = _root_gain(sums[..., 2], sums[..., 1])
        if sums.shape[-1] > 3:
            best = np.maximum(best, _root_gain(np.abs(sums[..., 3]), sums[..., 1]))
        allowed = (sums[..., 0] >= self.least_rows) & (sums[..., 0] <= self.most_rows) & (sums[..., 1] >= LEAST_SPREAD)
        return np.where(allowed, best, -np.inf)


def _root_gain(excess: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the square root of twice the log likelihood that a Poisson count of mean `variance` gains.

    It is about `excess / sqrt(variance)`, but does not take a handful of rare events for a sensation.
    """
    variance = np.maximum(variance, 1e-12)
    ratio = np.maximum(excess, 0) / variance
    return np.sqrt(2 * variance * np.maximum((1 + ratio) * np.log1p(ratio) - ratio, 0))


def score_for(rows: int) -> ResidualScore:
    """Return the score for a table of so many rows; no slice is under 1 % or over half of it."""
    return ResidualScore(max(LEAST_ROWS, LEAST_SHARE * rows), MOST_SHARE * rows)


def gain_of(promises: Promises, inside: np.ndarray, outside: np.ndarray) -> float:
    """Return how far a slice is from promises that were learned outside of it, in standard deviations.

    The promises of rows that have few others of their kind outside are uncertain themselves: at each level of the
    probability the variance grows by the ratio of the rows inside to those outside.
    """
    variance = float((promises.spread * _uncertainty(promises.error, inside, outside))[inside].sum())
    signs = [promises.excess] if promises.shift is None else [promises.excess, promises.shift, -promises.shift]
    return max(float(_root_gain(np.array(sign[inside].sum()), np.array(variance))) for sign in signs)


def _uncertainty(error: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    edges = np.quantile(error, np.linspace(0, 1, 21)[1:-1])
    level = np.searchsorted(edges, error)
    within, beyond = (np.bincount(level[part], minlength=20) for part in (inside, outside))
    return (1 + within / np.maximum(beyond, 1))[level]


def direction_of(promises: Promises, inside: np.ndarray) -> np.ndarray:
    """Return the residual that makes a slice stand out, signed such that its sum is positive."""
    excess, shift = promises.excess, promises.shift
    if shift is None or abs(shift[inside].sum()) <= excess[inside].sum():
        return excess
    return shift * np.sign(shift[inside].sum())


def z_of(residual: np.ndarray, promises: Promises, inside: np.ndarray) -> float:
    """Return a slice's sum of residuals in standard deviations."""
    return float(residual[inside].sum() / np.sqrt(max(promises.spread[inside].sum(), 1e-12)))
