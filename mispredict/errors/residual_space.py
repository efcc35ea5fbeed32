"""A space in which errors are alike: contributions to what the model's own probabilities did not promise.

Contributions to a score tell why the model answered; contributions to its residual tell where it goes wrong, and count
columns that the model does not read. Lundberg's supervised clustering on what a small booster learned of the residual.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import Attribution
from mispredict.errors.columns import Binned, cut_columns
from mispredict.errors.promises import log_odds, promises_of
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored
from mispredict.scan.stack import stack

METHOD = "residual"
BAGS = 8  # boosters, each of half of the rows; a row is explained by those that did not learn it
ROUNDS = 40
LEARNED = 20_000  # rows
FEWEST_LEARNED = 400
_TREES = {"num_leaves": 7, "learning_rate": 0.1, "min_data_in_leaf": 30, "max_cat_threshold": 16, "lambda_l2": 5.0}


def residual_contributions(
    errors: Scored, table: Scored, *, exclude: Collection[str], seed: int = 0
) -> Attribution | str:
    """Return each error's contributions to the log-odds of an error beyond the promised ones, or why there are none.

    Exact Shapley values of small boosters that start from the promises, learned on the table's searched rows alone; the
    mean of those that did not see the row.
    """
    searched = np.flatnonzero(~is_held_out(table.rows.index.to_numpy(dtype=np.int64), seed=seed))
    learned = table.take(np.sort(np.random.default_rng(seed).permutation(searched)[:LEARNED]))
    if len(learned) < FEWEST_LEARNED:
        return f"{len(learned)} searched rows are too few to learn the residual; {FEWEST_LEARNED} are needed"
    columns, notes = cut_columns(stack([errors, learned]).rows, exclude=exclude)
    if not columns:
        return "there is no column from which the residual could be learned"
    everything = np.column_stack([column.codes for column in columns]).astype(np.float64)
    values = _bagged(columns, (everything[: len(errors)], everything[len(errors) :]), errors, learned, seed=seed)
    names = [column.name for column in columns]
    how = (
        f"contributions to the residual, learned by {BAGS} small boosters on halves of {len(learned):,} searched rows; "
        "each error is explained by those that did not learn it"
    )
    return Attribution(
        pd.DataFrame(values, columns=names, index=errors.rows.index), 0.0, "log-odds", METHOD, (*notes, how)
    )


def _bagged(
    columns: list[Binned], inputs: tuple[np.ndarray, np.ndarray], errors: Scored, learned: Scored, *, seed: int
) -> np.ndarray:
    """Return the mean contributions, shape (errors, columns), of the boosters that did not learn the row."""
    asked, known = inputs
    promised = promises_of(learned, learn=np.ones(len(learned), dtype=bool), seed=seed).error
    at = {int(position): place for place, position in enumerate(learned.rows.index)}
    places = np.array([at.get(int(position), -1) for position in errors.rows.index])
    sums, counts = np.zeros((len(asked), len(columns))), np.zeros(len(asked))
    rng = np.random.default_rng(seed)
    for bag in range(BAGS):
        chosen = np.zeros(len(known), dtype=bool)
        chosen[rng.permutation(len(known))[: len(known) // 2]] = True
        free = (places < 0) | ~chosen[places]
        booster = _booster(columns, known[chosen], (learned.is_error[chosen], promised[chosen]), seed + bag)
        if free.any():
            sums[free] += np.asarray(booster.predict(asked[free], pred_contrib=True))[:, :-1]
            counts[free] += 1
    return sums / np.maximum(counts, 1)[:, None]


def _booster(columns: list[Binned], known: np.ndarray, came: tuple[np.ndarray, np.ndarray], seed: int) -> Any:
    import lightgbm

    is_error, promised = came
    settings = {
        **_TREES,
        "objective": "binary",
        "boost_from_average": False,
        "num_threads": 1,
        "verbose": -1,
        "seed": seed,
        "deterministic": True,
    }
    kinds = [place for place, column in enumerate(columns) if not column.is_numeric]
    rows = lightgbm.Dataset(
        known,
        is_error.astype(np.float64),
        init_score=log_odds(promised),
        categorical_feature=kinds,
        params={"verbose": -1},
    )
    return lightgbm.train(settings, rows, ROUNDS)
