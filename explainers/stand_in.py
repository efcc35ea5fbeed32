"""A gradient-boosted stand-in for a model whose workings can't be read, and how faithful it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import codes, plain
from explainers.forests.read import forest_of
from explainers.forests.scores import contributions, ready
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
    "num_threads": 1,  # on busy cores threads wait for each other: 30 s for 3 s, and little is won on idle ones
    "verbose": -1,
}
ROUNDS = 150


@dataclass(frozen=True, eq=False)
class StandIn:
    """Contributions of the stand-in for the rows asked, and its fit on rows that it didn't learn from."""

    values: pd.DataFrame
    base: float
    r2: float
    held_out: int


@dataclass(frozen=True, eq=False)
class Learned:
    """The stand-in itself, and its fit on rows that it didn't learn from."""

    booster: Any
    kinds: dict[str, pd.Index | None]  # column -> its categories, None where it is a number
    r2: float
    held_out: int

    def contributions(self, rows: pd.DataFrame) -> np.ndarray:
        """Return contributions (rows, columns + 1) to the stand-in's answer, the base last."""
        return np.asarray(self.booster.predict(_table(rows, self.kinds), pred_contrib=True))

    def walked(self, rows: pd.DataFrame) -> np.ndarray:
        """Return contributions (rows, columns) by a walk down the stand-in's trees: some twenty times faster."""
        forest, table = forest_of(self.booster, 1), _table(rows, self.kinds)
        columns = zip(table.columns, self.kinds.values(), strict=True)
        numbers = [table[c].to_numpy(np.float64) if levels is None else codes(table[c]) for c, levels in columns]
        return contributions(forest, ready(forest, np.column_stack(numbers)))


def stand_in(rows: pd.DataFrame, scores: np.ndarray, *, ask: int, seed: int) -> StandIn:
    """Return contributions for the first `ask` rows of a stand-in that learns `scores` from all `rows`."""
    learned = learn(rows, scores, seed=seed)
    found = learned.contributions(rows.iloc[:ask])
    values = pd.DataFrame(found[:, :-1], columns=rows.columns, index=rows.index[:ask])
    return StandIn(values, float(found[0, -1]) if ask else 0.0, learned.r2, learned.held_out)


def learn(rows: pd.DataFrame, scores: np.ndarray, *, seed: int = 0) -> Learned:
    """Return a stand-in that learned `scores`, one a row, from at most 20,000 of the rows."""
    import lightgbm

    kinds = {str(c): _categories(rows[c]) for c in rows.columns}
    table = _table(rows, kinds)
    unlike = np.flatnonzero(~table.duplicated())  # a copy of a learned row would flatter the fit
    order = np.random.default_rng(seed).permutation(unlike)[:LEARN_FROM]
    held = order[: int(len(order) * HELD_OUT)]
    ours = order[len(held) :]
    data = lightgbm.Dataset(table.iloc[ours], scores[ours])
    booster = lightgbm.train({**SETTINGS, "seed": seed}, data, ROUNDS)
    guesses = np.asarray(booster.predict(table.iloc[held])) if len(held) else np.zeros(0)
    return Learned(booster, kinds, _r2(scores[held], guesses), len(held))


def _table(rows: pd.DataFrame, kinds: dict[str, pd.Index | None]) -> pd.DataFrame:
    """Return numbers and categories under plain names, since LightGBM refuses some characters in names."""
    columns = zip(rows.columns, kinds.values(), strict=True)
    return pd.DataFrame({f"c{i}": _learnable(rows[c], levels) for i, (c, levels) in enumerate(columns)})


def _categories(column: pd.Series) -> pd.Index | None:
    """Return the column's most frequent categories, at most `LEVELS`; None where it is a number or a date."""
    column = plain(column)
    if column.dtype.kind in "iufbM" or isinstance(column.dtype, pd.DatetimeTZDtype):
        return None
    return pd.Index(sorted(_texts(column).value_counts().index[:LEVELS], key=str), dtype=object)


def _learnable(column: pd.Series, levels: pd.Index | None) -> pd.Series:
    """Return a number, or a category of these levels."""
    column = plain(column)
    if levels is not None:
        return pd.Series(pd.Categorical(_texts(column), categories=levels), index=column.index)
    if column.dtype.kind == "M" or isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.astype("int64").astype(np.float64).where(column.notna())
    return column.astype(np.float64)


def _texts(column: pd.Series) -> pd.Series:
    return column.astype(object).map(scalar, na_action="ignore").astype(object)


def _r2(truth: np.ndarray, guesses: np.ndarray) -> float:
    spread = float(((truth - truth.mean()) ** 2).sum()) if len(truth) else 0.0
    return 1 - float(((truth - guesses) ** 2).sum()) / spread if spread > 0 else float("nan")
