"""Table cells as JSON: numbers, text, true and false, null where nothing is known."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mispredict.bad_input import TableRefused


def columns_of(rows: pd.DataFrame) -> dict[str, list[Any]]:
    """Return each column's cells. Moments become ISO 8601 text; `rows` is left as it is."""
    return {str(name): cells_of(rows[name]) for name in rows.columns}


def cells_of(column: pd.Series) -> list[Any]:
    """Return the cells of one column; refuses what JSON has no word for."""
    if column.dtype.kind == "M":
        # Whatever the unit, every moment is written alike; whole seconds need no fraction.
        cells: list[Any] = [None if pd.isna(value) else value.isoformat() for value in column]
        return cells
    plain = column.astype(object)
    plain = plain.where(column.notna(), None)
    return [_cell(value, column) for value in plain.tolist()]


def _cell(value: Any, column: pd.Series) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TableRefused(
        f"the feature {column.name!r} holds a {type(value).__name__}, which JSON has no word for",
        needed="numbers, text, true or false, moments",
        do="leave the column out of features, or store it as text or numbers",
    )


def records_of(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return one object a row."""
    cells = columns_of(rows)
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
