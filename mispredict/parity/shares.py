"""What part of the score difference each differing column makes: exact Shapley values, and what repairing it removes.

Players are the columns that differ; the worth of a set is the model's score of the offline row with these columns as
they were online. Source: Shapley (1953); the exact sum over all sets up to 10 players, antithetic permutations beyond.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
import pandas as pd

MOST_EXACT = 8  # players of one pair that all sets are formed of
WALKS = 16  # permutations beyond, each walked both ways
Score = Callable[[pd.DataFrame], np.ndarray]  # rows -> score of the event, shape (rows,)


@dataclass(frozen=True)
class Share:
    """One column's part of the absolute score difference, with a 95 % interval, 0 to 1."""

    share: float
    low: float
    high: float
    repair: float  # part of the absolute score difference that goes when the column alone is repaired


@dataclass(frozen=True, eq=False)
class Differences:
    """Pairs that differ in a column that the model reads, and the scores on both sides."""

    offline: pd.DataFrame
    online: pd.DataFrame  # the same columns and dtypes
    differs: dict[str, np.ndarray]  # bool, a player each
    score_offline: np.ndarray
    score_online: np.ndarray  # the model's on the online row
    logged: np.ndarray  # what the service answered; the model's where nothing was logged
    groups: np.ndarray  # int64, what the interval draws whole: entities, else the pairs themselves


def shares_of(found: Differences, score: Score, seed: int = 0) -> dict[str, Share]:
    """Return each player's share."""
    names = tuple(found.differs)
    phi = _shapley(found, score, names, seed)
    gap = found.logged - found.score_offline
    total = np.abs(gap)
    parts = np.sign(gap)[:, None] * phi
    low, high = _interval(parts, total, found.groups)
    whole = max(float(total.sum()), 1e-300)
    repaired = {name: 1 - float(np.abs(_repaired(found, score, name)).sum()) / whole for name in names}
    return {
        name: Share(float(parts[:, at].sum()) / whole, low[at], high[at], repaired[name])
        for at, name in enumerate(names)
    }


def repaired_scores(found: Differences, score: Score, columns: Sequence[str]) -> np.ndarray:
    """Return what the service would have answered with these columns as they are offline."""
    rows = np.logical_or.reduce([found.differs[one] for one in columns])
    given = found.logged.copy()
    if rows.any():
        mended = found.online[rows].assign(**{one: found.offline[one][rows] for one in columns})
        given[rows] += score(mended) - found.score_online[rows]
    return given


def _repaired(found: Differences, score: Score, name: str) -> np.ndarray:
    return repaired_scores(found, score, (name,)) - found.score_offline


def _shapley(found: Differences, score: Score, names: tuple[str, ...], seed: int) -> np.ndarray:
    """Return the values, shape (pairs, players); pairs with the same players are done together."""
    masks = np.column_stack([found.differs[one] for one in names])
    phi = np.zeros(masks.shape)
    patterns, places = np.unique(masks, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        players = np.flatnonzero(pattern)
        rows = np.flatnonzero(places.ravel() == number)
        if len(players) == 1:
            phi[rows, players[0]] = found.score_online[rows] - found.score_offline[rows]
        elif len(players):
            how = _exact if len(players) <= MOST_EXACT else _walked
            phi[np.ix_(rows, players)] = how(found, score, rows, [names[one] for one in players], seed)
    return phi


def _exact(found: Differences, score: Score, rows: np.ndarray, names: list[str], seed: int) -> np.ndarray:
    count = len(names)
    worth = {}
    for size in range(count + 1):
        for group in itertools.combinations(range(count), size):
            worth[group] = _worth(found, score, rows, [names[one] for one in group], count)
    phi = np.zeros((len(rows), count))
    for group, before in worth.items():
        weight = (
            factorial(len(group)) * factorial(count - len(group) - 1) / factorial(count) if len(group) < count else 0
        )
        for player in set(range(count)) - set(group):
            phi[:, player] += weight * (worth[tuple(sorted((*group, player)))] - before)
    return phi


def _walked(found: Differences, score: Score, rows: np.ndarray, names: list[str], seed: int) -> np.ndarray:
    rng, phi = np.random.default_rng(seed), np.zeros((len(rows), len(names)))
    orders = [rng.permutation(len(names)) for _ in range(WALKS // 2)]
    for order in (*orders, *(one[::-1] for one in orders)):
        before = found.score_offline[rows]
        for at in range(len(order)):
            after = _worth(found, score, rows, [names[one] for one in order[: at + 1]], len(names))
            phi[:, order[at]] += (after - before) / (2 * len(orders))
            before = after
    return phi


def _worth(found: Differences, score: Score, rows: np.ndarray, names: list[str], count: int) -> np.ndarray:
    if not names:
        return found.score_offline[rows]
    if len(names) == count:
        return found.score_online[rows]
    return score(found.offline.iloc[rows].assign(**{one: found.online[one].iloc[rows] for one in names}))


def _interval(parts: np.ndarray, total: np.ndarray, groups: np.ndarray) -> tuple[list[float], list[float]]:
    """Return the 95 % interval of each column's sum over the total's, by linearised variance, groups drawn whole.

    Source: Cochran, Sampling Techniques, 6.4 (ratio of sums).
    """
    _, codes = np.unique(groups, return_inverse=True)
    sums = np.column_stack([np.bincount(codes, one) for one in (*parts.T, total)])
    whole, count = max(float(total.sum()), 1e-300), len(sums)
    ratios = sums[:, :-1].sum(0) / whole
    residuals = sums[:, :-1] - ratios * sums[:, -1:]
    spread = np.sqrt(count / max(1, count - 1) * (residuals**2).sum(0)) / whole
    return (ratios - 1.96 * spread).tolist(), (ratios + 1.96 * spread).tolist()
