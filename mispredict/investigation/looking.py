"""One row: found by its id, shown, frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mispredict.bad_input import TableRefused
from mispredict.investigation.desk import FrozenRow, RowDetail
from mispredict.investigation.explained import explain_rows
from mispredict.investigation.opened import Opened
from mispredict.investigation.showing import plain, plain_row
from mispredict.scan.scored import Scored
from mispredict.tables.columns import listed
from mispredict.tables.ids import positions_of
from mispredict.tables.near_ids import near_ids
from mispredict.tables.roles import readable


def find_row(opened: Opened, row: str) -> Scored:
    """Return the row of an id, scored; any row of the table."""
    position = position_of(opened, row)
    taken = opened.table.take(np.array([position]), readable(opened.table.schema, opened.spec.data))
    scored = opened.reader.unscored(taken) if opened.model.why_no_probabilities else opened.reader(taken)
    if len(scored) == 0:
        raise TableRefused(
            f"row {row!r} has no label", needed="a labelled row", do="choose another row, or add its label"
        )
    return scored


def position_of(opened: Opened, row: str) -> int:
    """Return where in the table the row of an id stands, from 0."""
    places = positions_of(opened.table, opened.spec.data.id, [row])
    if row not in places:
        raise _absent(opened, row)
    return places[row]


def _absent(opened: Opened, row: str) -> TableRefused:
    column = opened.spec.data.id
    near = near_ids(opened.table, column, row) if column and row else ()
    return TableRefused(
        f"no row with the id {row!r} in {opened.table.name}"
        + (f"; the nearest ids are {listed(near)}" if near else ""),
        needed=f"an id of the column {column!r}" if column else f"a row's number, 0 to {opened.table.rows - 1:,}",
        do="copy an id from the app's list of errors, or from worst.parquet",
    )


def detail(found: Scored, ranks: dict[str, int], clusters: dict[str, int]) -> RowDetail:
    """Return one scored row as the pages show it; `ranks` and `clusters` are by id."""
    row = str(found.ids[0])
    return RowDetail(
        id=row,
        position=int(found.rows.index[0]),
        values=plain_row(found.rows),
        truth=found.classes[int(found.truth[0])],
        predicted=found.classes[int(found.predicted[0])],
        probabilities={str(c): float(p) for c, p in zip(found.classes, found.probabilities[0], strict=True)},
        surprise=float(found.surprise[0]),
        cost=float(found.cost[0]),
        is_error=bool(found.is_error[0]),
        rank=ranks.get(row),
        cluster=clusters.get(row),
        threshold=float(found.threshold),
    )


def freeze_row(opened: Opened, row: str, read: Sequence[str], background: Callable[[], pd.DataFrame]) -> FrozenRow:
    """Return a row as it goes into the obvious set, in the live model's columns and in others that are `read`."""
    found = find_row(opened, row)
    others = [column for column in read if column not in opened.model.features]
    prepared = pd.concat([opened.model.subject.prepared(found.rows), found.rows[others]], axis=1)
    values = found.rows[[*opened.model.features, *others]]
    truth = int(found.truth[0])
    binary = len(found.classes) == 2
    told = found.classes[1] if binary else found.classes[truth]
    return FrozenRow(
        id=row,
        values=plain_row(values),
        dtypes={str(c): str(prepared[c].dtype) for c in prepared.columns},
        categories=_categories(prepared),
        truth=found.classes[truth],
        predicted=found.classes[int(found.predicted[0])],
        classes=found.classes,
        probability_of_truth=float(found.probabilities[0, truth]),
        score=float(found.probabilities[0, 1 if binary else truth]),
        data_sha256=opened.table.sha256,
        model_sha256=opened.model.sha256,
        threshold=opened.model.threshold,
        explanation=explain_rows(opened.model, found.rows, background, told)[0],
    )


def _categories(prepared: pd.DataFrame) -> dict[str, list[Any]]:
    return {
        str(c): [plain(v) for v in prepared[c].cat.categories]
        for c in prepared.columns
        if isinstance(prepared[c].dtype, pd.CategoricalDtype)
    }


def nearest_rows(places: np.ndarray, own: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which of `places` (rows, dimensions) are nearest to the one row of `own`, and their distances.

    Distances are Euclidean; contributions share one unit, so a column counts by how much it moves scores.
    """
    distances = np.sqrt(((places - own) ** 2).sum(axis=1))
    near = np.argsort(distances, kind="stable")[:limit]
    return near, distances[near]


def ranks_of(ids: Iterable[str]) -> dict[str, int]:
    """Return each id's place in a ranking, from 1."""
    return {str(row): place for place, row in enumerate(ids, start=1)}
