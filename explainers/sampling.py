"""Shapley values of any function of raw columns, by exchanging columns with background rows.

Castro (2009), "Polynomial calculation of the Shapley value based on sampling", each order followed by its reverse
(Mitchell 2022, antithetic sampling). Every order's changes telescope, so the values add up to the score exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import factorial

import numpy as np
import pandas as pd

ORDERS = 10  # orders of the columns, each walked forth and back
BACKGROUND = 50  # background rows that stand in for an absent column
EXACT_COLUMNS = 8  # up to here all 2^columns coalitions are asked

Score = Callable[[pd.DataFrame], np.ndarray]


@dataclass(frozen=True, eq=False)
class Sampled:
    """Shapley values of one row. `error` is the largest standard error of a value, 0 where nothing was sampled."""

    values: np.ndarray
    base: float
    error: float
    orders: int
    background: int


def shapley_values(score: Score, row: pd.DataFrame, background: pd.DataFrame, *, seed: int) -> Sampled:
    """Return the values of one row (a frame of one row) against background rows of the same columns and dtypes."""
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(background))[:BACKGROUND]
    both = pd.concat([row, background.iloc[np.sort(chosen)]], ignore_index=True)
    if row.shape[1] <= EXACT_COLUMNS:
        return _exact(score, both)
    return _sampled(score, both, random)


def _exact(score: Score, both: pd.DataFrame) -> Sampled:
    columns = both.shape[1]
    masks = (np.arange(2**columns)[:, None] >> np.arange(columns)) & 1 == 1
    worth = _worth(score, both, masks)
    sizes = masks.sum(axis=1)
    values = np.zeros(columns)
    for j in range(columns):
        without = np.flatnonzero(~masks[:, j])
        weights = np.array([factorial(s) * factorial(columns - s - 1) / factorial(columns) for s in sizes[without]])
        values[j] = weights @ (worth[without + (1 << j)] - worth[without])
    return Sampled(values, float(worth[0]), 0.0, 0, len(both) - 1)


def _sampled(score: Score, both: pd.DataFrame, random: np.random.Generator) -> Sampled:
    columns = both.shape[1]
    found = np.zeros((ORDERS, columns))
    base = 0.0
    for k in range(ORDERS):
        order = random.permutation(columns)
        worth = _worth(score, both, np.vstack([_growing(order), _growing(order[::-1])]))
        base = float(worth[0])
        forth, back = worth[: columns + 1], worth[columns + 1 :]
        found[k, order] += 0.5 * np.array([b - a for a, b in pairwise(forth)])
        found[k, order[::-1]] += 0.5 * np.array([b - a for a, b in pairwise(back)])
    error = float(found.std(axis=0, ddof=1).max() / np.sqrt(ORDERS))
    return Sampled(found.mean(axis=0), base, error, ORDERS, len(both) - 1)


def _growing(order: np.ndarray) -> np.ndarray:
    """Return masks (columns + 1, columns) that take the row's own columns in, one after the other."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[None, :] < np.arange(len(order) + 1)[:, None]


def _worth(score: Score, both: pd.DataFrame, masks: np.ndarray) -> np.ndarray:
    """Return the mean score of each mask: True takes the row's own value (place 0), False each background row's."""
    others = np.arange(1, len(both))
    mixed = pd.DataFrame(
        {
            name: both[name].take(np.where(masks[:, j, None], 0, others[None, :]).ravel()).array
            for j, name in enumerate(both.columns)
        }
    )
    return np.asarray(score(mixed).reshape(len(masks), len(others)).mean(axis=1))
