"""Bringing a table's columns to the types that a model learned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd


class UnfitColumn(ValueError):
    """A column that the model can't read; `column` names it."""

    def __init__(self, column: str, found: str, needed: str) -> None:
        super().__init__(f"column {column!r} {found}; the model needs {needed}")
        self.column = column
        self.found = found
        self.needed = needed


def pick(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the columns in the order asked, never the caller's own object."""
    if list(rows.columns) == list(columns):
        return rows.copy(deep=False)
    absent = [c for c in columns if c not in rows.columns]
    if absent:
        needed = f"{len(absent)} columns that the table lacks: {absent[:5]}"
        raise UnfitColumn(absent[0], "is absent", needed + _other_name(absent[0], rows.columns))
    return rows[list(columns)]


def _other_name(absent: str, names: Iterable[Any]) -> str:
    """Return what to do where the table has the column under a name that the model can't hold, else nothing."""
    for name in names:
        if not isinstance(name, str) and str(name) == absent:
            return f"; the table names it {name!r}, which is no text: rename its columns by str"
        if isinstance(name, str) and name != absent and "_".join(name.split(" ")) == absent:
            return f"; LightGBM wrote {name!r} so: rename it, or name the columns, subject_of(model, columns=[...])"
    return ""


def plain(column: pd.Series) -> pd.Series:
    """Return the column in NumPy's types: nullable and Arrow-backed columns lose their wrapping, not their values."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype | pd.CategoricalDtype | pd.DatetimeTZDtype):
        return column
    if isinstance(dtype, pd.ArrowDtype) and "dictionary" in str(dtype):
        return column.astype("category")
    if pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
        return _unwrapped(column)
    if pd.api.types.is_string_dtype(dtype):
        return column if str(dtype) == "str" else column.astype("str")
    return pd.Series(column.to_numpy(), index=column.index, name=column.name)


def as_number(column: pd.Series) -> pd.Series:
    """Return the column as numbers, missing values as NaN; text that isn't a number is an `UnfitColumn`."""
    column = plain(column)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiub":
        return column
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    try:
        return pd.to_numeric(column).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise UnfitColumn(str(column.name), f"holds {_example(column)}", "numbers") from error


def are_numbers(rows: pd.DataFrame) -> bool:
    """Return True where every column holds NumPy's numbers, which `as_number` leaves as they are."""
    return all(isinstance(dtype, np.dtype) and dtype.kind in "fiub" for dtype in rows.dtypes)


def as_category(column: pd.Series, levels: Sequence[Any]) -> pd.Series:
    """Return the column as a category with exactly these levels in this order; unseen values become missing."""
    column = plain(column)
    categorical = isinstance(column.dtype, pd.CategoricalDtype)
    if categorical and column.cat.categories.equals(pd.Index(levels)):
        return column
    values = pd.Index(column.cat.categories) if categorical else pd.Index(column.dropna().unique())
    _check_kind(str(column.name), values, pd.Index(levels))
    if categorical:
        return column.cat.set_categories(list(levels), ordered=False)
    places = pd.Index(levels).get_indexer(pd.Index(column))
    coded = pd.Categorical.from_codes(places, categories=pd.Index(levels))
    return pd.Series(coded, index=column.index, name=column.name)


def taken(column: pd.Series, places: np.ndarray) -> Any:
    """Return the values at these places for a new frame, which holds them in the column's own dtype.

    Objects come as a Series: of their bare array pandas makes text, and so NaN of None, which models may tell apart.
    """
    found = column.array.take(places)
    return pd.Series(found, dtype=object) if column.dtype == object else found


def codes(column: pd.Series) -> np.ndarray:
    """Return a category's codes as numbers, missing ones as NaN."""
    found = column.cat.codes.to_numpy()
    return np.where(found < 0, np.nan, found)


def blame_infinity(rows: pd.DataFrame) -> None:
    """Raise `UnfitColumn` for the first column that holds an infinite value."""
    for name in rows.columns:
        column = rows[name]
        if column.dtype.kind == "f" and np.isinf(column.to_numpy(dtype=np.float64)).any():
            raise UnfitColumn(str(name), "holds an infinite value", "finite numbers")


def blame_missing(rows: pd.DataFrame) -> None:
    """Raise `UnfitColumn` for the first column that has missing values."""
    for name in rows.columns:
        if rows[name].isna().any():
            raise UnfitColumn(str(name), "has missing values", "a value in every row")


def _unwrapped(column: pd.Series) -> pd.Series:
    kept = getattr(column.dtype, "numpy_dtype", np.dtype(np.float64))
    wanted = np.dtype(np.float64) if column.isna().any() or kept.kind == "O" else kept
    return pd.Series(column.to_numpy(dtype=wanted, na_value=np.nan), index=column.index, name=column.name)


def _check_kind(name: str, values: pd.Index, levels: pd.Index) -> None:
    """Refuse text where numbers were learned and the reverse: every value would silently count as unseen."""
    if len(values) and len(levels) and _is_text(values) != _is_text(levels):
        kinds = ("text", "numbers") if _is_text(values) else ("numbers", "text")
        raise UnfitColumn(name, f"holds {kinds[0]} such as {values[0]!r}", f"{kinds[1]} such as {levels[0]!r}")


def _is_text(values: pd.Index) -> bool:
    return isinstance(values[0], str)


def _example(column: pd.Series) -> str:
    texts = [v for v in column.dropna().unique() if not isinstance(v, (int, float, np.number))]
    return f"{'text' if texts and isinstance(texts[0], str) else 'values'} such as {texts[0] if texts else '?'!r}"
