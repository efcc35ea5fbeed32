"""A gradient-boosted stand-in for a model whose workings can't be read, and how faithful it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from explainers.dtypes import plain
from explainers.scalars import scalar

LEVELS = 200  # categories kept a column: the most frequent; the rest counts as missing
LEARN_FROM = 20_000  # rows
HELD_OUT = 0.2
SETTINGS = {
    "objective": "regression",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "min_data_in_leaf": 10,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
ROUNDS = 150
FEW = 5_000


@dataclass(frozen=True, eq=False)
class StandIn:
    """Contributions of the stand-in for the rows asked, and its fit on rows that it didn't learn from."""

    values: pd.DataFrame
    base: float
    r2: float
    held_out: int


def stand_in(rows: pd.DataFrame, scores: np.ndarray, *, ask: int, seed: int) -> StandIn:
    """Return contributions for the first `ask` rows of a stand-in that learns `scores` from all `rows`."""
    import lightgbm

    table = pd.DataFrame({c: _learnable(rows[c]) for c in rows.columns})
    unlike = np.flatnonzero(~table.duplicated())  # a copy of a learned row would flatter the fit
    order = np.random.default_rng(seed).permutation(unlike)[:LEARN_FROM]
    held = order[: int(len(order) * HELD_OUT)]
    learn = order[len(held) :]
    names = [f"c{i}" for i in range(table.shape[1])]  # LightGBM refuses some characters in names
    data = lightgbm.Dataset(table.iloc[learn].set_axis(names, axis=1), scores[learn])
    threads = 1 if len(learn) < FEW else 0  # on few rows threads wait for each other longer than they work
    booster = lightgbm.train({**SETTINGS, "seed": seed, "num_threads": threads}, data, ROUNDS)
    found = np.asarray(booster.predict(table.iloc[:ask].set_axis(names, axis=1), pred_contrib=True))
    guesses = np.asarray(booster.predict(table.iloc[held].set_axis(names, axis=1)))
    values = pd.DataFrame(found[:, :-1], columns=rows.columns, index=rows.index[:ask])
    return StandIn(values, float(found[0, -1]) if ask else 0.0, _r2(scores[held], guesses), len(held))


def _learnable(column: pd.Series) -> pd.Series:
    """Return a number or a category of at most `LEVELS` levels."""
    column = plain(column)
    if column.dtype.kind in "iufb":
        return column.astype(np.float64)
    if column.dtype.kind == "M" or isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.astype("int64").astype(np.float64).where(column.notna())
    texts = column.astype(object).map(scalar, na_action="ignore").astype(object)
    kept = texts.value_counts().index[:LEVELS]
    return pd.Series(pd.Categorical(texts, categories=sorted(kept, key=str)), index=column.index)


def _r2(truth: np.ndarray, guesses: np.ndarray) -> float:
    spread = float(((truth - truth.mean()) ** 2).sum()) if len(truth) else 0.0
    return 1 - float(((truth - guesses) ** 2).sum()) / spread if spread > 0 else float("nan")
