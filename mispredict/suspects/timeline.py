"""When rows were, when their labels became known, and which class is only assumed where no label has come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.suspects.inquiry import Inquiry

READABLE = 0.5  # part of the moments that must be readable
LEAST_ROWS = 100
LEAST_EVENTS = 20
_ISOLATED = 3  # moments so far beyond all others that they are taken for typing errors, at most


@dataclass(frozen=True, eq=False)
class Timeline:
    """Moments of each side's rows in days (or in the unit of a number), missing as NaN; examined first."""

    time: tuple[np.ndarray, ...]
    told: tuple[np.ndarray, ...]  # when the label became known; () without such a column
    assumed: int  # the class that rows have whose label has not come
    snapshot: float  # the latest moment seen: the tables were cut then
    unit: str  # "days"
    unread: int  # moments of examined rows that can't be read

    @property
    def ages(self) -> tuple[np.ndarray, ...]:
        """Return how old each row was when the tables were cut."""
        return tuple(np.maximum(self.snapshot - one, 0.0) for one in self.time)


def timeline_of(inquiry: Inquiry) -> Timeline | str:
    """Return the moments, or why they can't be judged; made once."""
    made: Timeline | str = inquiry.once("timeline", lambda: _timeline(inquiry))
    return made


def _timeline(inquiry: Inquiry) -> Timeline | str:
    time, told = inquiry.data.time, inquiry.data.label_time
    if time is None:
        return "no time column is named"
    if time not in inquiry.examined.rows:
        return f"the table has no column {time!r}"
    if len(inquiry.examined) < LEAST_ROWS:
        return f"{len(inquiry.examined):,} rows: fewer than {LEAST_ROWS}"
    when = moments_of(inquiry, time)
    if isinstance(when, str):
        return when
    if not np.nanmin(when[0][0]) < np.nanmax(when[0][0]):
        return f"all rows have the same {time!r}"
    if told is None or told not in inquiry.examined.rows:
        return _made(inquiry, when, ())
    known = moments_of(inquiry, told)
    if isinstance(known, str):
        return known
    if known[1] != when[1]:
        return f"{time!r} and {told!r} are not both moments or both numbers"
    return _made(inquiry, when, known[0])


def _made(inquiry: Inquiry, when: tuple[tuple[np.ndarray, ...], str], told: tuple[np.ndarray, ...]) -> Timeline | str:
    time, unit = when
    truth = inquiry.examined.truth
    waiting = np.isnan(told[0]) if told else np.ones(len(truth), dtype=bool)
    counts = np.bincount(truth[waiting], minlength=len(inquiry.classes))
    assumed = int(counts.argmax())
    events = int((truth != assumed).sum())
    if events < LEAST_EVENTS:
        return f"{events:,} rows are of another class than {inquiry.classes[assumed]!r}: fewer than {LEAST_EVENTS}"
    moments = np.concatenate([*time, *told])
    snapshot = _latest(moments[np.isfinite(moments)], np.concatenate(time))
    return Timeline(time, told, assumed, snapshot, unit, int(np.isnan(time[0]).sum()))


def _latest(moments: np.ndarray, times: np.ndarray) -> float:
    """Return the latest moment, leaving out a few that lie far beyond all others."""
    last = np.sort(moments)[-_ISOLATED - 1 :]
    span = float(np.nanmax(times) - np.nanmin(times))
    for place in range(1, len(last)):
        if last[place] - last[place - 1] > max(span, 1e-9):
            return float(last[place - 1])
    return float(last[-1])


def moments_of(inquiry: Inquiry, column: str) -> tuple[tuple[np.ndarray, ...], str] | str:
    """Return a column of each side as days since 1970 (a number: as it is) with its unit, or why it can't be read."""
    sides = [side for side in inquiry.sides if column in side.rows]
    read = [_moments(side.rows[column]) for side in sides]
    units = {unit for values, unit in read if np.isfinite(values).any()}
    readable = np.isfinite(read[0][0]).sum()
    present = sides[0].rows[column].notna().sum()
    if not present or readable < READABLE * present:
        return f"{readable:,} of {present:,} moments of {column!r} can be read"
    if len(units) > 1:
        read = read[:1]
    filled = [values for values, _ in read]
    filled += [np.full(len(side), np.nan) for side in inquiry.sides[len(filled) :]]
    return tuple(filled), read[0][1]


def _moments(values: pd.Series) -> tuple[np.ndarray, str]:
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan), "units"
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = pd.to_datetime(values.astype("string"), errors="coerce", utc=True, format="mixed")
    days = (pd.to_datetime(values, utc=True) - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    return days.to_numpy(dtype=np.float64, na_value=np.nan), "days"
