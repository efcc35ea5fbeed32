"""Can a small model learn where the model goes wrong? Tested on rows that it learned nothing from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.columns import cut_columns
from mispredict.errors.promises import Promises, log_odds
from mispredict.scan.scored import Scored

FOLDS = 5
MOST_ROWS = 30_000
_TREES = {"num_leaves": 7, "learning_rate": 0.1, "min_data_in_leaf": 40}
_ROUNDS = 40
FEW_ROWS = 10_000  # for which threads wait for each other longer than they work


@dataclass(frozen=True)
class Direction:
    """How well the errors beyond the promises can be foretold."""

    z: float
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
    inputs = _inputs(sample.rows.iloc[order], own, columns)
    folds = np.array_split(np.arange(len(order)), FOLDS)
    foretold = np.zeros(len(order))
    for number in range(1, FOLDS):
        known = np.concatenate(folds[:number])
        foretold[folds[number]] = _foretell(inputs, own.excess, (known, folds[number]), seed)
    asked = np.concatenate(folds[1:])
    gain, excess = foretold[asked], own.excess[asked]
    variance = float((own.spread[asked] * gain**2).sum())
    z = float((excess * gain).sum() / np.sqrt(variance)) if variance > 0 else 0.0
    high = gain > 0
    beyond_noise = excess[high].sum() - 1.645 * np.sqrt(own.spread[asked][high].sum())
    return Direction(z, float(np.maximum(beyond_noise / len(asked), 0)))


def _inputs(rows: pd.DataFrame, promises: Promises, columns: Collection[str]) -> pd.DataFrame:
    """Return what a rule may use as bins, and what the model promised."""
    cut, _ = cut_columns(rows, exclude=[column for column in rows.columns if column not in columns])
    inputs = {f"c{i}": column.codes.astype(np.int32) for i, column in enumerate(cut)}
    return pd.DataFrame({**inputs, "promised": log_odds(promises.error)})


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
