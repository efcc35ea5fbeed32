"""Columns as numbers, alike on both sides: what small models and tests are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

Nature = Literal["number", "time", "code"]  # code: categories, texts and truth values; their numbers have no order
OTHER = -1.0  # a value beyond the most frequent ones
MOST_CODES = 1_000


@dataclass(frozen=True, eq=False)
class Coding:
    """Each column of one or more frames as float64: numbers as they are, times in days, values by their frequency.

    A code is a value's place among the values of all frames, the most frequent first; rarer ones than the first 1,000
    are `OTHER`. Missing is NaN. A column that is a number in one frame and text in another is a code in both.
    """

    frames: tuple[pd.DataFrame, ...]
    _columns: dict[str, tuple[Nature, tuple[np.ndarray, ...], pd.Index | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, frames: Sequence[pd.DataFrame]) -> Coding:
        """Return the coding of frames; a column is coded when it is first asked for."""
        return cls(tuple(frames))

    def nature(self, column: str) -> Nature:
        """Return what the column's numbers mean."""
        return self._coded(column)[0]

    def values(self, column: str, side: int = 0) -> np.ndarray:
        """Return one column of one frame (0: examined, 1: training), float64 of shape (rows,)."""
        return self._coded(column)[1][side]

    def labels(self, column: str) -> pd.Index | None:
        """Return the value of each code, None for numbers and times."""
        return self._coded(column)[2]

    def matrix(self, columns: Sequence[str], side: int = 0) -> np.ndarray:
        """Return several columns side by side, float64 of shape (rows, columns)."""
        rows = len(self.frames[side])
        return np.column_stack([self.values(c, side) for c in columns]) if len(columns) else np.empty((rows, 0))

    def codes(self, columns: Sequence[str]) -> list[int]:
        """Return the places of those columns whose numbers have no order, as LightGBM's categorical_feature."""
        return [place for place, column in enumerate(columns) if self.nature(column) == "code"]

    def _coded(self, column: str) -> tuple[Nature, tuple[np.ndarray, ...], pd.Index | None]:
        if column not in self._columns:
            held = [frame[column] for frame in self.frames]
            nature = _nature(held)
            if nature == "code":
                known = _known(held)
                self._columns[column] = nature, tuple(_places(one, known) for one in held), known
            else:
                self._columns[column] = nature, tuple(_numbers(one, nature) for one in held), None
        return self._columns[column]


def _nature(held: Sequence[pd.Series]) -> Nature:
    kinds = {_nature_of(one) for one in held if one.notna().any()}
    return kinds.pop() if len(kinds) == 1 else "code"


def _nature_of(values: pd.Series) -> Nature:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "time"
    is_number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
    return "number" if is_number else "code"


def _numbers(values: pd.Series, nature: Nature) -> np.ndarray:
    if nature == "time":
        moments = pd.to_datetime(values, utc=True)
        return ((moments - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
    if not pd.api.types.is_numeric_dtype(values.dtype):  # a frame without a value of it
        return np.full(len(values), np.nan)
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _texts(values: pd.Series) -> pd.Series:
    """Return values that compare across frames: everything as text, missing as missing; 1 and 1.0 are alike."""
    if pd.api.types.is_float_dtype(values.dtype):
        whole = values.dropna()
        if len(whole) and (whole % 1 == 0).all() and np.abs(whole).max() < 2**53:
            return values.astype("Int64").astype("string")
    return values.astype("string")


def _known(held: Sequence[pd.Series]) -> pd.Index:
    counts = pd.concat([_texts(one) for one in held], ignore_index=True).value_counts()
    in_order = counts.sort_index().sort_values(ascending=False, kind="stable")
    return pd.Index(in_order.index[:MOST_CODES])


def _places(values: pd.Series, known: pd.Index) -> np.ndarray:
    texts = _texts(values)
    places = known.get_indexer(pd.Index(texts)).astype(np.float64)
    places[texts.isna().to_numpy()] = np.nan
    return np.where(places < 0, OTHER, places)
