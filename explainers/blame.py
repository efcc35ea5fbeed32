"""Which column made a model fail: asked only after it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from explainers.columns import Encoded
from explainers.dtypes import UnfitColumn, blame_infinity, blame_missing
from explainers.scalars import scalar


def blame(
    rows: pd.DataFrame, error: ValueError, encoded: Sequence[Encoded], takes: Callable[[pd.DataFrame], bool]
) -> None:
    """Raise `UnfitColumn` for the column that the model can't take, where one is found; `takes` asks it again."""
    text = str(error)
    blame_infinity(rows)
    if "too large for dtype" in text:
        _blame_size(rows)
    if "unknown categor" in text:
        _blame_unknown(rows, encoded)
    if "NaN" in text or "missing" in text.lower():
        _blame_hole(rows, takes)


def _blame_size(rows: pd.DataFrame) -> None:
    """Trees of scikit-learn compute in 32 bits."""
    most = float(np.finfo(np.float32).max)
    for name in rows.columns:
        column = rows[name]
        if column.dtype.kind == "f" and (column.abs() > most).any():
            found = f"holds {column[column.abs() > most].iloc[0]:.3g}, which is too large for 32 bits"
            raise UnfitColumn(str(name), found, f"numbers of at most {most:.2g}")


def _blame_unknown(rows: pd.DataFrame, encoded: Sequence[Encoded]) -> None:
    for column in (source for c in encoded for source, _ in c.sources):
        if column.known is None or column.known.otherwise:
            continue
        for value in map(scalar, rows[column.raw].unique()):
            if value not in column.known.values:
                listed = ", ".join(map(repr, column.known.values[:5]))
                found = "has missing values" if value is None else f"holds {value!r}"
                raise UnfitColumn(column.raw, f"{found}, which its encoder did not learn", f"one of {listed}")


def _blame_hole(rows: pd.DataFrame, takes: Callable[[pd.DataFrame], bool]) -> None:
    """Blame the column whose hole alone makes the model fail; the other columns' are filled to find out."""
    holed = [c for c in rows.columns if rows[c].isna().any()]
    full = {c: rows[c].dropna() for c in holed}
    for name in holed:
        row = rows[rows[name].isna()].iloc[:1].copy()
        fills = {c: full[c].iloc[:1].set_axis(row.index) for c in holed if c != name and len(full[c])}
        if not takes(row.assign(**{str(c): row[c].where(row[c].notna(), v) for c, v in fills.items()})):
            blame_missing(rows[[name]])
