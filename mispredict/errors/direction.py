"""Can a small model learn where the model goes wrong? Tested on rows that it learned nothing from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.columns import cut_columns
from mispredict.errors.promises import Promises, expected_errors, log_odds
from mispredict.scan.scored import Scored

FOLDS = 5
LEVELS = 20  # groups of equally many rows by what the model promised
MOST_ROWS = 30_000
_TREES = {"num_leaves": 7, "learning_rate": 0.1, "min_data_in_leaf": 40}
_ROUNDS = 40
FEW_ROWS = 10_000  # for which threads wait for each other longer than they work


@dataclass(frozen=True)
class Direction:
    """How well the errors beyond the promises can be foretold."""

    z: float
    p_value: float
    excess: float  # errors too many where they were foretold, as a part of the rows: the 90 % interval's lower end


def learn_direction(
    sample: Scored, promises: Promises, *, columns: Collection[str], order: np.ndarray, seed: int = 0
) -> Direction:
    """Return how well excess errors are foretold, fold after fold, each by a model of the folds before it.

    Folds that only look back keep the sum a martingale, so z is standard normal where there is nothing to learn; with
    ordinary cross-validation it is not.

    Parameters
    ----------
    order
        The rows in the order in which folds are cut: by time where there is one, else shuffled.
    """
    order = order[-MOST_ROWS:]
    own = promises.take(order)
    inputs = _inputs(sample.take(order), columns)
    folds = np.array_split(np.arange(len(order)), FOLDS)
    foretold = np.zeros(len(order))
    for number in range(1, FOLDS):
        known = np.concatenate(folds[:number])
        foretold[folds[number]] = _foretell(inputs, own.excess, (known, folds[number]), seed)
        foretold[folds[number]] -= _by_level(foretold[folds[number]], own.take(folds[number]))
    asked = np.concatenate(folds[1:])
    gain, excess = foretold[asked], own.excess[asked]
    variance = float((own.spread[asked] * gain**2).sum())
    z = float((excess * gain).sum() / np.sqrt(variance)) if variance > 0 else 0.0
    third = float((own.spread[asked] * (1 - 2 * own.error[asked]) * gain**3).sum())
    skew = third / variance**1.5 if variance > 0 else 0.0
    high = gain > 0
    beyond_noise = excess[high].sum() - 1.645 * np.sqrt(own.spread[asked][high].sum())
    return Direction(z, _chance(z, skew), float(np.maximum(beyond_noise / len(asked), 0)))


def _inputs(asked: Scored, columns: Collection[str]) -> pd.DataFrame:
    """Return what a rule may use as bins, and what the model promised.

    As it made it: a promise that was recalibrated by one half of the rows would tell by which.
    """
    cut, _ = cut_columns(asked.rows, exclude=[column for column in asked.rows.columns if column not in columns])
    inputs = {f"c{i}": column.codes.astype(np.int32) for i, column in enumerate(cut)}
    return pd.DataFrame({**inputs, "promised": log_odds(expected_errors(asked))})


def _chance(z: float, skew: float) -> float:
    """Return the chance of a sum so large: of errors that are rare it is skewed, which a normal curve overlooks."""
    from scipy.stats import norm, pearson3

    return float(norm.sf(z) if abs(skew) < 1e-3 else pearson3.sf(z, skew))


def _by_level(foretold: np.ndarray, promises: Promises) -> np.ndarray:
    """Return the mean of what is foretold at each row's level of the probability.

    All folds share one recalibration and its errors; what is foretold by the level alone would find them again.
    """
    level = promises.error if promises.event is None else promises.event
    ranked = np.argsort(np.argsort(level, kind="stable"), kind="stable")
    groups = ranked * LEVELS // len(ranked)
    return (np.bincount(groups, weights=foretold) / np.maximum(np.bincount(groups), 1))[groups]


def _foretell(inputs: pd.DataFrame, excess: np.ndarray, part: tuple[np.ndarray, np.ndarray], seed: int) -> np.ndarray:
    import lightgbm

    known, asked = part
    threads = 1 if len(known) < FEW_ROWS else 0
    settings = {
        **_TREES,
        "num_threads": threads,
        "objective": "regression",
        "verbose": -1,
        "seed": seed,
        "deterministic": True,
    }
    table = inputs.to_numpy(dtype=np.float64)
    learned = lightgbm.train(settings, lightgbm.Dataset(table[known], excess[known]), _ROUNDS)
    answers: np.ndarray = np.asarray(learned.predict(table[asked]))
    return answers
