"""Which rows a rule holds for: three-valued as in SQL, so that nothing is claimed of values that are missing."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mispredict.cohorts.rule import Comparison, Every, Not, Rule

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, eq=False)
class _Judged:
    """Rows that the rule is known to hold for, and those it is known not to; both False where a value is missing."""

    yes: np.ndarray
    no: np.ndarray


def holds(rule: Rule, rows: pd.DataFrame) -> np.ndarray:
    """Return True for each row that satisfies the rule.

    A comparison with a missing value is neither true nor false, and neither is its opposite: `x > 3` and
    `not x > 3` both leave out rows without an x. Only `is missing` and `is present` ask for them. Times without a
    zone are taken as UTC beside a column with one, and a zone given beside a column without one is turned into UTC.
    """
    return _judge(rule, rows).yes


def _judge(rule: Rule, rows: pd.DataFrame) -> _Judged:
    if isinstance(rule, Comparison):
        return _compared(rule, rows[rule.column])
    if isinstance(rule, Not):
        inner = _judge(rule.part, rows)
        return _Judged(inner.no, inner.yes)
    every = isinstance(rule, Every)
    yes, no = np.full(len(rows), every), np.full(len(rows), not every)
    for part in rule.parts:
        one = _judge(part, rows)
        yes, no = (yes & one.yes, no | one.no) if every else (yes | one.yes, no & one.no)
    return _Judged(yes, no)


def _compared(one: Comparison, column: pd.Series) -> _Judged:
    missing = column.isna().to_numpy(dtype=bool)
    if one.sign in ("is missing", "is present"):
        return _Judged(missing, ~missing) if one.sign == "is missing" else _Judged(~missing, missing)
    negated = one.sign in ("!=", "not in")
    sign = "=" if one.sign in ("!=", "in", "not in") else one.sign
    found = _found(column, sign, one.values) & ~missing
    rest = ~missing & ~found
    return _Judged(rest, found) if negated else _Judged(found, rest)


def _found(column: pd.Series, sign: str, values: tuple[Any, ...]) -> np.ndarray:
    """Return True where some value compares; what missing values answer does not matter."""
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _found_category(column, sign, values)
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _any(_COMPARE[sign](column, _time(value, column)) for value in values)
    if _is_truth(column):
        numbers = column.astype(object).map({True: 1.0, False: 0.0}).to_numpy(dtype=np.float64, na_value=np.nan)
        return _any(_COMPARE[sign](numbers, _truth(value)) for value in values)
    if pd.api.types.is_numeric_dtype(dtype):
        return _found_number(column, sign, values)
    return _found_text(column, sign, values)


def _is_truth(column: pd.Series) -> bool:
    if column.dtype != object:
        return pd.api.types.is_bool_dtype(column.dtype)
    known = column.dropna()  # truth values with gaps come as objects
    return len(known) > 0 and isinstance(known.iloc[0], (bool, np.bool_))


def _any(found: Iterable[Any]) -> np.ndarray:
    masks = [
        np.asarray(mask.fillna(value=False) if isinstance(mask, pd.Series) else mask, dtype=bool) for mask in found
    ]
    return np.logical_or.reduce(masks)


def _found_category(column: pd.Series, sign: str, values: tuple[Any, ...]) -> np.ndarray:
    """Return the same as of the values themselves, but judge each category once."""
    categories = column.cat.categories.to_series()
    by_code = np.append(_found(categories, sign, values), False)  # code -1, a missing value, reads the end
    return np.asarray(by_code[column.cat.codes.to_numpy()])


def _found_text(column: pd.Series, sign: str, values: tuple[Any, ...]) -> np.ndarray:
    wanted = [str(value) for value in values]
    if column.dtype == object:  # a column of any objects is compared as it reads
        column = column.where(column.isna(), column.map(str))
    if sign == "=":
        return column.isin(wanted).to_numpy(dtype=bool)
    known = column.notna().to_numpy(dtype=bool)
    found = np.zeros(len(column), dtype=bool)
    found[known] = _any(_COMPARE[sign](column[known], value) for value in wanted)
    return found


def _found_number(column: pd.Series, sign: str, values: tuple[Any, ...]) -> np.ndarray:
    if pd.api.types.is_integer_dtype(column.dtype):
        whole = column.fillna(0).to_numpy() if column.isna().any() else column.to_numpy()
        return _any(_found_whole(whole, sign, value) for value in values)
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        return _any(_COMPARE[sign](numbers, as_float(value)) for value in values)


def _found_whole(whole: np.ndarray, sign: str, value: int | float) -> np.ndarray:
    """Return the comparison of integers, exact however large they are: a float beyond 2^53 would swallow units."""
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        if sign == "=":
            return np.zeros(len(whole), dtype=bool)
        value = math.floor(value) if sign in ("<=", ">") else math.ceil(value)  # x <= 2.5 is x <= 2, x < 2.5 is x < 3
    elif math.isfinite(as_float(value)):
        value = int(value)
    return np.asarray(_COMPARE[sign](whole, value))


def _truth(value: Any) -> float:
    """Return 1 or 0 for a truth value, also for one as rules print it, and numbers as they are."""
    return {"true": 1.0, "false": 0.0}.get(value.casefold(), math.nan) if isinstance(value, str) else as_float(value)


def as_float(value: int | float) -> float:
    """Return a number as a float; whole numbers beyond the largest float as infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _time(value: Any, column: pd.Series) -> pd.Timestamp:
    """Return the time as the column has it: with a zone, or in UTC without one."""
    time = pd.Timestamp(value)
    zoned = time.tz_localize("UTC") if time.tz is None else time
    return zoned if getattr(column.dtype, "tz", None) is not None else zoned.tz_convert("UTC").tz_localize(None)
