"""Columns of times as numbers, whatever they are kept as, and in words how they were read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

_AWARE = r"(?:[zZ]|[+-]\d{2}:?\d{2})\s*$"
_LOOKED_AT = 1_000  # texts that tell whether a column names its time zone
_EPOCHS = ((3e8, 4e9, 86_400.0, "seconds"), (3e11, 4e12, 86_400e3, "milliseconds"))  # 1979 to 2096


@dataclass(frozen=True, eq=False)
class Moments:
    """One moment a row, in days since 1970 (UTC), NaN where there is none or it can't be read."""

    days: np.ndarray
    unreadable: int  # values that are there and are no time
    zoned: bool  # values name their time zone
    whole_days: bool  # no value has a time of day
    read_as: str  # "times without a zone, taken for UTC"

    @property
    def any(self) -> bool:
        """Return whether a single moment could be read."""
        return bool(np.isfinite(self.days).any())


def moments_of(values: pd.Series) -> Moments:
    """Return the moments of a column: times, dates, ISO texts, or seconds or milliseconds since 1970.

    Times without a zone are taken for UTC. Nothing is guessed of other spellings: those are unreadable.
    """
    there = int(values.notna().sum())
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        zoned = getattr(values.dtype, "tz", None) is not None
        return _moments(_days(values), there, "times", zoned=zoned)
    if pd.api.types.is_bool_dtype(values.dtype):
        return _none(values, there, "truth values")
    if pd.api.types.is_numeric_dtype(values.dtype):
        return _of_numbers(values, there)
    texts = values.astype("string").str.strip()
    zoned = bool(texts.dropna().head(_LOOKED_AT).str.contains(_AWARE, regex=True).any())
    return _moments(
        _days(pd.to_datetime(texts, errors="coerce", utc=True, format="ISO8601")), there, "texts", zoned=zoned
    )


def _of_numbers(values: pd.Series, there: int) -> Moments:
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    held = numbers[np.isfinite(numbers)]
    middle = float(np.median(held)) if len(held) else 0.0
    for low, high, per_day, unit in _EPOCHS:
        if low <= middle <= high:
            days = np.where(np.isfinite(numbers), numbers, np.nan) / per_day
            return _moments(days, there, f"{unit} since 1970", zoned=True)
    return _none(values, there, "numbers")


def _days(values: pd.Series) -> np.ndarray:
    moments = pd.to_datetime(values, utc=True)
    return ((moments - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)


def _none(values: pd.Series, there: int, kind: str) -> Moments:
    return _moments(np.full(len(values), np.nan), there, kind, zoned=False)


def _moments(days: np.ndarray, there: int, kind: str, *, zoned: bool) -> Moments:
    held = days[np.isfinite(days)]
    whole = bool(len(held)) and bool((held % 1 == 0).all())
    zone = "" if zoned else " without a zone, taken for UTC"
    return Moments(days, there - len(held), zoned, whole, f"{'dates' if whole else kind}{zone}")


def how_read(name: str, moments: Moments, rows: int) -> str:
    """Return how a column's times were read, as a sentence without its full stop."""
    lost = f"; {moments.unreadable:,} of {rows:,} values are no time that can be read" if moments.unreadable else ""
    return f"`{name}`: {moments.read_as}{lost}"
