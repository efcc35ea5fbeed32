"""Whether two rows are equal, or almost: a hair apart in numbers, text in another case, one cell of any value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

HAIR = 1 / 250  # of a column's standard deviation
EQUAL = 1e-6  # relative: a double that was kept as a float is the same number
MANY_COLUMNS = 20  # from which rows may differ in two columns
LEAST_COLUMNS = 3  # below, rows are too easily alike


@dataclass(frozen=True, eq=False)
class Coded:
    """Rows as numbers (float64, shape (rows, numbers)) and digests of texts (uint64, shape (rows, texts))."""

    numbers: np.ndarray
    texts: np.ndarray

    def take(self, places: np.ndarray) -> Coded:
        """Return the rows at places."""
        return Coded(self.numbers[places], self.texts[places])


@dataclass(frozen=True, eq=False)
class Coder:
    """The columns that rows are compared in, and what a hair is in each."""

    numeric: tuple[str, ...]
    text: tuple[str, ...]
    hair: np.ndarray  # shape (numbers,)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns."""
        return (*self.numeric, *self.text)

    @property
    def may_differ(self) -> int:
        """Return in how many columns rows that are almost equal may differ."""
        if len(self.columns) < LEAST_COLUMNS:
            return 0
        return 2 if len(self.columns) >= MANY_COLUMNS else 1

    def code(self, rows: pd.DataFrame) -> Coded:
        """Return rows coded; a missing value is one of its own."""
        numbers = [_numbers(rows[name]) for name in self.numeric]
        texts = [_texts(rows[name]) for name in self.text]
        empty = len(rows), 0
        return Coded(
            np.column_stack(numbers) if numbers else np.empty(empty),
            np.column_stack(texts) if texts else np.empty(empty, dtype=np.uint64),
        )

    def apart(self, one: Coded, other: Coded) -> tuple[np.ndarray, np.ndarray]:
        """Return for each pair of rows whether they are equal, and in how many columns they are over a hair apart."""
        with np.errstate(invalid="ignore"):
            distance = np.abs(one.numbers - other.numbers)
            both_missing = np.isnan(one.numbers) & np.isnan(other.numbers)
            same = (distance <= EQUAL * np.abs(one.numbers)) | both_missing | (one.numbers == other.numbers)
            close = same | (distance <= self.hair)
        texts = one.texts == other.texts
        equal = same.all(axis=1) & texts.all(axis=1)
        return equal, (~close).sum(axis=1) + (~texts).sum(axis=1)


def coder_of(rows: pd.DataFrame, ordinary: pd.DataFrame) -> Coder:
    """Return how rows are compared with those of a table, of which `ordinary` is a sample, in their common columns."""
    names = [str(name) for name in rows.columns if name in ordinary.columns]
    numeric = tuple(n for n in names if _is_number(rows[n]) and _is_number(ordinary[n]))
    text = tuple(n for n in names if n not in numeric)
    spread = [_spread(_numbers(ordinary[n])) for n in numeric]
    return Coder(numeric, text, np.array(spread, dtype=float) * HAIR)


def _spread(values: np.ndarray) -> float:
    """Return the standard deviation of what is there and not infinite; 0 where nothing is."""
    there = values[np.abs(np.nan_to_num(values, nan=1e300)) < 1e150]
    return float(there.std()) if len(there) else 0.0


def _is_number(column: pd.Series) -> bool:
    kind = column.dtype
    is_one = pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind)
    return not isinstance(kind, pd.CategoricalDtype) and (is_one or bool(column.isna().all()))


def _numbers(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return _seconds(column)
    found = column.to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isinf(found), np.sign(found) * 1e300, found)


def _seconds(column: pd.Series) -> np.ndarray:
    moments = pd.to_datetime(column, utc=True)
    seconds = (moments - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
    return seconds.to_numpy(dtype=float)


def _texts(column: pd.Series) -> np.ndarray:
    codes, values = pd.factorize(column.astype(object), use_na_sentinel=True)
    known = np.array([_plain(value) for value in values], dtype=object)
    digests = pd.util.hash_array(known, categorize=False) if len(known) else np.empty(0, dtype=np.uint64)
    return np.append(digests, np.uint64(0x632BE59BD9B4E019))[codes]


def _plain(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip().casefold()


def alike_among(coder: Coder, rows: pd.DataFrame, others: pd.DataFrame) -> Sequence[tuple[int, int, bool]]:
    """Return pairs of a row and one of `others` that are equal or almost, and whether they are equal."""
    one, other = coder.code(rows), coder.code(others)
    found = []
    for place in range(len(rows)):
        equal, apart = coder.apart(one.take(np.array([place])), other)
        found += [
            (place, int(there), bool(equal[there])) for there in np.flatnonzero(equal | (apart <= coder.may_differ))
        ]
    return found
