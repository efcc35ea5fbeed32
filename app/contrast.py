"""What sets some errors apart from the other errors, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

LEAST = 0.3  # a smaller difference is not worth a sentence
MOST_VALUES = 200  # a column with more distinct texts is an id, not a kind


@dataclass(frozen=True)
class Contrast:
    """One column that differs: for numbers the medians, for kinds the shares of one value."""

    column: str
    kind: str  # "number" or "value"
    value: str  # the kind's value, "" for numbers
    here: float  # median, or share 0..1
    elsewhere: float
    strength: float  # in spreads of the column (numbers) or difference of shares


def contrast(
    here: pd.DataFrame, elsewhere: pd.DataFrame, columns: Sequence[str], most: int = 8
) -> tuple[Contrast, ...]:
    """Return the columns that differ most between two sets of rows, the clearest first."""
    if not len(here) or not len(elsewhere):
        return ()
    found = [_of_column(here[column], elsewhere[column], column) for column in columns if column in here]
    kept = sorted((c for c in found if c is not None and c.strength >= LEAST), key=lambda c: -c.strength)
    return tuple(kept[:most])


def _of_column(here: pd.Series, elsewhere: pd.Series, column: str) -> Contrast | None:
    if pd.api.types.is_datetime64_any_dtype(here):
        return None
    if pd.api.types.is_numeric_dtype(here) and not pd.api.types.is_bool_dtype(here):
        return _of_numbers(here.to_numpy(float), elsewhere.to_numpy(float), column)
    return _of_values(_as_text(here), _as_text(elsewhere), column)


def _as_text(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), "missing").astype(str)


def _of_numbers(here: np.ndarray, elsewhere: np.ndarray, column: str) -> Contrast | None:
    here, elsewhere = here[np.isfinite(here)], elsewhere[np.isfinite(elsewhere)]
    if not len(here) or not len(elsewhere):
        return None
    low, high = np.percentile(np.concatenate([here, elsewhere]), [10, 90])
    spread = float(high - low) or float(np.ptp(np.concatenate([here, elsewhere]))) or 1.0
    at, rest = float(np.median(here)), float(np.median(elsewhere))
    return Contrast(column, "number", "", at, rest, min(abs(at - rest) / spread, 1.0))


def _of_values(here: pd.Series, elsewhere: pd.Series, column: str) -> Contrast | None:
    if here.nunique() > MOST_VALUES:
        return None
    value = str(here.value_counts().index[0])
    at, rest = float((here == value).mean()), float((elsewhere == value).mean())
    return Contrast(column, "value", value, at, rest, abs(at - rest))
