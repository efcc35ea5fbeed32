"""A table cut into bins, from which rules are put together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.findings import Condition
from mispredict.errors.predicates import is_number, numbers_of

BINS = 12  # quantiles a numeric column is cut at; a value that many rows share gets a bin of its own
FEWEST_BINS = 4  # that a numeric column of a wide table is cut at; rules are sharpened afterwards
LEVELS = 24  # categories of a column that are looked at, the most frequent ones
MOST_LEVELS = 60  # with all the common ones
COMMON = 0.01  # share of rows from which a category alone is worth a rule
SPIKE = 0.015  # share of rows from which one number is a value of its own
MOST_SPIKES = 20
MOST_COLUMNS = 600
_STEPS = (1e3, 1e6, 6e7, 3.6e9, 8.64e10)  # microseconds of a millisecond, second, minute, hour, day
EXACT = 2.0**53  # whole numbers beyond it are not all told apart as floats; they are ids, not quantities
_UNSPOKEN = "a list, bytes, a duration or whole numbers over 9e15, which no rule can name"
MOST_BINS = 2_400  # of all columns together: what a search costs


@dataclass(frozen=True, eq=False)
class Binned:
    """One column cut into bins. The last bin is of missing values, and of categories too rare to be looked at."""

    name: str
    codes: np.ndarray  # int16, a row's bin
    bins: int  # usable ones: ranges or categories
    uppers: tuple[float, ...] | None  # numeric: the largest value of each range
    singles: tuple[bool, ...]  # numeric: the range holds one value only
    levels: tuple[Any, ...]  # categories
    has_missing: bool
    is_time: bool = False
    is_nano: bool = False  # times that tell nanoseconds apart
    is_whole: bool = False

    def take(self, rows: np.ndarray) -> Binned:
        """Return the same bins for some of the rows."""
        return replace(self, codes=self.codes[rows])

    @property
    def is_numeric(self) -> bool:
        """Return whether bins are ranges, in order."""
        return self.uppers is not None

    def conditions(self, chosen: np.ndarray) -> tuple[Condition, ...]:
        """Return the conditions that choose these bins (of ranges: a run of neighbours; alone: the last bin)."""
        which = np.flatnonzero(chosen)
        if which[0] == self.bins:
            return (Condition(self.name, "is missing", None),)
        if self.uppers is None:
            values = [_scalar(self.levels[i]) for i in which]
            return (Condition(self.name, "=", values[0]) if len(values) == 1 else Condition(self.name, "in", values),)
        return self._range(int(which[0]), int(which[-1]))

    def _range(self, low: int, high: int) -> tuple[Condition, ...]:
        assert self.uppers is not None
        if low == high and self.singles[low]:
            return (Condition(self.name, "=", self._value(self.uppers[low])),)
        above = (Condition(self.name, ">", self._value(self.uppers[low - 1])),) if low > 0 else ()
        upto = (Condition(self.name, "<=", self._value(self.uppers[high])),) if high < self.bins - 1 else ()
        return above + upto

    def _value(self, number: float) -> Any:
        if self.is_time:
            moment = pd.Timestamp(int(number), unit="us")
            # Rows of one microsecond lie in one bin, so a bound in the midst of some is beyond all of them.
            within = self.is_nano and number % _STEPS[0] != 0
            return (moment + pd.Timedelta(999, "ns") if within else moment).isoformat(sep=" ")
        return int(number) if self.is_whole else number


def cut_columns(rows: pd.DataFrame, *, exclude: Collection[str], bins: int = BINS) -> tuple[list[Binned], list[str]]:
    """Return the columns that rules may use, cut into bins, and a sentence for each kind that was left out."""
    usable, passed_over = [], []
    named = [name for name in rows.columns if name not in exclude]
    bins = max(min(bins, MOST_BINS // max(len(named), 1)), FEWEST_BINS)
    for name in named:
        cut = _cut(rows[name], bins)
        if cut is None:
            passed_over.append(str(name))
        elif cut.bins + cut.has_missing > 1:
            usable.append(cut)
    notes = []
    if passed_over:
        notes.append(
            f"no rule looks at {_listed(passed_over)}: nearly every row has a value of its own, or {_UNSPOKEN}"
        )
    if len(usable) > MOST_COLUMNS:
        notes.append(f"rules look at the first {MOST_COLUMNS} of {len(usable)} columns")
    return usable[:MOST_COLUMNS], notes


def _cut(column: pd.Series, bins: int) -> Binned | None:
    if _is_unspoken(column):
        return None
    if is_number(column):
        return cut_numbers(column, bins)
    return _cut_categories(column)


def _is_unspoken(column: pd.Series) -> bool:
    """Return whether no rule could name the column's values so that they are read back as they are."""
    known = column[column.notna()]
    if pd.api.types.is_integer_dtype(column.dtype):
        return len(known) > 0 and max(abs(int(known.min())), abs(int(known.max()))) > EXACT
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return True
    first = known.iloc[0] if len(known) else None
    return isinstance(first, (list, tuple, dict, np.ndarray, bytes))


def cut_numbers(column: pd.Series, bins: int) -> Binned:
    """Return a numeric column cut at quantiles; infinite values lie in the outermost ranges."""
    numbers = numbers_of(column)
    missing = np.isnan(numbers)
    known = numbers[~missing]
    finite = known[np.isfinite(known)]
    uppers = _uppers(finite, bins) if len(finite) else np.empty(0)
    codes = np.searchsorted(uppers[:-1], numbers, side="left")  # what is above all bounds is in the last range
    codes[missing] = len(uppers)
    is_time = pd.api.types.is_datetime64_any_dtype(column.dtype)
    is_nano = is_time and bool(column.dt.nanosecond.any())
    singles = [not is_nano and _is_single(known, uppers, i) for i in range(len(uppers))]
    ranges = ~np.array(singles, dtype=bool)
    # A bound at a moment itself would leave out what comes nanoseconds later.
    bounds = (
        _whole_times(uppers, finite, ranges, beyond=float(is_nano)) if is_time else _readable(uppers, finite, ~ranges)
    )
    return Binned(
        name=str(column.name),
        codes=codes.astype(np.int16),
        bins=len(uppers),
        uppers=tuple(bounds.tolist()),
        singles=tuple(singles),
        levels=(),
        has_missing=bool(missing.any()),
        is_time=is_time,
        is_nano=is_nano,
        is_whole=bool(len(finite)) and bool(np.all(finite == np.round(finite))),
    )


def _uppers(known: np.ndarray, bins: int) -> np.ndarray:
    values, counts = np.unique(known, return_counts=True)
    if len(values) <= bins:
        return values
    quantiles = np.quantile(known, np.arange(1, bins) / bins, method="lower")
    frequent = np.argsort(-counts, kind="stable")[:MOST_SPIKES]
    spikes = np.sort(frequent[counts[frequent] >= SPIKE * len(known)])
    below = values[spikes[spikes > 0] - 1]
    return np.unique(np.concatenate([quantiles, values[spikes], below, values[-1:]]))


def _is_single(known: np.ndarray, uppers: np.ndarray, number: int) -> bool:
    inside = known <= uppers[number] if number < len(uppers) - 1 else np.ones(len(known), dtype=bool)
    if number > 0:
        inside &= known > uppers[number - 1]
    return bool(np.all(known[inside] == uppers[number]))


def _readable(uppers: np.ndarray, known: np.ndarray, singles: np.ndarray) -> np.ndarray:
    """Return bounds of few digits that part the same rows; one that is a value of its own stays as it is."""
    long = ~singles & np.array([float(f"{upper:g}") != upper for upper in uppers], dtype=bool)
    long[-1:] = False  # nothing lies above, and no rule names it
    if not long.any() or np.all(known == np.round(known)):
        return uppers
    values = np.unique(known)
    above = values[np.searchsorted(values, uppers[long], side="right")]
    short = uppers.copy()
    short[long] = [_roundest(*gap) for gap in zip(uppers[long].tolist(), above.tolist(), strict=True)]
    return short


def _whole_times(uppers: np.ndarray, known: np.ndarray, changed: np.ndarray, *, beyond: float) -> np.ndarray:
    """Return bounds at whole days, hours, minutes, seconds or milliseconds where those part the same rows."""
    changed = changed & (np.arange(len(uppers)) < len(uppers) - 1)
    values, whole = np.unique(known), uppers.copy()
    above = values[np.searchsorted(values, uppers[changed], side="right")]
    for step in _STEPS:
        tried = np.ceil((uppers[changed] + beyond) / step) * step
        whole[changed] = np.where(tried < above, tried, whole[changed])
    return whole


def _roundest(low: float, high: float) -> float:
    """Return the number of fewest digits that is at least `low` and less than `high`."""
    middle = low + (high - low) / 2
    tried = (float(f"{middle:.{digits}g}") for digits in range(1, 17))
    return next((number for number in tried if low <= number < high), low)


def _cut_categories(column: pd.Series) -> Binned | None:
    missing = column.isna().to_numpy(dtype=bool)
    known = column[~missing]
    texts = known.astype(object).map(str)
    counts = texts.value_counts()
    if len(counts) > 50 and len(counts) > 0.5 * len(known):
        return None
    # Among equals by name, so that the order of the rows does not matter.
    common = min(max(LEVELS, int((counts >= COMMON * len(column)).sum())), MOST_LEVELS)
    levels = sorted(counts.index, key=lambda level: (-counts[level], level))[:common]
    codes = np.full(len(column), len(levels), dtype=np.int16)
    codes[~missing] = texts.map({level: i for i, level in enumerate(levels)}).fillna(len(levels)).to_numpy(np.int16)
    rare = len(counts) > len(levels)
    own = {str(value): value for value in known.unique()} if known.dtype == object or known.dtype == bool else {}
    return Binned(
        name=str(column.name),
        codes=codes,
        bins=len(levels),
        uppers=None,
        singles=(),
        levels=tuple(own.get(level, level) for level in levels),
        has_missing=bool(missing.any()) and not rare,
    )


def _scalar(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
