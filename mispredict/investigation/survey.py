"""One look over the columns with a role before the scan: which labels there are, and what is odd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.investigation.spec import DataSpec
from mispredict.models.labels import in_order, places_of, scalar
from mispredict.models.model import Model
from mispredict.tables.columns import listed, shortened
from mispredict.tables.ids import check_ids
from mispredict.tables.plain import to_frame
from mispredict.tables.roles import check_columns
from mispredict.tables.table import Table

# More distinct labels are a quantity or an id, not classes; a table of a million distinct values stops here.
MAX_CLASSES = 1_000


@dataclass(frozen=True)
class Survey:
    """What the columns with a role hold."""

    labels: dict[Any, int]  # distinct label, a JSON scalar -> position of the first row with it
    unlabelled: int  # rows without a label, which a scan leaves out
    notes: tuple[str, ...]

    @property
    def classes(self) -> tuple[Any, ...]:
        """Return the distinct labels, sorted."""
        return tuple(in_order(list(self.labels)))


def survey_rows(table: Table, data: DataSpec) -> Survey:
    """Return what the table's target, id and cost hold; refuses what no investigation can be built on."""
    check_columns(table, data)
    labels: dict[Any, int] = {}
    unlabelled = free = 0
    first = 0
    for batch in table.batches([data.target, *([data.cost] if data.cost else [])]):
        rows = to_frame(batch, first)
        unlabelled += _gather(labels, rows[data.target])
        free += int((cost_of(rows, data.cost) == 0.0).sum()) if data.cost else 0
        first += batch.num_rows
    _check_labels(labels, table, data.target)
    if data.id is not None:
        check_ids(table, data.id)
    return Survey(labels, unlabelled, tuple(_notes(unlabelled, free, table.rows, data)))


def _gather(labels: dict[Any, int], target: pd.Series) -> int:
    """Add the labels that are new, with the position of their first row; return how many rows have none."""
    codes, distinct = pd.factorize(target)
    known = len(labels)
    firsts = np.full(len(distinct), len(target), dtype=np.int64)
    np.minimum.at(firsts, codes[codes >= 0], np.flatnonzero(codes >= 0))
    if len(distinct) + known > 2 * MAX_CLASSES:
        raise _too_many(str(target.name), len(distinct))
    for label, place in zip(list(distinct), firsts.tolist(), strict=True):
        labels.setdefault(scalar(label), int(target.index.to_numpy()[place]))
    if len(labels) > MAX_CLASSES:
        raise _too_many(str(target.name), len(labels))
    return int((codes < 0).sum())


def _too_many(target: str, count: int) -> TableRefused:
    return TableRefused(
        f"the target {target!r} has more than {count - 1:,} different values",
        needed=f"classes, at most {MAX_CLASSES:,}",
        do="name the column that holds the class; a quantity has to be cut into classes first",
    )


def _check_labels(labels: dict[Any, int], table: Table, target: str) -> None:
    if len(labels) > 1:
        return
    if table.rows == 1:
        raise TableRefused(
            f"{table.name} has one row", needed="rows of at least two classes", do="name a table with more rows"
        )
    value = listed(map(str, labels)) if labels else "empty"
    raise TableRefused(
        f"the target {target!r} is {value} in every row",
        needed="rows of at least two classes",
        do="name the column that holds the label, or a table with rows of every class",
    )


def _notes(unlabelled: int, free: int, rows: int, data: DataSpec) -> list[str]:
    notes = []
    if unlabelled:
        notes.append(f"{unlabelled:,} of {rows:,} rows have no label in {data.target!r} and are left out")
    if free:
        notes.append(
            f"{free:,} of {rows:,} rows have a missing, negative or zero cost in {data.cost!r}: it counts as 0"
        )
    return notes


def cost_of(rows: pd.DataFrame, column: str | None) -> np.ndarray:
    """Return what an error on each row costs: 1 without a cost column, 0 for costs that are missing or negative."""
    if column is None:
        return np.ones(len(rows))
    values = rows[column]
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.isnan(numbers) & values.notna().to_numpy() | np.isinf(numbers)
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise TableRefused(
            f"the cost {column!r} is {shortened(values.iloc[place])!r} in row {int(rows.index[place]) + 1}",
            needed="a finite number in every row",
            do="correct the value, or leave cost out of [data]",
        )
    return np.where(numbers > 0, numbers, 0.0)


def check_known(survey: Survey, model: Model, target: str) -> None:
    """Refuse a target with a value that the model does not know, with the first row of it."""
    labels = list(survey.labels)
    unknown = [label for label, place in zip(labels, places_of(labels, model.classes), strict=True) if place < 0]
    if unknown:
        value = unknown[0]
        raise ModelRefused(
            f"the target {target!r} is {shortened(value)!r} in row {survey.labels[value] + 1},"
            " which the model does not know",
            needed=f"one of its classes {listed(map(str, model.classes))}",
            do="correct the target, leave those rows out, or open the model that was trained on it",
        )
