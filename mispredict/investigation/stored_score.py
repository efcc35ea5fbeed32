"""A score that already stands in the table, against what the model answers now."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.investigation.reader import score_rows
from mispredict.investigation.spec import DataSpec
from mispredict.models.model import Model
from mispredict.tables.plain import to_frame
from mispredict.tables.roles import roles_of
from mispredict.tables.table import Table

# Columns of these names that hold numbers from 0 to 1, and are neither features nor have a role, are taken for the
# event's probability as it was answered when the table was made.
NAMES = ("score", "probability", "model_score")
_SAME = 1e-4  # scores are often kept as float32, or rounded to four digits
_ROWS = 4_096


def stored_score_note(table: Table, data: DataSpec, model: Model) -> str | None:
    """Return what is to be said of a stored score that the model no longer gives; None where there is none or it fits.

    Looks at the table's first rows only, and at models of two classes.
    """
    column = _column(table, data, model)
    if column is None:
        return None
    rows = to_frame(next(table.batches([*model.features, column], _ROWS)), 0)
    stored = rows[column].to_numpy(dtype=np.float64)
    known = np.isfinite(stored)
    if not known.any() or stored[known].min() < 0 or stored[known].max() > 1:
        return None
    return _difference(rows[known], stored[known], column, model)


def _column(table: Table, data: DataSpec, model: Model) -> str | None:
    if len(model.classes) != 2 or model.format == "scores" or model.why_no_probabilities:
        return None
    taken = {*model.features, *roles_of(data)}
    return next((name for name in NAMES if name not in taken and _is_number(table, name)), None)


def _is_number(table: Table, name: str) -> bool:
    place = table.schema.get_field_index(name)
    return place >= 0 and str(table.schema.field(place).type) in ("double", "float")


def _difference(rows: pd.DataFrame, stored: np.ndarray, column: str, model: Model) -> str | None:
    apart = np.abs(score_rows(model, rows)[:, 1] - stored)
    off = apart > _SAME
    if not off.any():
        return None
    worst = int(apart.argmax())
    return (
        f"the stored score {column!r} is not what this model answers: {int(off.sum()):,} of the first {len(rows):,}"
        f" rows differ by more than {_SAME:g}, row {int(rows.index[worst]) + 1} by {apart[worst]:.3g}"
        " (another model, or other values of the features, made that score)"
    )
