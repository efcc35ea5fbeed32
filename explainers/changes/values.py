"""What a column may become: the values seen, how far each is from the row's own, and which are round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

LEVELS = 1_000  # categories tried a column, the most frequent ones
DECIMALS = 4  # up to so many, a column's values are taken for stored with them: cents stay cents
FINEST = 1e-6  # of the spread: how finely other numbers are searched, where no cell is narrower


@dataclass(frozen=True, eq=False)
class Options:
    """A column's values to choose from: `values[own]` is the row's, and its size is 0."""

    values: Any  # an array with `take`: floats of numbers, NaN where missing, else the table's own values
    sizes: np.ndarray
    own: int


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a column: the row's own value and those of the rows seen."""

    name: str
    column: pd.Series  # the row's value first, then those seen
    is_number: bool
    is_whole: bool  # the row holds it as integers
    precision: type[np.float32] | type[np.float64]  # in which the row holds it
    numbers: np.ndarray  # numbers seen, sorted, each once; empty for other kinds
    spread: float
    decimals: int  # the values that are tried have so many; negative: hundreds, thousands, ...
    is_stored: bool  # every value seen has no more decimals, so that no other value is tried

    @property
    def own(self) -> float:
        """Return the row's own number."""
        return float(self.column.iloc[0])

    @property
    def saw_missing(self) -> bool:
        """Return True where a row seen has no value."""
        return bool(self.column.iloc[1:].isna().any())

    def only_own(self) -> Options:
        """Return the row's own value as the only one."""
        return Options(self._array(np.zeros(1, dtype=np.int64)), np.zeros(1), 0)

    def numbers_of(self, others: np.ndarray) -> Options:
        """Return these numbers and the row's own in ascending order, then a missing one where one was seen."""
        is_missing = bool(np.isnan(self.own))
        others = others.astype(self.precision).astype(np.float64)
        numbers = np.unique(others if is_missing else np.append(others, self.own))
        values = np.append(numbers, np.nan) if is_missing or self.saw_missing else numbers
        own = len(numbers) if is_missing else int(np.searchsorted(numbers, self.own))
        return Options(values, self.sizes(values, own), own)

    def sizes(self, values: np.ndarray, own: int) -> np.ndarray:
        """Return how large the change to each number is, in spreads; to or from a missing one it is 1."""
        found = np.abs(values - self.own) / self.spread
        found = np.where(np.isnan(found), 1.0, found)
        found[own] = 0.0
        return found

    def categories(self) -> Options:
        """Return the row's own value, then every other one seen, the most frequent first."""
        codes, _ = pd.factorize(self.column, use_na_sentinel=False)
        first = pd.Series(np.arange(len(codes))).groupby(codes).first()
        often = pd.Series(codes[1:]).value_counts()
        others = [code for code in often.index if code != codes[0]][:LEVELS]
        places = np.concatenate([[0], first.loc[others].to_numpy(dtype=np.int64)])
        return Options(self._array(places), np.where(places > 0, 1.0, 0.0), 0)

    @property
    def is_cut(self) -> bool:
        """Return True where more categories were seen than are tried."""
        return not self.is_number and self.column.iloc[1:].nunique(dropna=False) > LEVELS + 1

    def near(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Return for each cell [low, high] its number nearest to the row's own, round where the cell has a round one.

        NaN where a column that is stored with few decimals has no such value in the cell.
        """
        wish = np.median(self.numbers) if np.isnan(self.own) else self.own
        close = np.clip(wish, low, high)
        for shift in (0.0, 1.0, -1.0):
            tried = self.rounded(close, shift)
            close = np.where((self.rounded(close, 0.0) != close) & (tried >= low) & (tried <= high), tried, close)
        is_round = self.rounded(close, 0.0) == close
        return np.where(is_round | (not self.is_stored), close, np.nan)

    def rounded(self, values: np.ndarray, steps: float) -> np.ndarray:
        """Return the numbers at the column's decimals, so many steps further up."""
        return np.round(np.round(values, self.decimals) + steps * 10.0**-self.decimals, self.decimals)

    def _array(self, places: np.ndarray) -> Any:
        if self.is_number:
            return self.column.to_numpy(dtype=np.float64)[places]
        return self.column.take(places).array


def known(column: pd.Series, *, is_number: bool, dtype: Any) -> Known:
    """Return what is known of a column whose first value is the row's own and whose others were seen.

    `dtype` is the one in which the caller's row holds it.
    """
    whole = is_number and pd.api.types.is_integer_dtype(dtype)
    precision = np.float32 if dtype == np.float32 else np.float64
    blank = Known(str(column.name), column, is_number, whole, precision, np.zeros(0), 1.0, 0, is_stored=False)
    if not is_number:
        return blank
    seen = column.to_numpy(dtype=np.float64)[1:]
    seen = seen[np.isfinite(seen)]
    numbers, spread = np.unique(seen), spread_of(seen)
    stored = [d for d in range(DECIMALS + 1) if np.array_equal(np.round(numbers, d), numbers)]
    finest = int(np.ceil(-np.log10(spread * FINEST)))
    decimals = stored[0] if stored else finest
    return replace(blank, numbers=numbers, spread=spread, decimals=decimals, is_stored=bool(stored))


def spread_of(numbers: np.ndarray) -> float:
    """Return the interquartile range, else the standard deviation, else 1: the unit in which a change is measured."""
    if not len(numbers):
        return 1.0
    low, high = np.quantile(numbers, [0.25, 0.75])
    for found in (float(high - low), float(numbers.std())):
        if found > 0 and np.isfinite(found):
            return found
    return 1.0


def options_of_numbers(column: Known, most: int) -> Options:
    """Return the numbers seen, or so many of them at even ranks, with the least and the largest."""
    numbers: Sequence[float] | np.ndarray = column.numbers
    if len(numbers) > most:
        numbers = column.numbers[np.linspace(0, len(numbers) - 1, most).round().astype(np.int64)]
    return column.numbers_of(np.asarray(numbers))
