"""From a batch of the table to scored rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pandas as pd

from explainers.answer import margins_of
from explainers.explanation import Unsupported
from mispredict.bad_input import BadInput, ModelRefused, TableRefused
from mispredict.investigation.spec import DataSpec
from mispredict.investigation.survey import cost_of
from mispredict.models.labels import places_of
from mispredict.models.model import Model
from mispredict.models.probe import check_answers, check_probabilities
from mispredict.scan.scored import Scored
from mispredict.tables.columns import hint, listed, shortened
from mispredict.tables.ids import ids_of
from mispredict.tables.plain import to_frame
from mispredict.tables.table import Table

_PROBE_ROWS = 64


@dataclass(frozen=True, eq=False)
class Reader:
    """Scores batches of one table with one model. The same for every batch, so batches may be read in any order."""

    model: Model
    data: DataSpec

    def __call__(self, rows: pd.DataFrame) -> Scored:
        """Return the labelled rows of the batch with the model's answers; rows without a label are left out."""
        rows, truth = self.labelled(rows)
        return self._scored(rows, truth, score_rows(self.model, rows))

    def labelled(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
        """Return the rows that have a label, and each one's place among the classes."""
        truth = self.truth_of(rows[self.data.target])
        return (rows, truth) if (truth >= 0).all() else (rows[truth >= 0], truth[truth >= 0])

    def unscored(self, rows: pd.DataFrame) -> Scored:
        """Return labelled rows of a model without probabilities: 1 stands for the class that it calls each row."""
        rows, truth = self.labelled(rows)
        margins = np.asarray(_margins(self.model, rows))
        called = (margins > 0).astype(np.int64) if margins.ndim == 1 else margins.argmax(axis=1)
        order = self.model.order
        own = np.eye(len(self.model.classes))[called]
        return self._scored(rows, truth, own if order is None else own[:, list(order)])

    def _scored(self, rows: pd.DataFrame, truth: np.ndarray, probabilities: np.ndarray) -> Scored:
        ids, cost = ids_of(rows, self.data.id), cost_of(rows, self.data.cost)
        return Scored(rows, ids, truth, probabilities, cost, self.model.classes, self.model.threshold)

    def truth_of(self, target: pd.Series) -> np.ndarray:
        """Return each row's place among the classes, -1 for a row without a label."""
        codes, distinct = pd.factorize(target)
        places = np.array([*places_of(list(distinct), self.model.classes), -1], dtype=np.int64)
        truth = places[codes]  # code -1, a missing label, reads the -1 at the end
        unknown = (truth < 0) & (codes >= 0)
        if unknown.any():
            place = int(np.flatnonzero(unknown)[0])
            raise ModelRefused(
                f"the target {target.name!r} is {shortened(target.iloc[place])!r} in row"
                f" {int(target.index[place]) + 1}, which the model does not know",
                needed=f"one of its classes {listed(map(str, self.model.classes))}",
                do="correct the target, or leave those rows out",
            )
        return truth


def score_rows(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """Return the model's probabilities, shape (rows, classes), float64; says which cell stands in the way of them."""
    if not len(rows):
        return np.empty((0, len(model.classes)))
    _check_finite(rows, model.features)
    try:
        found = np.asarray(model.predict_proba(rows), dtype=np.float64)
    except BadInput:
        raise
    except Unsupported as fault:
        raise ModelRefused(
            f"the model can't be scanned: {fault}",
            needed="a classifier that answers probabilities",
            do="calibrate it with scikit-learn's CalibratedClassifierCV and save that",
        ) from fault
    except Exception as fault:  # noqa: BLE001 - a model's libraries raise anything; the cause is looked for and said
        _blame(model, rows, fault)
    check_probabilities(found, name="the model", first=int(rows.index[0]) if len(rows) else 0)
    return found


def _margins(model: Model, rows: pd.DataFrame) -> np.ndarray:
    """Return the raw scores of a model that has no probabilities; says which cell stands in the way of them."""
    _check_finite(rows, model.features)
    try:
        return np.asarray(margins_of(model.subject, rows))
    except Exception as fault:  # noqa: BLE001 - as above
        _blame(model, rows, fault)


def _check_finite(rows: pd.DataFrame, features: tuple[str, ...]) -> None:
    """Refuse infinite values: models answer them with an error, or silently as if they were large."""
    for name in features:
        column = rows[name]
        if column.dtype.kind != "f":
            continue
        infinite = np.isinf(column.to_numpy())
        if infinite.any():
            place = int(np.flatnonzero(infinite)[0])
            raise TableRefused(
                f"the feature {name!r} is {column.iloc[place]} in row {int(rows.index[place]) + 1}",
                needed="finite numbers, or nothing where the value is not known",
                do="correct the value, or leave those rows out",
            )


def _blame(model: Model, rows: pd.DataFrame, fault: Exception) -> NoReturn:
    """Raise the refusal that says which column, and which row first, made the model fail."""
    column = getattr(fault, "column", None)  # the openers of models name it where they know
    if column in rows.columns and not (rows[str(column)].isna().any() and "missing" in getattr(fault, "found", "")):
        position, value = _first_odd(rows[str(column)])
        found = shortened(getattr(fault, "found", "does not fit"), 100)
        raise TableRefused(
            f"the feature {column!r} {found} (row {position + 1}: {shortened(value)!r})",
            needed=f"{getattr(fault, 'needed', 'what the model learned')} in {column!r}",
            do="correct the values; an empty cell stands for a missing one",
        ) from fault
    gaps = sorted((name for name in model.features if rows[name].isna().any()), key=lambda name: name != column)
    if gaps and _answers(model, rows.dropna(subset=list(model.features))):
        position = int(rows.index[rows[gaps[0]].isna()][0])
        raise TableRefused(
            f"the feature {gaps[0]!r} is missing in row {position + 1}"
            + (f" (and {listed(gaps[1:])} elsewhere)" if gaps[1:] else ""),
            needed="a value in every row: this model takes no missing values",
            do="fill the values, or train the model with an imputer in front",
        ) from fault
    raise ModelRefused(
        f"the model failed on rows {int(rows.index[0]) + 1} to {int(rows.index[-1]) + 1}: {shortened(fault, 200)}",
        needed="rows like those that it was trained on",
        do="compare the columns with the training table's",
    ) from fault


def _first_odd(column: pd.Series) -> tuple[int, object]:
    """Return the position and value of the first cell that is no number, else of the first that holds anything."""
    numbers = pd.to_numeric(column, errors="coerce")
    odd = column[numbers.isna() & column.notna()] if numbers.isna().any() else column.dropna()
    chosen = odd if len(odd) else column
    return int(chosen.index[0]), chosen.iloc[0]


def _answers(model: Model, rows: pd.DataFrame) -> bool:
    """Return whether the model can answer these rows."""
    if not len(rows):
        return True
    try:
        model.predict_proba(rows)
    except Exception:  # noqa: BLE001 - only whether it fails matters here
        return False
    return True


def check_features(table: Table, model: Model) -> None:
    """Refuse a table that lacks features of the model, then ask the model about the first rows."""
    check_present(table, model.features)
    rows = to_frame(next(table.batches(list(model.features), _PROBE_ROWS)), 0)
    if model.why_no_probabilities:
        _margins(model, rows)
        return
    score_rows(model, rows)
    if model.format != "scores":
        check_answers(model.subject, rows, name="the model")


def check_present(table: Table, features: Sequence[str]) -> None:
    """Refuse a table that lacks columns which a model reads."""
    names = table.schema.names
    missing = [name for name in features if name not in names]
    if missing:
        raise TableRefused(
            f"{table.name} lacks {len(missing)} of the {len(features)} columns that the model reads:"
            f" {listed(missing)}{hint(missing[0], names)}",
            needed="every column that the model was trained on",
            do="add the columns, or open the table that has them",
        )
