"""Can a small model learn where the model goes wrong? Tested on rows that it learned nothing from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.columns import cut_columns
from mispredict.errors.levels import Levelled, level_rows
from mispredict.errors.promises import Promises, expected_errors, log_odds
from mispredict.scan.scored import Scored

FOLDS = 5
LEVELS = 20  # of the probability; a fold has a fifth of the rows
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
    ordinary cross-validation it is not. All folds share one recalibration and its errors; what is foretold by the level
    of the probability alone would find them again, so it is taken out.

    Parameters
    ----------
    order
        The rows in the order in which folds are cut: by time where there is one, else shuffled.
    """
    order = order[-MOST_ROWS:]
    own = level_rows(sample, promises, most=LEVELS).take(order)
    inputs = _inputs(sample.take(order), columns)
    folds = np.array_split(np.arange(len(order)), FOLDS)
    foretold = np.zeros(len(order))
    for number in range(1, FOLDS):
        known, fold = own.take(np.concatenate(folds[:number])), own.take(folds[number])
        learned = _foretell(inputs, known.excess, folds[number], seed)
        foretold[folds[number]] = fold.parted(learned)
    asked = np.concatenate(folds[1:])
    return _direction(own.take(asked), foretold[asked])


def _direction(asked: Levelled, foretold: np.ndarray) -> Direction:
    excess = asked.is_error - asked.chance
    variance = float((asked.spread * foretold**2).sum())
    if variance <= 0:
        return Direction(0.0, 0.5, 0.0)
    z = float((excess * foretold).sum() / np.sqrt(variance))
    skew = float((asked.spread * (1 - 2 * asked.chance) * foretold**3).sum()) / variance**1.5
    high = foretold > 0
    beyond_noise = excess[high].sum() - 1.645 * np.sqrt(asked.spread[high].sum())
    return Direction(z, _chance(z, skew), float(np.maximum(beyond_noise / len(foretold), 0)))


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


def _foretell(inputs: pd.DataFrame, excess: np.ndarray, asked: np.ndarray, seed: int) -> np.ndarray:
    """Return what a small booster that learned the first rows' excess foretells of the rows asked."""
    import lightgbm

    threads = 1 if len(excess) < FEW_ROWS else 0
    settings = {
        **_TREES,
        "num_threads": threads,
        "objective": "regression",
        "verbose": -1,
        "seed": seed,
        "deterministic": True,
    }
    table = inputs.to_numpy(dtype=np.float64)
    learned = lightgbm.train(settings, lightgbm.Dataset(table[: len(excess)], excess), _ROUNDS)
    answers: np.ndarray = np.asarray(learned.predict(table[asked]))
    return answers
