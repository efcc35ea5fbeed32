"""Invariants of single columns, row by row; evaluated by pandera."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.invariants.invariant import Invariant

# Which rows are judged, and which of them break it.
Judged = tuple[np.ndarray, np.ndarray]
_BOUNDS = {"above": "gt", "at_least": "ge", "below": "lt", "at_most": "le"}


def in_range(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows outside of the bounds; what is no number, or no time beside times, is outside of any."""
    column = rows[invariant.columns[0]]
    held = column.notna().to_numpy(dtype=bool)
    bounds = invariant.settings["bounds"]
    if any(isinstance(bound, str) for bound in bounds.values()):
        values = pd.Series(_moments(column))
        bounds = {key: _moment(bound) for key, bound in bounds.items()}
    else:
        values = pd.Series(numbers_of(column))
    return held, held & _fails(values, [(_BOUNDS[key], bound) for key, bound in bounds.items()])


def among(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows with a value that is not listed; numbers are compared as numbers, all else as text."""
    column, levels = rows[invariant.columns[0]], invariant.settings["levels"]
    held = column.notna().to_numpy(dtype=bool)
    if is_number(column) or pd.api.types.is_bool_dtype(column.dtype):
        numbers = [float(one) for one in levels if isinstance(one, int | float)]
        return held, held & _fails(pd.Series(numbers_of(column)), [("isin", numbers)])
    texts = pd.Series(column.astype(object).map(str).to_numpy(), dtype=object)
    return held, held & _fails(texts, [("isin", [_text(one) for one in levels])])


def matching(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows whose whole value the pattern does not match."""
    column = rows[invariant.columns[0]]
    held = column.notna().to_numpy(dtype=bool)
    texts = pd.Series(column.astype(object).where(held, "").map(str).to_numpy(), dtype=object)
    return held, held & _fails(texts, [("str_matches", rf"(?:{invariant.settings['pattern']})\Z")])


def present(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows without a value."""
    gone = rows[invariant.columns[0]].isna().to_numpy(dtype=bool)
    return np.ones(len(rows), dtype=bool), gone


CELLS: dict[str, Callable[[Invariant, pd.DataFrame], Judged]] = {
    "range": in_range,
    "one_of": among,
    "pattern": matching,
    "not_missing": present,
}


def _fails(values: pd.Series, checks: list[tuple[str, Any]]) -> np.ndarray:
    """Return True for values that fail one of pandera's checks; one that it leaves out, as missing, fails."""
    from pandera.pandas import Check

    passes = np.ones(len(values), dtype=bool)
    for name, argument in checks:
        said = getattr(Check, name)(argument)(values).check_output
        passes &= said.reindex(values.index, fill_value=False).to_numpy(dtype=bool)
    return ~passes


def _moments(column: pd.Series) -> np.ndarray:
    from mispredict.parity.times import moments_of

    return moments_of(column)


def _moment(text: str) -> float:
    stamp = pd.Timestamp(text)
    return float((stamp.tz_convert("UTC").tz_localize(None) if stamp.tz is not None else stamp).value // 1_000)


def _text(level: Any) -> str:
    return str(level)
