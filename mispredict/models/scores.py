"""Stored scores in place of a model: what was answered is in the table, the model is not at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.subject import Family
from mispredict.bad_input import TableRefused
from mispredict.tables.columns import shortened

_ROUNDING = 1e-6  # stored as text or float32, a probability may stick out of [0, 1] by this much


@dataclass(frozen=True, eq=False)
class ScoresSubject:
    """Reads probabilities from columns: of the event alone, or one a class."""

    columns: tuple[str, ...]
    classes: tuple[Any, ...]
    estimator: Any = None
    family: Family = "scores"

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the score columns as float64."""
        return pd.DataFrame({name: _numbers(rows[name]) for name in self.columns}, index=rows.index)

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the stored probabilities, shape (rows, classes); refuses what is no probability."""
        found = self.prepared(rows)
        for name in self.columns:
            _check(found[name], name)
        scores = np.clip(found.to_numpy(), 0.0, 1.0)
        if len(self.columns) == 1:
            return np.column_stack([1.0 - scores[:, 0], scores[:, 0]])
        _check_sums(scores, rows.index)
        return scores


def _numbers(column: pd.Series) -> pd.Series:
    numbers: pd.Series = pd.to_numeric(column, errors="coerce").astype(np.float64)
    text = numbers.isna() & column.notna()
    if text.any():
        raise _refused(str(column.name), column.index[text][0], column[text].iloc[0])
    return numbers


def _check(scores: pd.Series, name: str) -> None:
    wrong = ~((scores >= -_ROUNDING) & (scores <= 1 + _ROUNDING))  # True for a missing one, too
    if wrong.any():
        raise _refused(name, scores.index[wrong][0], scores[wrong].iloc[0])


def _refused(name: str, position: Any, value: Any) -> TableRefused:
    return TableRefused(
        f"the stored score {name!r} is {shortened(value)} in row {int(position) + 1}",
        needed="probabilities from 0 to 1",
        do="store probabilities (a margin becomes one by 1 / (1 + exp(-margin))), or leave those rows out",
    )


def _check_sums(scores: np.ndarray, index: pd.Index) -> None:
    off = np.abs(scores.sum(axis=1) - 1.0)
    if len(off) and off.max() > 1e-3:
        row = int(off.argmax())
        raise TableRefused(
            f"the stored scores of row {int(index[row]) + 1} sum to {scores[row].sum():.6g}",
            needed="one probability a class, which sum to 1",
            do="name one column for every class, in the order of the classes",
        )
