"""Where a difference happens: a rule over the offline rows that finds the affected pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from mispredict.errors.findings import Condition
from mispredict.errors.predicates import holds, is_number, numbers_of
from mispredict.parity.cells import Cells
from mispredict.parity.reading import Reading

FEW = 200  # distinct values up to which the unchanged ones are those that never differ
CUTS = 32
MOST_LEVELS = 500
LONGEST = 3  # conditions
GAIN = 0.03  # of the overlap that a condition must bring
ENOUGH = 0.75  # overlap (Jaccard) from which a rule is where it happens
EVERYWHERE = 0.97  # part of what could be affected from which there is nowhere else
LEAST = 8  # affected pairs


def place_of(
    affected: np.ndarray, pairs: Cells, reading: Reading, rows: pd.DataFrame, columns: Sequence[str]
) -> tuple[Condition, ...]:
    """Return the rule over `columns` that the affected pairs are found by, among those the cause could have changed.

    () where no rule finds them, and where they are everywhere.
    """
    open_to = could_be(affected, pairs, reading)
    return rule_for(affected[open_to], rows[open_to], columns)


def rule_for(inside: np.ndarray, rows: pd.DataFrame, columns: Sequence[str]) -> tuple[Condition, ...]:
    """Return the rule over `columns` that finds the rows of a mask; () where none does, and where it is nearly all."""
    if inside.sum() < LEAST or inside.mean() >= EVERYWHERE:
        return ()
    rule: tuple[Condition, ...] = ()
    mask = np.ones(len(inside), dtype=bool)
    best = _overlap(mask, inside)
    for _ in range(LONGEST):
        found = max(_candidates(rows, columns, mask, inside), key=lambda one: one[0], default=None)
        if found is None or found[0] < best + GAIN:
            break
        best, rule = found[0], (*rule, found[1])
        mask &= holds((found[1],), rows)
    return rule if best >= ENOUGH else ()


def could_be(affected: np.ndarray, pairs: Cells, reading: Reading) -> np.ndarray:
    """Return the pairs whose value the cause would change: 0 times 100 is still 0."""
    if reading.cause == "cached":
        return pairs.gone[0] | affected
    there = ~pairs.gone[0]
    held = pairs.offline[affected & there]
    if not len(held):
        return np.ones(len(pairs), dtype=bool)
    if len(pd.unique(pairs.offline[there])) <= FEW:
        return (pd.Index(pairs.offline).isin(pd.unique(held)) & there) | affected
    if pairs.kind == "text":
        return there | affected
    return (_numbers_open(pairs.offline, held, reading) & there) | affected


def _numbers_open(offline: np.ndarray, held: np.ndarray, reading: Reading) -> np.ndarray:
    if reading.cause in ("clipped", "rounded"):
        return np.asarray((offline >= held.min()) & (offline <= held.max()), dtype=bool)
    if reading.cause in ("scale", "sign"):
        return np.asarray(offline != 0, dtype=bool)
    return np.ones(len(offline), dtype=bool)


def _candidates(
    rows: pd.DataFrame, columns: Sequence[str], mask: np.ndarray, inside: np.ndarray
) -> Iterator[tuple[float, Condition]]:
    """Yield conditions with the overlap of what they leave of the mask."""
    for column in columns:
        values = rows[column]
        if is_number(values):
            yield from _bounds(values, mask, inside)
        if not is_number(values) or values.nunique() <= CUTS:
            yield from _levels(values, mask, inside)


def _levels(values: pd.Series, mask: np.ndarray, inside: np.ndarray) -> Iterator[tuple[float, Condition]]:
    codes, distinct = pd.factorize(values)
    if not 1 < len(distinct) + int((codes < 0).any()) <= MOST_LEVELS:
        return
    name, all_inside = str(values.name), int(inside.sum())
    rows = np.bincount(codes[mask] + 1, minlength=len(distinct) + 1)
    hits = np.bincount(codes[mask & inside] + 1, minlength=len(distinct) + 1)
    overlaps = hits / np.maximum(1, rows + all_inside - hits)
    top = int(overlaps.argmax())
    if top == 0:
        yield float(overlaps[0]), Condition(name, "is missing", None)
        return
    yield float(overlaps[top]), Condition(name, "=", _plain(distinct[top - 1]))
    dense = np.flatnonzero((hits[1:] > 0.5 * rows[1:]) & (hits[1:] > 0))
    if 1 < len(dense) <= 12:
        found, held = hits[1:][dense].sum(), rows[1:][dense].sum()
        yield (
            float(found / (held + all_inside - found)),
            Condition(name, "in", [_plain(distinct[int(one)]) for one in dense]),
        )
    spare = int(np.argmin(np.where(rows[1:] > 0, hits[1:] / np.maximum(rows[1:], 1), np.inf)))
    found, held = hits[1:].sum() - hits[1:][spare], rows[1:].sum() - rows[1:][spare]
    yield float(found / max(1, held + all_inside - found)), Condition(name, "!=", _plain(distinct[spare]))


def _bounds(values: pd.Series, mask: np.ndarray, inside: np.ndarray) -> Iterator[tuple[float, Condition]]:
    numbers = numbers_of(values)
    order = np.argsort(numbers, kind="stable")
    order = order[mask[order] & np.isfinite(numbers[order])]
    if len(order) < 2 * LEAST:
        return
    sorted_, hits = numbers[order], np.cumsum(inside[order])
    ends = np.flatnonzero(np.append(np.diff(sorted_) > 0, False))  # the last row of each distinct value
    if not len(ends):
        return
    all_inside, rows = int(inside.sum()), ends + 1
    below = hits[ends] / (rows + all_inside - hits[ends])
    more = hits[-1] - hits[ends]
    above = more / (len(order) - rows + all_inside - more)
    for overlap, op in ((below, "<="), (above, ">")):
        top = int(overlap.argmax())
        yield float(overlap[top]), Condition(str(values.name), op, _bound(values, sorted_[ends[top]]))  # type: ignore[arg-type]


def _bound(values: pd.Series, number: float) -> object:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return pd.Timestamp(int(number), unit="us").isoformat(sep=" ")
    return int(number) if float(number).is_integer() else float(number)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _overlap(mask: np.ndarray, inside: np.ndarray) -> float:
    return float((mask & inside).sum() / max(1, (mask | inside).sum()))
