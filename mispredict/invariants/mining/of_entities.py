"""Candidates along an entity: what never falls, never rises, stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.invariants.along import constant, never_falls
from mispredict.invariants.mining.candidate import LEAST_ROWS, Candidate
from mispredict.tables.entities import entity_codes

SURPRISING = 0.1  # part of the steps that must break it once values are exchanged
CHANGING = 0.02  # part of the steps at which the value changes at all
RARE = 1 / LEAST_ROWS


def of_entities(
    rows: pd.DataFrame, columns: Sequence[str], entity: tuple[str, ...], by: str | None
) -> Iterator[Candidate]:
    """Yield what holds along nearly every entity and would not in another order."""
    codes = entity_codes(rows, entity)
    steps = int((codes >= 0).sum() - len(np.unique(codes[codes >= 0])))
    if steps < LEAST_ROWS:
        return
    whose = entity[0] if len(entity) == 1 else list(entity)
    for column in columns:
        if column in (*entity, by) or pd.api.types.is_datetime64_any_dtype(rows[column].dtype):
            continue
        kept = _staying(rows, entity, column, steps)
        if kept is not None:
            entry = {"entity": whose, "constant": column}
            yield Candidate("entities", entry, "constant", "", steps, kept)
        elif by is not None and is_number(rows[column]):
            yield from _along(rows, (entity, by, column), whose, steps)


def _staying(rows: pd.DataFrame, entity: tuple[str, ...], column: str, steps: int) -> np.ndarray | None:
    """Return the rows that break it, None where it says nothing."""
    if rows[column].nunique() < 2:
        return None
    broken = constant(rows, entity, column).broken
    if broken.sum() > RARE * steps:
        return None
    mixed = rows[[*entity]].assign(**{column: rows[column].sample(frac=1, random_state=0).to_numpy()})
    return broken if constant(mixed, entity, column).broken.sum() >= SURPRISING * steps else None


def _along(
    rows: pd.DataFrame, what: tuple[tuple[str, ...], str, str], whose: str | list[str], steps: int
) -> Iterator[Candidate]:
    entity, by, column = what
    for word, sign in (("never_falls", 1), ("never_rises", -1)):
        given = rows[[*entity, by]].assign(**{column: sign * numbers_of(rows[column])})
        broken = never_falls(given, entity, by, column).broken
        if broken.sum() <= RARE * steps and _moves(given, entity, by, column) and _is_surprising(given, what, steps):
            entry = {"entity": whose, "by": by, word: column}
            yield Candidate("entities", entry, word, "", steps, broken)  # type: ignore[arg-type]


def _is_surprising(given: pd.DataFrame, what: tuple[tuple[str, ...], str, str], steps: int) -> bool:
    """Return whether values exchanged within their entity would break it."""
    entity, by, column = what
    codes = entity_codes(given, entity)
    mixed = given[column].to_numpy().copy()
    order = np.lexsort((np.random.default_rng(0).random(len(given)), codes))
    mixed[np.lexsort((np.arange(len(given)), codes))] = given[column].to_numpy()[order]
    broken = never_falls(given.assign(**{column: mixed}), entity, by, column).broken
    return bool(broken.sum() >= SURPRISING * steps)


def _moves(rows: pd.DataFrame, entity: tuple[str, ...], by: str, column: str) -> bool:
    """Return whether the value changes at some steps: what is constant is said so."""
    steps = rows.sort_values(by).groupby(list(entity), observed=True)[column].diff().dropna()
    return bool(len(steps)) and bool((steps != 0).mean() >= CHANGING)
