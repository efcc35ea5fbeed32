"""Candidates of columns beside each other: order, sums, columns that decide another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.invariants.mining.candidate import LEAST_ROWS, Candidate
from mispredict.invariants.relation_sections import NEAR
from mispredict.invariants.whole import most_frequent
from mispredict.parity.times import moments_of

SURPRISING = 0.1  # part of unrelated rows that must break a relation for it to say something
RARE = 1 / LEAST_ROWS  # part of the rows that may break it for it to be looked at
GLANCED = 40  # rows by which sums are looked for
MOST_COLUMNS = 40  # among which pairs and sums are looked for
MOST_GROUPS = 0.34  # of the rows: groups that a column is decided in must have several rows each


def of_pairs(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[Candidate]:
    """Yield relations that nearly all rows keep and unrelated ones would not."""
    yield from _orders(rows, columns)
    yield from _sums(rows, columns)
    yield from _dependences(rows, columns)


def _orders(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[Candidate]:
    for kind in ("time", "number"):
        alike = [one for one in columns if _kind(rows[one]) == kind and rows[one].nunique() > 2][:MOST_COLUMNS]
        values = {one: moments_of(rows[one]) if kind == "time" else numbers_of(rows[one]) for one in alike}
        for one, other in permutations(alike, 2):
            above = values[one] > values[other]
            held = np.isfinite(values[one]) & np.isfinite(values[other])
            if held.sum() >= LEAST_ROWS and _is_order(values[one][held], values[other][held]):
                entry = {"column": one, "at_most": other}
                yield Candidate("order", entry, "order", "", int(held.sum()), held & above)


def _is_order(low: np.ndarray, high: np.ndarray) -> bool:
    """Return whether nearly all rows keep the order, some strictly, and rows that don't belong together would not."""
    if (low > high).mean() > RARE or (low >= high).mean() > 1 - RARE:
        return False
    return bool((low > np.roll(high, len(high) // 2)).mean() >= SURPRISING)


def _sums(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[Candidate]:
    numbers = [one for one in columns if _kind(rows[one]) == "number" and rows[one].nunique() > 10][:MOST_COLUMNS]
    values = {one: numbers_of(rows[one]) for one in numbers}
    some = np.random.default_rng(0).permutation(len(rows))[:GLANCED]
    for one, other in combinations(numbers, 2):
        both = values[one][some] + values[other][some]
        moved = (values[one][some] != 0) & (values[other][some] != 0) & np.isfinite(both)
        for total in (name for name in numbers if name not in (one, other)):
            near = np.abs(both - values[total][some]) <= NEAR * np.abs(values[total][some])
            if moved.sum() >= 5 and near[moved].mean() > 0.9:
                yield from _sum(one, other, total, values)


def _sum(one: str, other: str, total: str, values: dict[str, np.ndarray]) -> Iterator[Candidate]:
    parts = values[one], values[other], values[total]
    held = np.isfinite(parts).all(axis=0)
    noise = NEAR * np.abs(parts).max(axis=0)
    off = held & ~(np.abs(parts[0] + parts[1] - parts[2]) <= noise)
    if held.sum() >= LEAST_ROWS and off.sum() <= RARE * held.sum():
        yield Candidate("sums", {"columns": [one, other], "equals": total}, "sum", "", int(held.sum()), off)


def _dependences(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[Candidate]:
    codes = {one: pd.factorize(rows[one])[0] for one in columns if _kind(rows[one]) != "time"}
    sizes = {one: int(code.max(initial=-1)) + 1 for one, code in codes.items()}
    for one in (name for name in codes if 2 <= sizes[name] <= MOST_GROUPS * len(rows)):
        for other in (name for name in codes if name != one and 2 <= sizes[name] <= sizes[one]):
            if sizes[one] == sizes[other] and one > other:
                continue  # each decides the other: said once
            odd = _undecided(codes[one], codes[other])
            if odd is not None:
                entry = {"columns": [one], "decide": other}
                held = int(((codes[one] >= 0) & (codes[other] >= 0)).sum())
                yield Candidate("dependences", entry, "decides", "", held, odd)


def _undecided(one: np.ndarray, other: np.ndarray) -> np.ndarray | None:
    """Return the rows that do not have what most with the same code have; None where that says nothing."""
    held = np.flatnonzero((one >= 0) & (other >= 0))
    glance = held[:2_000]
    if len(held) < LEAST_ROWS or _odd(one[glance], other[glance]).mean() > RARE:
        return None
    mixed = np.random.default_rng(0).permutation(other[held])
    odd = _odd(one[held], other[held])
    if odd.mean() > RARE or _odd(one[held], mixed).mean() < SURPRISING:
        return None
    found = np.zeros(len(one), dtype=bool)
    found[held] = odd
    return found


def _odd(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    _, group = np.unique(one, return_inverse=True)
    return np.asarray(other != most_frequent(group, other)[group])


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "time"
    return "number" if is_number(values) else "text"
