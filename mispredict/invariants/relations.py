"""Invariants of several columns, row by row."""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.invariants.cells import Judged
from mispredict.invariants.invariant import Invariant
from mispredict.invariants.relation_sections import NEAR
from mispredict.parity.times import moments_of

_SIGNS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": operator.eq,
}  # fmt: skip


def in_order(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows whose two values stand otherwise; rows that lack one are not judged."""
    one, other = (rows[name] for name in _both(invariant))
    held = one.notna().to_numpy(dtype=bool) & other.notna().to_numpy(dtype=bool)
    sides = _alike(one, other)
    with np.errstate(invalid="ignore"):
        right = np.asarray(_SIGNS[invariant.settings["sign"]](*sides), dtype=bool)
    return held, held & ~right


def adding_up(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows whose parts do not add up to the total, but for what is allowed and the noise of floats."""
    settings = invariant.settings
    parts = np.column_stack([numbers_of(rows[name]) for name in settings["parts"]])
    total = numbers_of(rows[settings["total"]]) if isinstance(settings["total"], str) else float(settings["total"])
    held = np.isfinite(parts).all(axis=1) & np.isfinite(total)
    noise = NEAR * np.maximum(np.abs(parts).max(axis=1), np.abs(total))
    off = np.abs(parts.sum(axis=1) - total)
    return held, held & ~(off <= settings["within"] + noise)


def fresh(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows whose value is older, at the row's own moment, than is allowed."""
    column, of = invariant.columns
    age = (moments_of(rows[of]) - moments_of(rows[column])) / 1e6
    held = np.isfinite(age)
    return held, held & (age > invariant.settings["seconds"])


RELATIONS: dict[str, Callable[[Invariant, pd.DataFrame], Judged]] = {
    "order": in_order,
    "sum": adding_up,
    "fresh": fresh,
}


def _both(invariant: Invariant) -> tuple[str, str]:
    """Return the two columns; they may be the same one."""
    return invariant.columns[0], invariant.columns[-1]


def _alike(one: pd.Series, other: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return two columns as both can be compared: as moments, numbers or texts."""
    if any(pd.api.types.is_datetime64_any_dtype(side.dtype) for side in (one, other)):
        return moments_of(one), moments_of(other)
    if any(is_number(side) for side in (one, other)):
        return numbers_of(one), numbers_of(other)
    return tuple(side.astype(object).map(str).to_numpy(dtype=object) for side in (one, other))  # type: ignore[return-value]
