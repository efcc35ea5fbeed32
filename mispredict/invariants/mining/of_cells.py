"""Candidates of single columns: gaps, signs, ranges, levels, patterns, unique values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.invariants.mining.candidate import LEAST_ROWS, Candidate, only_once

MOST_LEVELS = 50
FEW_NUMBERS = 5  # distinct numbers up to which they are levels
MOST_PATTERNS = 3
EDGE = 0.01  # part of the rows that stand at an end by nature
RARE = 1 / LEAST_ROWS  # part of the rows that may be beyond an end for it to be looked at
CHANCE = 3  # pairs of equal numbers that a range that dense would bring by chance
_CLASSES = (("0123456789", r"\d"), ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "[A-Z]"), ("abcdefghijklmnopqrstuvwxyz", "[a-z]"))
_REPEATED = frozenset(kind for _, kind in _CLASSES)


def of_cells(rows: pd.DataFrame, columns: Sequence[str], windows: np.ndarray) -> Iterator[Candidate]:
    """Yield what columns call for by what they hold."""
    for column in columns:
        values = rows[column]
        held = int(values.notna().sum())
        if held < LEAST_ROWS:
            continue
        yield _candidate("not_missing", column, {"missing": "never"}, values.isna().to_numpy(dtype=bool))
        if pd.api.types.is_datetime64_any_dtype(values.dtype):
            continue  # later tables have later times
        if is_number(values) and values.nunique() > FEW_NUMBERS:
            yield from _of_numbers(column, numbers_of(values), windows)
        else:
            yield from _of_levels(column, values, windows)
        if _names_rows(values):
            again = values.notna().to_numpy() & values.duplicated().to_numpy()
            yield _candidate("unique", column, {"unique": True}, again, held)


def _candidate(kind: Any, column: str, entry: dict[str, Any], exceptions: np.ndarray, rows: int = 0) -> Candidate:
    return Candidate("columns", entry, kind, column, rows or len(exceptions), exceptions)


def _of_numbers(column: str, values: np.ndarray, windows: np.ndarray) -> Iterator[Candidate]:
    """Yield both ends: 0, or an end that many rows reach, strictly; another one as a learned bound."""
    held = np.isfinite(values)
    count, inside = int(held.sum()), values[held]
    low = _edge(inside, -1)
    if low is not None:
        key = "above" if low == 0 and not (inside == 0).any() else "at_least"
        bad = held & ((values <= low) if key == "above" else (values < low))
        yield _candidate("range", column, {key: low}, bad, count)
    else:
        bound = outward(float(inside.min()), down=-1)
        yield from _bounded(column, "at_least", bound, (-values, windows, count))
    high = _edge(inside, 1)
    if high is not None:
        yield _candidate("range", column, {"at_most": high}, held & (values > high), count)
    else:
        yield from _bounded(column, "at_most", outward(float(inside.max()), down=1), (values, windows, count))


def _edge(values: np.ndarray, side: int) -> float | int | None:
    """Return the end that a column has by nature: one that a hundredth of the rows stand at, or 0; None for another."""
    ends, counts = np.unique(values, return_counts=True)
    at = 0 if side < 0 else -1
    usual = ends[counts >= EDGE * len(values)]
    beyond = (values < usual[0] if side < 0 else values > usual[-1]).mean() if len(usual) else 1.0
    if beyond < RARE:
        found = float(usual[at])
        return int(found) if found.is_integer() else found
    reaches_down = float(np.quantile(values, 0.01)) < 0.5 * float(np.median(values))
    return 0 if side < 0 and reaches_down and (values <= 0).mean() < RARE else None


def _bounded(column: str, key: str, bound: float, seen: tuple[np.ndarray, np.ndarray, int]) -> Iterator[Candidate]:
    """Yield a learned bound; its exceptions are rows beyond every other window's largest value."""
    values, windows, count = seen
    finite = np.where(np.isfinite(values), values, -np.inf)
    tops = np.array([finite[windows == one].max() for one in range(int(windows.max()) + 1)])
    if len(tops) < 2:
        return
    first, second = np.sort(tops)[::-1][:2]
    others = np.where(tops == first, second, first)
    yield Candidate("columns", {key: bound}, "range", column, count, finite > others[windows], is_bounded=True)


def _of_levels(column: str, values: pd.Series, windows: np.ndarray) -> Iterator[Candidate]:
    codes, levels = pd.factorize(values)
    held = int((codes >= 0).sum())
    if 2 <= len(levels) <= MOST_LEVELS:
        counts = np.bincount(codes[codes >= 0])
        named = [_level(levels[one]) for one in np.argsort(-counts, kind="stable")]
        if all(one is not None for one in named):
            yield _candidate("one_of", column, {"one_of": named}, only_once(codes, windows), held)
    elif len(levels) > MOST_LEVELS and not is_number(values):
        yield from _patterns(column, values, windows, held)


def _level(level: Any) -> Any:
    """Return a level as the file has it, None where it is no plain one."""
    plain = level.item() if isinstance(level, np.generic) else level
    if isinstance(plain, float):
        return int(plain) if plain.is_integer() else None
    return plain if isinstance(plain, bool | int | str) else None


def _patterns(column: str, values: pd.Series, windows: np.ndarray, held: int) -> Iterator[Candidate]:
    for spell in (_exactly, _roughly):
        spelled = values.map(lambda text, spell=spell: spell(str(text)), na_action="ignore")
        codes, patterns = pd.factorize(spelled)
        if len(patterns) <= MOST_PATTERNS:
            pattern = "|".join(map(str, patterns))
            yield _candidate("pattern", column, {"matches": pattern}, only_once(codes, windows), held)
            return


def outward(value: float, *, down: int) -> float | int:
    """Return a number of three digits that is not inside of the value: below it for -1, above it for 1.

    >>> outward(12345.0, down=1), outward(12345.0, down=-1), outward(0.123456, down=-1)
    (12400, 12300, 0.123)
    """
    if value == 0:
        return 0
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    found = float(f"{(math.floor if down < 0 else math.ceil)(value / step) * step:.12g}")
    return int(found) if found.is_integer() else found


def _names_rows(values: pd.Series) -> bool:
    """Return whether values are all but distinct, and that by no chance: texts, or whole numbers that lie dense."""
    held = values.dropna()
    if held.duplicated().mean() > 1 / LEAST_ROWS:
        return False
    if not is_number(held):
        return True
    numbers = numbers_of(held)
    width = float(numbers.max() - numbers.min()) + 1
    return bool((numbers % 1 == 0).all() and len(numbers) ** 2 / (2 * width) >= CHANCE)


def _exactly(text: str) -> str:
    runs = [(kind, len(list(run))) for kind, run in groupby(map(_class, text))]
    return "".join(f"{kind}{{{size}}}" if size > 1 else kind for kind, size in runs)


def _roughly(text: str) -> str:
    return "".join(f"{kind}+" if kind in _REPEATED else kind for kind, _ in groupby(map(_class, text)))


def _class(letter: str) -> str:
    return next((kind for letters, kind in _CLASSES if letter in letters), re.escape(letter))
