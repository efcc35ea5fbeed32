"""Conditions: which rows they hold for, and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mispredict.cohorts.spelling import name_source, value_source
from mispredict.errors.findings import Condition


def holds(conditions: Sequence[Condition], rows: pd.DataFrame) -> np.ndarray:
    """Return True for each row that satisfies all conditions; with none, all rows do.

    A missing value satisfies `is missing` and nothing else, `!=` neither.
    """
    mask = np.ones(len(rows), dtype=bool)
    for condition in conditions:
        mask &= _holds_one(condition, rows[condition.column])
    return mask


def _holds_one(condition: Condition, column: pd.Series) -> np.ndarray:
    missing = column.isna().to_numpy(dtype=bool)
    if condition.op == "is missing":
        return missing
    if condition.op in ("<=", ">"):
        numbers = numbers_of(column)
        bound = _bound(condition.value)
        with np.errstate(invalid="ignore"):
            return ~missing & (numbers <= bound if condition.op == "<=" else numbers > bound)
    wanted = condition.value if condition.op == "in" else [condition.value]
    found = _equals_any(column, wanted)
    return ~missing & (~found if condition.op == "!=" else found)


def numbers_of(column: pd.Series) -> np.ndarray:
    """Return a column as floats: times as whole microseconds since 1970, text that is no number as NaN.

    Floats tell microseconds apart until the year 2255, and nanoseconds not at all.
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        times = column.dt.tz_convert(None) if getattr(column.dtype, "tz", None) is not None else column
        numbers = times.dt.floor("us").astype("datetime64[us]").astype("int64").to_numpy(dtype=np.float64)
        return np.where(column.isna().to_numpy(), np.nan, numbers)
    if pd.api.types.is_bool_dtype(column.dtype) or not pd.api.types.is_numeric_dtype(column.dtype):
        column = pd.to_numeric(column.astype(object), errors="coerce")
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _bound(value: Any) -> float:
    if isinstance(value, str):
        return _microseconds(value) if _is_time(value) else float(value)
    return float(value)


def _microseconds(value: str) -> float:
    return float(pd.Timestamp(value).tz_localize(None).value // 1_000)


def _is_time(value: str) -> bool:
    return "-" in value[1:] and ":" in value


def _equals_any(column: pd.Series, wanted: Sequence[Any]) -> np.ndarray:
    if is_number(column):
        return np.isin(numbers_of(column), [_bound(value) for value in wanted])
    # Not by numpy's texts: those take as much room for every row as the longest one needs.
    return column.astype(object).map(str).isin([str(value) for value in wanted]).to_numpy(dtype=bool)


def is_number(column: pd.Series) -> bool:
    """Return whether a column is cut into ranges; truth values are categories."""
    dtype = column.dtype
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return True
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)


def rule_text(conditions: Sequence[Condition]) -> str:
    """Return the rule as people read it, e.g. `channel = 'app' and amount > 312.5`; "all rows" without conditions."""
    return " and ".join(_condition_text(condition) for condition in conditions) or "all rows"


def _condition_text(condition: Condition) -> str:
    name = name_source(condition.column)
    if condition.op == "is missing":
        return f"{name} is missing"
    if condition.op == "in":
        return f"{name} in ({', '.join(value_source(value) for value in condition.value)})"
    return f"{name} {condition.op} {value_source(condition.value)}"
