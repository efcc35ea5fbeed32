"""Invariants along an entity's time: what never falls, never rises, or stays."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mispredict.errors.predicates import numbers_of
from mispredict.invariants.whole import most_frequent
from mispredict.parity.times import moments_of
from mispredict.tables.entities import entity_codes

FEW = 0.2  # part of an entity's rows up to which single values are wrong, not all that follow


@dataclass(frozen=True, eq=False)
class Along:
    """Which rows are judged and which break it, and of how many entities in which way."""

    judged: np.ndarray  # bool, a row each
    broken: np.ndarray
    fallen: int  # entities whose values fall back and go on from there
    spikes: int  # entities of which single values are wrong

    @property
    def words(self) -> str:
        """Return what happened, "" where nothing did."""
        said = [
            f"{count:,} {'entity' if count == 1 else 'entities'} {what}"
            for count, what in (
                (self.fallen, "fall back and go on from there"),
                (self.spikes, "have single wrong values"),
            )
            if count
        ]
        return "; ".join(said)


def never_falls(rows: pd.DataFrame, entity: Sequence[str], by: str, column: str) -> Along:
    """Return rows that are below an earlier row of their entity; equal times stand in no order.

    Where leaving out a fifth of an entity's rows, or one, restores the order, and right ones follow, these are wrong
    (the fewest that do: longest non-decreasing subsequence); else all rows below the highest earlier value are.
    """
    codes, times, values = entity_codes(rows, entity), moments_of(rows[by]), numbers_of(rows[column])
    known = (codes >= 0) & np.isfinite(times) & np.isfinite(values)
    places = np.flatnonzero(known)
    order = places[np.lexsort((values[places], times[places], codes[places]))]
    wrong = [_wrong(part, values) for part in _violating(codes[order], values[order], order)]
    ways = [one.way for one in wrong]
    usual = "fall" if ways.count("fall") > ways.count("spike") else "spike"
    fell = [(usual if one.way == "either" else one.way) == "fall" for one in wrong]
    broken = np.zeros(len(rows), dtype=bool)
    for one, is_fall in zip(wrong, fell, strict=True):
        broken[one.below if is_fall else one.fewest] = True
    return Along(known, broken, sum(fell), len(fell) - sum(fell))


@dataclass(frozen=True, eq=False)
class _Wrong:
    """One entity's rows that are wrong on either reading, and which reading its own rows allow."""

    way: Literal["fall", "spike", "either"]
    fewest: np.ndarray
    below: np.ndarray


def _wrong(part: np.ndarray, values: np.ndarray) -> _Wrong:
    """Return what is wrong with the rows of an entity, in order of time.

    Single values are wrong where right ones stand before and after them; where the first ones are the fewest, nothing
    before them tells whether these were too high or all others fell, and what other entities show decides.
    """
    held = values[part]
    fewest = _fewest(held)
    is_last = fewest[0] == len(part) - len(fewest)  # nothing right comes after them: the value did not recover
    is_first = fewest[-1] == len(fewest) - 1
    few = len(fewest) <= max(1, FEW * len(part))
    way: Literal["fall", "spike", "either"] = "fall" if is_last or not few else "either" if is_first else "spike"
    return _Wrong(way, part[fewest], part[_below(held)])


def constant(rows: pd.DataFrame, entity: Sequence[str], column: str) -> Along:
    """Return rows whose value is not the one that most rows of their entity have."""
    codes = entity_codes(rows, entity)
    known = (codes >= 0) & rows[column].notna().to_numpy(dtype=bool)
    value, _ = pd.factorize(rows.loc[known, column])
    _, group = np.unique(codes[known], return_inverse=True)
    broken = np.zeros(len(rows), dtype=bool)
    if known.any():
        broken[known] = value != most_frequent(group, value)[group]
    return Along(known, broken, 0, len(np.unique(codes[broken])))


def _violating(codes: np.ndarray, values: np.ndarray, order: np.ndarray) -> list[np.ndarray]:
    """Return the rows, in order of time, of each entity that falls anywhere."""
    begins = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else np.empty(0, dtype=np.int64)
    ends = np.append(begins[1:], len(codes))
    falls = np.flatnonzero((codes[1:] == codes[:-1]) & (values[1:] < values[:-1])) + 1
    hit = np.unique(np.searchsorted(begins, falls, side="right") - 1)
    return [order[begins[one] : ends[one]] for one in hit]


def _fewest(values: np.ndarray) -> np.ndarray:
    """Return the fewest values without which the rest never falls, the later ones where there is a choice."""
    tails: list[float] = []
    longest = np.empty(len(values), dtype=np.int64)  # subsequence that begins here and never falls
    for at in range(len(values) - 1, -1, -1):
        place = bisect_right(tails, -values[at])
        longest[at] = place + 1
        tails[place : place + 1] = [-values[at]]
    kept, wanted, least = np.zeros(len(values), dtype=bool), len(tails), -np.inf
    for at in range(len(values)):
        if longest[at] == wanted and values[at] >= least:
            kept[at], wanted, least = True, wanted - 1, values[at]
    return np.flatnonzero(~kept)


def _below(values: np.ndarray) -> np.ndarray:
    before = np.append(-np.inf, np.maximum.accumulate(values)[:-1])
    return np.asarray(values < before)
