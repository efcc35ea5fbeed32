"""Either-or: rows of which one of two things is true but not both, or both or neither."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.columns import Binned, cut_columns
from mispredict.errors.findings import Condition
from mispredict.errors.predicates import holds, rule_text
from mispredict.errors.residuals import PRICE, score_for
from mispredict.errors.shapes.ground import Ground
from mispredict.errors.shapes.region import Region, Surplus

BINS = 8  # that numeric columns are cut at
MOST_PARTS = 400  # things that can be true of a row
_PART_Z = 2.0  # that each half of a pattern must reach: with one alone it is a plain rule


@dataclass(frozen=True, eq=False)
class _Parts:
    """Things that are true of some rows: a category, a number above a bound, a value missing."""

    conditions: tuple[tuple[Condition, ...], ...]
    columns: np.ndarray  # each one's column
    true: np.ndarray  # float32, (rows, parts)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Signals summed over the rows where two parts are true together, or one without the other."""

    both: np.ndarray  # (parts, parts, signals)
    first: np.ndarray
    second: np.ndarray
    neither: np.ndarray


def find_either_or(ground: Ground) -> list[Region]:
    """Return the pattern of two columns that gains most: either one but not both, or both or neither."""
    few = ground.few
    columns, _ = cut_columns(ground.rows.iloc[few], exclude=ground.exclude, bins=BINS)
    parts = _parts(columns, len(few))
    if len(parts.conditions) < 2:
        return []
    found = []
    for way, surplus in enumerate(ground.few_ways):
        sums = _sums(parts, surplus.signals)
        found += [
            (*_best(_gains(parts, sums, len(few), pattern)), pattern, way) for pattern in ("not both", "or neither")
        ]
    gain, pair, pattern, way = max(found, key=lambda one: one[0])
    return _region(ground, [parts.conditions[i] for i in pair], pattern, ground.ways[way]) if gain > 0 else []


def _parts(columns: list[Binned], rows: int) -> _Parts:
    conditions, owners, masks = [], [], []
    for number, column in enumerate(columns):
        for chosen in _choices(column):
            inside = chosen[column.codes]
            if 0.01 * rows <= inside.sum() <= 0.99 * rows:
                conditions.append(column.conditions(chosen))
                owners.append(number)
                masks.append(inside)
    if not masks:
        return _Parts((), np.empty(0, dtype=int), np.empty((rows, 0), dtype=np.float32))
    evenly = np.unique(np.linspace(0, len(masks) - 1, min(len(masks), MOST_PARTS)).astype(int)).tolist()
    true = np.column_stack([masks[i] for i in evenly]).astype(np.float32)
    return _Parts(tuple(conditions[i] for i in evenly), np.array([owners[i] for i in evenly]), true)


def _choices(column: Binned) -> list[np.ndarray]:
    bins = np.arange(column.bins + 1)
    usable = bins < column.bins
    if column.is_numeric:
        chosen = [(bins >= low) & usable for low in range(1, column.bins)]
    else:
        chosen = [bins == one for one in range(column.bins)]
        chosen = chosen[:1] if column.bins == 2 and not column.has_missing else chosen  # the other one is its opposite
    return [*chosen, bins == column.bins] if column.has_missing else chosen


def _sums(parts: _Parts, signals: np.ndarray) -> _Sums:
    weighed = [(parts.true.T @ (parts.true * one[:, None].astype(np.float32))) for one in signals.T]
    both = np.stack(weighed, axis=-1).astype(np.float64)
    alone = both[np.arange(len(both)), np.arange(len(both))]
    first, second = alone[:, None] - both, alone[None] - both
    return _Sums(both, first, second, signals.sum(axis=0) - both - first - second)


def _gains(parts: _Parts, sums: _Sums, rows: int, pattern: str) -> np.ndarray:
    """Return the gain of the pattern for each pair of parts, 0 where a plain rule says nearly as much."""
    score = score_for(rows)
    halves = (sums.first, sums.second) if pattern == "not both" else (sums.both, sums.neither)
    others = (sums.both, sums.neither) if pattern == "not both" else (sums.first, sums.second)
    whole = halves[0] + halves[1]
    gain = np.maximum(score(whole), 0)
    simpler = [score(half + other) for half in halves for other in others] + [score(half) for half in halves]
    simpler += [score(whole + other) for other in others]
    needed = np.sqrt(np.maximum(np.max(simpler, axis=0), 0) ** 2 + PRICE)
    is_pattern = (gain > needed) & (_z(halves[0]) > _PART_Z) & (_z(halves[1]) > _PART_Z)
    return np.where(is_pattern & (parts.columns[:, None] < parts.columns[None]), gain, 0.0)


def _z(sums: np.ndarray) -> np.ndarray:
    z: np.ndarray = sums[..., 1] / np.sqrt(np.maximum(sums[..., 2], 1.0))
    return z


def _best(gains: np.ndarray) -> tuple[float, tuple[int, int]]:
    first, second = np.unravel_index(int(gains.argmax()), gains.shape)
    return float(gains[first, second]), (int(first), int(second))


def _region(ground: Ground, pair: list[tuple[Condition, ...]], pattern: str, surplus: Surplus) -> list[Region]:
    first, second = (holds(one, ground.rows) for one in pair)
    inside = ground.among & (first ^ second if pattern == "not both" else ~(first ^ second))
    one, other = (rule_text(conditions) for conditions in pair)
    words = f"{one} or {other}, but not both" if pattern == "not both" else f"{one} and {other}, or neither"
    gain = surplus.take(ground.at).gain(inside[ground.at])
    return [Region("odd one", words, inside, surplus.way, gain, ground.among)]
