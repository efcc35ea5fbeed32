"""The score of a slice: how much likelier its outcomes are in a faulty world than in the promised one.

A world is a simple fault that rows may have: outcomes turned round with some chance, errors rarer by a factor, the
event likelier or rarer. What rows say for a world, their log likelihood ratio, adds up, so a slice's score is a sum;
and no single row can say more than its world allows, however rare its outcome was promised to be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.promises import Promises
from mispredict.errors.residuals import LEAST_ROWS, LEAST_SHARE, MOST_SHARE, PRICE, gain_of_counts

FLIPS = (0.15, 0.4, 0.8)  # chances that an outcome is the other one
FEWER = 0.4  # of the promised errors that come
_RATIOS = slice(1, 2 + len(FLIPS))  # columns of the signals that hold log likelihood ratios
_MIDDLE = 2  # the column of the middle chance: categories are put together by it
_EVENTS = 2 + len(FLIPS)  # columns up to the events' own


def world_signals(promises: Promises) -> np.ndarray:
    """Return what is summed over a slice's rows, shape (rows, signals).

    A one for each row, its log likelihood ratio for each world, and where there is one event its shift and variance.
    """
    columns = [np.ones(len(promises.error)), *_ratios(promises)]
    if promises.shift is not None:
        columns += [promises.shift, promises.spread]
    return np.column_stack(columns)


def _ratios(promises: Promises) -> list[np.ndarray]:
    came = np.where(promises.is_error, promises.error, 1 - promises.error)
    turned = [np.log1p(chance * ((1 - came) / came - 1)) for chance in FLIPS]
    rarer = np.where(promises.is_error, FEWER, (1 - FEWER * promises.error) / (1 - promises.error))
    return [*turned, np.log(rarer)]


@dataclass(frozen=True)
class WorldScore:
    """The gain of a slice: the square root of twice its best log likelihood ratio, comparable with a z."""

    least_rows: float
    most_rows: float

    def keeps(self, score: float, without: float, *, conditions: int) -> bool:
        """Return whether a condition adds more than a useless one would, however many there are."""
        return max(score, 0) ** 2 - max(without, 0) ** 2 > PRICE

    def orders(self, sums: np.ndarray) -> list[np.ndarray]:
        """Return how much a row says for turned outcomes, and how far events are shifted either way."""
        turned = sums[..., _MIDDLE] / np.maximum(sums[..., 0], 1)
        if sums.shape[-1] == _EVENTS:
            return [turned]
        shift = sums[..., _EVENTS] / np.maximum(sums[..., _EVENTS + 1], 1e-12)
        return [turned, shift, -shift]

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return the gain of each rule."""
        best = np.sqrt(2 * np.maximum(sums[..., _RATIOS].max(axis=-1), 0))
        if sums.shape[-1] > _EVENTS:
            best = np.maximum(best, gain_of_counts(np.abs(sums[..., _EVENTS]), sums[..., _EVENTS + 1]))
        allowed = (sums[..., 0] >= self.least_rows) & (sums[..., 0] <= self.most_rows)
        return np.where(allowed, best, -np.inf)


def world_score(rows: int) -> WorldScore:
    """Return the score for a table of so many rows; no slice is under 1 % or over half of it."""
    return WorldScore(max(LEAST_ROWS, LEAST_SHARE * rows), MOST_SHARE * rows)


def gain_of(promises: Promises, inside: np.ndarray, outside: np.ndarray) -> float:
    """Return the gain of a slice by promises that were learned outside of it.

    The promises of rows that have few others of their kind outside are uncertain themselves: at each level of the
    probability a row counts less by the ratio of the rows inside to those outside.
    """
    wider = _uncertainty(promises.error, inside, outside)[inside]
    best = max(0.0, *(float((ratio[inside] / wider).sum()) for ratio in _ratios(promises)))
    gain = float(np.sqrt(2 * best))
    if promises.shift is None:
        return gain
    shift, variance = np.abs(promises.shift[inside].sum()), (promises.spread[inside] * wider).sum()
    return max(gain, float(gain_of_counts(np.array(shift), np.array(variance))))


def _uncertainty(error: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    edges = np.quantile(error, np.linspace(0, 1, 21)[1:-1])
    level = np.searchsorted(edges, error)
    within, beyond = (np.bincount(level[part], minlength=20) for part in (inside, outside))
    widened: np.ndarray = (1 + within / np.maximum(beyond, 1))[level]
    return widened
