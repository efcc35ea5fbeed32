"""What no finder has a form for: rows of which a small booster foretells more than promised."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.errors.columns import cut_columns
from mispredict.errors.shapes.ground import Ground
from mispredict.errors.shapes.region import Region, Surplus, best_cut

FOLDS = 3
_MOST_ROWS = 10_000  # that it learns from
_TREES = {"num_leaves": 8, "learning_rate": 0.1, "lambda_l2": 1.0}
_ROUNDS = 50
PREFERENCE = 0.87  # what can't be said in numbers must stand out 15 % more
_SAID = 3  # columns that the words name


def find_learned(ground: Ground) -> list[Region]:
    """Return the rows that a booster of the residual puts highest; what it foretells of a row it did not learn from it.

    The part of the rows is the one that gains most out of fold; a booster of all searched rows then says which.
    """
    learned_from = ground.at[:_MOST_ROWS]
    columns, _ = cut_columns(ground.rows, exclude=ground.exclude)
    if not columns or len(learned_from) < 10 * FOLDS:
        return []
    table = np.column_stack([column.codes for column in columns]).astype(np.float64)
    foretold = [_out_of_fold(table[learned_from], one.signals[learned_from]) for one in ground.ways[:2]]
    if len(ground.ways) == 3:
        foretold.append(-foretold[1])
    pairs = list(zip(ground.ways, foretold, strict=True))
    cuts = [best_cut(values, one.signals[learned_from]) for one, values in pairs]
    best = int(np.argmax([cut.gain for cut in cuts]))
    if not np.isfinite(cuts[best].gain):
        return []
    surplus, values = pairs[best]
    share = float((values > cuts[best].bound).mean())
    return _region(ground, table, surplus, (share, cuts[best].gain, [column.name for column in columns]))


def _region(ground: Ground, table: np.ndarray, surplus: Surplus, found: tuple[float, float, list[str]]) -> list[Region]:
    share, gain, names = found
    some = ground.at[:_MOST_ROWS]
    booster = _fitted(table[some], surplus.signals[some])
    values = np.asarray(booster.predict(table))
    bound = float(np.quantile(values[ground.among], 1 - share))
    inside = ground.among & (values > bound)
    weights = booster.feature_importance("gain")
    told_by = [names[i] for i in np.argsort(-weights, kind="stable")[:_SAID] if weights[i] > 0]
    if not told_by or not inside.any():
        return []
    words = f"the {100 * inside.mean():.3g} % of rows that a small booster puts highest, most by {', '.join(told_by)}"
    return [Region("odd one", words, inside, surplus.way, gain, ground.among, PREFERENCE)]


def _out_of_fold(table: np.ndarray, signals: np.ndarray) -> np.ndarray:
    fold = np.random.default_rng(0).permutation(len(table)) % FOLDS
    foretold = np.empty(len(table))
    for number in range(FOLDS):
        own = fold == number
        foretold[own] = _fitted(table[~own], signals[~own]).predict(table[own])
    return foretold


def _fitted(table: np.ndarray, signals: np.ndarray) -> Any:
    import lightgbm

    weights = np.maximum(signals[:, 2], 1e-3)
    settings = {
        **_TREES,
        "min_data_in_leaf": max(20, len(table) // 100),
        "num_threads": 1,
        "objective": "regression",
        "verbose": -1,
        "seed": 0,
        "deterministic": True,
    }
    return lightgbm.train(settings, lightgbm.Dataset(table, signals[:, 1] / weights, weight=weights), _ROUNDS)
