"""A row with some of its values put in anew: the "what if" of one prediction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import UnfitColumn
from explainers.explanation import Unsupported
from explainers.subject import kind_of, subject_of

NAMED = 8  # columns that a refusal names


def edited(model: Any, row: pd.DataFrame, changes: Mapping[str, Any]) -> pd.DataFrame:
    """Return a copy of the one-row frame with JSON scalars put in, each brought to its column's own dtype.

    None stands for a missing value. A category that the dtype doesn't know yet is added to it; a whole-number column
    that gets a fraction or a missing value becomes a column of floats, since nothing is rounded. Raises `Unsupported`
    for a column that the model doesn't read, `UnfitColumn` for a value that its column can't hold. Whether the model
    can take what is missing or unseen is said by the model when it scores the row.
    """
    _check(model, row, changes)
    fresh = {name: put(row[name], value) for name, value in changes.items()}
    return row.assign(**fresh)


def _check(model: Any, row: pd.DataFrame, changes: Mapping[str, Any]) -> None:
    if len(row) != 1:
        raise Unsupported(f"values are put into one row at a time, and {len(row)} were given; pass a frame of one row")
    subject = subject_of(model)
    for name in changes:
        if name not in subject.columns:
            raise Unsupported(
                f"{kind_of(subject)} doesn't read the column {name!r}, so that changing it changes nothing; "
                f"it reads {listed(subject.columns)}"
            )
        if name not in row.columns:
            raise UnfitColumn(name, "is absent from the row", "the row with all of its columns")


def put(column: pd.Series, value: Any) -> pd.Series:
    """Return the one-value column with another value, in the same dtype where that can hold it."""
    dtype = column.dtype
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return _missing(column)
    if isinstance(dtype, pd.CategoricalDtype):
        return _category(column, value)
    if pd.api.types.is_bool_dtype(dtype):
        return _series(column, _truth(column, value), dtype)
    if pd.api.types.is_numeric_dtype(dtype):
        return _number(column, value)
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _series(column, _time(column, value), dtype)
    return _text(column, value)


def _series(column: pd.Series, value: Any, dtype: Any) -> pd.Series:
    return pd.Series([value], index=column.index, name=column.name, dtype=dtype)


def _missing(column: pd.Series) -> pd.Series:
    """Return the column with its value taken away; plain integers and booleans have no place for that."""
    plain = isinstance(column.dtype, np.dtype)
    if plain and column.dtype.kind in "iu":
        return _series(column, np.nan, np.float64)
    if plain and column.dtype.kind == "b":
        return _series(column, None, object)
    return _series(column, None, column.dtype)


def _number(column: pd.Series, value: Any) -> pd.Series:
    number = _read_number(str(column.name), value)
    if isinstance(number, int) and not -(2**63) <= number < 2**63:
        number = float(number)
    if pd.api.types.is_integer_dtype(column.dtype):
        if float(number).is_integer() and _fits(column.dtype, int(number)):
            return _series(column, int(number), column.dtype)
        return _series(column, float(number), np.float64 if isinstance(column.dtype, np.dtype) else "Float64")
    return _series(column, number, column.dtype)


def _fits(dtype: Any, number: int) -> bool:
    limits = np.iinfo(getattr(dtype, "numpy_dtype", dtype))
    return bool(limits.min <= number <= limits.max)


def _read_number(name: str, value: Any) -> int | float:
    """Return an int or a float from a number or its text."""
    if isinstance(value, bool):
        raise UnfitColumn(name, f"was given {value!r}", "a number")
    try:
        number = int(value) if isinstance(value, str) and value.strip().lstrip("+-").isdecimal() else value
        number = number if isinstance(number, int) else float(number)
    except (TypeError, ValueError) as error:
        raise UnfitColumn(name, f"was given {value!r}", "a number") from error
    if isinstance(number, float) and not np.isfinite(number):
        raise UnfitColumn(name, f"was given {value!r}", "a finite number, or None for a missing one")
    return number


def _category(column: pd.Series, value: Any) -> pd.Series:
    """Return the column in its categories, and the new one behind them where they lack it."""
    levels = column.cat.categories
    if pd.api.types.is_bool_dtype(levels.dtype):
        value = _truth(column, value)
    elif pd.api.types.is_numeric_dtype(levels.dtype):
        value = _read_number(str(column.name), value)
    elif len(levels) and all(isinstance(level, str) for level in levels):
        value = _read_text(column, value)
    known = column if value in levels else column.cat.add_categories([value])
    return _series(column, value, known.dtype)


def _truth(column: pd.Series, value: Any) -> bool:
    words = {"true": True, "false": False, "1": True, "0": False}
    found = words.get(str(value).strip().lower())
    if found is None:
        raise UnfitColumn(str(column.name), f"was given {value!r}", "true or false")
    return found


def _time(column: pd.Series, value: Any) -> pd.Timestamp:
    """Return a moment in the column's time zone; text without a zone is meant in that zone."""
    zone = getattr(column.dtype, "tz", None)
    try:
        if not isinstance(value, str):
            raise TypeError
        moment = pd.Timestamp(datetime.fromisoformat(value))
    except (TypeError, ValueError) as error:
        raise UnfitColumn(str(column.name), f"was given {value!r}", "a date as ISO text, 2024-05-31T12:00") from error
    if zone is None:
        return moment if moment.tz is None else moment.tz_convert("UTC").tz_localize(None)
    return moment.tz_localize(zone) if moment.tz is None else moment.tz_convert(zone)


def _text(column: pd.Series, value: Any) -> pd.Series:
    """Return text; a column of objects keeps the kind of value that it holds."""
    old = column.iloc[0]
    if column.dtype == object and isinstance(old, bool):
        return _series(column, _truth(column, value), object)
    if column.dtype == object and isinstance(old, (int, float)) and not pd.isna(old):
        return _series(column, _read_number(str(column.name), value), object)
    return _series(column, _read_text(column, value), column.dtype)


def _read_text(column: pd.Series, value: Any) -> str:
    if not isinstance(value, str):
        raise UnfitColumn(str(column.name), f"was given {value!r}", "text")
    return value


def listed(names: tuple[str, ...]) -> str:
    """Return the names for a sentence: the first few, and how many there are."""
    shown = ", ".join(repr(n) for n in names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED} more"
