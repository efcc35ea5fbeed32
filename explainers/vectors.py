"""A column that holds a vector a row, such as an embedding that another model made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import Unsupported


def vectors_of(rows: pd.DataFrame, column: str) -> np.ndarray:
    """Return the column's vectors, (rows, width) float64; a row without one, or with a missing number, is all NaN.

    Raises `Unsupported` where the column is absent, holds no vectors, or vectors of several lengths.
    """
    if column not in rows.columns:
        raise Unsupported(f"there is no column {column!r} to take vectors from; name a column whose cells are lists")
    found = [_vector(cell, column) for cell in rows[column].tolist()]
    widths = sorted({len(one) for one in found if one is not None})
    if len(widths) > 1:
        some = ", ".join(str(width) for width in widths[:4])
        raise Unsupported(f"the vectors of column {column!r} have {len(widths)} lengths ({some}); one is needed")
    lost = np.full(widths[0] if widths else 0, np.nan)
    table = np.array([lost if one is None else one for one in found]).reshape(len(rows), len(lost))
    table[~np.isfinite(table).all(axis=1)] = np.nan
    return table


def _vector(cell: Any, column: str) -> np.ndarray | None:
    """Return a cell's numbers, None for a cell that is missing."""
    if not isinstance(cell, list | tuple | np.ndarray):
        if pd.isna(cell):
            return None
        raise Unsupported(f"column {column!r} holds {type(cell).__name__}, such as {cell!r}, where vectors are needed")
    try:
        numbers = np.asarray(cell, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise Unsupported(f"a vector of column {column!r} holds something else than numbers: {error}") from error
    if numbers.ndim != 1:
        raise Unsupported(f"a vector of column {column!r} has shape {numbers.shape}; a flat list is needed")
    return numbers
