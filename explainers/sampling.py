"""Shapley values of any function of raw columns, by exchanging columns with background rows.

Castro (2009), "Polynomial calculation of the Shapley value based on sampling", each order followed by its reverse
(Mitchell 2022, antithetic sampling). Every order's changes telescope, so the values add up to the score exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import factorial

import numpy as np
import pandas as pd

from explainers.dtypes import are_numbers, taken

ORDERS = 10  # orders of the columns, each walked forth and back
MOST_ORDERS = 40  # where ten leave much to chance: half the error at four times the work
PRECISE = 0.05  # of the largest value: a standard error below it changes no reading
BACKGROUND = 50  # background rows that stand in for an absent column
EXACT_COLUMNS = 8  # up to here all 2^columns coalitions are asked
FEWEST_ORDERS = 2  # an error bar needs two
BUDGET = 400_000_000  # cells that a row may ask the model for: of wide tables fewer background rows and orders
CHUNK = 8_000_000  # cells of one question: 64 MB

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
    """Return the values of one row (a frame of one row) against background rows of the same columns and dtypes.

    A column whose value all the background rows share gets 0. Wide tables get fewer background rows, then fewer orders:
    a table of 10,000 columns one row in two orders.
    """
    random = np.random.default_rng(seed)
    rows, orders = _afforded(row.shape[1])
    chosen = random.permutation(len(background))[:rows]
    both = pd.concat([row, background.iloc[np.sort(chosen)]], ignore_index=True)
    moving = np.flatnonzero([_varies(both.iloc[:, j]) for j in range(both.shape[1])])
    if len(moving) <= EXACT_COLUMNS:
        return _exact(score, both, moving)
    return _sampled(score, both, moving, orders, random)


def _afforded(columns: int) -> tuple[int, int]:
    """Return how many background rows and orders the budget has room for."""
    sweep = 2 * (columns + 1) * columns
    rows = int(np.clip(BUDGET // (sweep * ORDERS), 1, BACKGROUND))
    return rows, int(np.clip(BUDGET // (sweep * rows), FEWEST_ORDERS, ORDERS))


def _varies(column: pd.Series) -> bool:
    """Return True where some background row holds another value than the row itself, at place 0."""
    return column.nunique(dropna=False) > 1


def _exact(score: Score, both: pd.DataFrame, moving: np.ndarray) -> Sampled:
    columns = len(moving)
    masks = (np.arange(2**columns)[:, None] >> np.arange(columns)) & 1 == 1
    worth = _worth(score, both, masks, moving)
    sizes = masks.sum(axis=1)
    values = np.zeros(both.shape[1])
    for j in range(columns):
        without = np.flatnonzero(~masks[:, j])
        weights = np.array([factorial(s) * factorial(columns - s - 1) / factorial(columns) for s in sizes[without]])
        values[moving[j]] = weights @ (worth[without + (1 << j)] - worth[without])
    return Sampled(values, float(worth[0]), 0.0, 0, len(both) - 1)


def _sampled(score: Score, both: pd.DataFrame, moving: np.ndarray, orders: int, random: np.random.Generator) -> Sampled:
    found: list[np.ndarray] = []
    most = MOST_ORDERS if orders == ORDERS else orders  # a wide table has no room for more
    while len(found) < orders or (len(found) < most and not _is_precise(found)):
        base, values = _one_order(score, both, moving, random.permutation(len(moving)))
        found.append(values)
    return Sampled(np.mean(found, axis=0), base, _error(found), len(found), len(both) - 1)


def _one_order(score: Score, both: pd.DataFrame, moving: np.ndarray, order: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the score without any column, and the columns' changes, mean of the order and its reverse."""
    values = np.zeros(both.shape[1])
    for way in (order, order[::-1]):
        worth = _worth(score, both, _growing(way), moving)
        values[moving[way]] += 0.5 * np.diff(worth)
    return float(worth[0]), values


def _error(found: list[np.ndarray]) -> float:
    """Return the largest standard error of a column's mean."""
    return float(np.std(found, axis=0, ddof=1).max() / np.sqrt(len(found)))


def _is_precise(found: list[np.ndarray]) -> bool:
    return _error(found) <= PRECISE * float(np.abs(np.mean(found, axis=0)).max())


def _growing(order: np.ndarray) -> np.ndarray:
    """Return masks (columns + 1, columns) that take the row's own columns in, one after the other."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[None, :] < np.arange(len(order) + 1)[:, None]


def _worth(score: Score, both: pd.DataFrame, masks: np.ndarray, moving: np.ndarray) -> np.ndarray:
    """Return the mean score of each mask over the moving columns, asked in chunks."""
    others = len(both) - 1
    size = max(1, CHUNK // (others * both.shape[1]))
    parts = [score(_mixed(both, masks[s : s + size], moving)) for s in range(0, len(masks), size)]
    return np.concatenate([np.asarray(part).reshape(-1, others).mean(axis=1) for part in parts])


def _mixed(both: pd.DataFrame, masks: np.ndarray, moving: np.ndarray) -> pd.DataFrame:
    """Return the rows of each mask: True takes the row's own value (place 0), False each background row's."""
    others = np.arange(1, len(both))
    if both.dtypes.nunique() == 1 and are_numbers(both):
        values = both.to_numpy()
        mixed = np.tile(values[1:], (len(masks), 1))
        cells = mixed.reshape(len(masks), len(others), -1)
        for i, mask in enumerate(masks):
            own = moving[mask]
            cells[i][:, own] = values[0, own]
        return pd.DataFrame(mixed, columns=both.columns)
    place = {int(j): k for k, j in enumerate(moving)}
    every = np.tile(others, len(masks))
    return pd.DataFrame(
        {
            name: taken(
                both[name], np.where(masks[:, place[j], None], 0, others[None, :]).ravel() if j in place else every
            )
            for j, name in enumerate(both.columns)
        }
    )
