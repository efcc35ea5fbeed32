"""Rows in which one value of a column, or a gap, gives the label away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.discovery import q_values
from mispredict.suspects.foretold import known_chances
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.stacked import Stack, stack_of

LEAST_ROWS = 10
MOST_VALUES = 200  # of one column, the most frequent ones
PURE = 0.02  # of the rows at most of the other label
NEARLY = 0.15
NEIGHBOURS = 200  # rows with the next smaller or larger values


@dataclass(frozen=True, eq=False)
class Value:
    """One value of a column whose rows all but have one label."""

    place: int  # of the column in the stack
    value: float  # as the stack has it
    rows: int
    events: int
    expected: float  # events, by small trees over the other columns
    p_value: float  # of so few exceptions, by what the other columns expect of these very rows
    q_value: float
    nearly: int  # values of the column whose rows nearly all have one label, this one and rarer ones among them

    @property
    def is_event(self) -> bool:
        """Return whether its rows are events, else none is."""
        return self.events * 2 > self.rows

    @property
    def missed(self) -> float:
        """Return how many exceptions were expected."""
        return self.rows - self.expected if self.is_event else self.expected


@dataclass(frozen=True, eq=False)
class _Candidate:
    place: int
    value: float
    rows: np.ndarray  # places in the stack
    events: int


def pure_values(inquiry: Inquiry, outcome: Outcome) -> list[Value]:
    """Return the values whose rows have one label where the other columns expect both, corrected over all values.

    Rows are of both sides. The p-value is of a sum of independent rows with the chances of small trees over the other
    columns (normal with Chernoff's bound where few are expected, the larger one).
    """
    stack = stack_of(inquiry)
    event = stack.event(outcome)
    overall = float(event.mean())
    tried, found, nearly = 0, [], {}
    for place in range(len(stack.columns)):
        candidates, count = _candidates(stack, place, event)
        tried += count
        nearly[place] = sum(_is_nearly_pure(one, overall) for one in candidates)
        found += [one for one in candidates if _is_pure(one, overall)]
    judged = [_value(inquiry, outcome, one, event) for one in _worth(found, overall)]
    q = q_values([one.p_value for one in judged] + [1.0] * (tried - len(judged)))
    return [
        Value(one.place, one.value, one.rows, one.events, one.expected, one.p_value, float(value), nearly[one.place])
        for one, value in zip(judged, q, strict=False)
    ]


def _candidates(stack: Stack, place: int, event: np.ndarray) -> tuple[list[_Candidate], int]:
    """Return the column's frequent single values, and how many there are; a column without repeats has none."""
    values = stack.values[:, place]
    held = np.flatnonzero(~np.isnan(values))
    known, codes, counts = np.unique(values[held], return_inverse=True, return_counts=True)
    frequent = np.flatnonzero(counts >= LEAST_ROWS)
    if len(known) < 2 or not len(frequent):
        return [], 0
    frequent = frequent[np.argsort(-counts[frequent], kind="stable")][:MOST_VALUES]
    events = np.bincount(codes, weights=event[held], minlength=len(known))
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(counts)
    return [
        _Candidate(place, float(known[i]), held[order[ends[i] - counts[i] : ends[i]]], int(events[i])) for i in frequent
    ], len(frequent)


def _is_pure(one: _Candidate, overall: float) -> bool:
    share = one.events / len(one.rows)
    few = share <= PURE * min(1.0, 5 * overall) or share >= 1 - PURE
    expected = len(one.rows) * (overall if share < 0.5 else 1 - overall)
    return few and expected >= 5


def _is_nearly_pure(one: _Candidate, overall: float) -> bool:
    share = one.events / len(one.rows)
    if len(one.rows) * min(overall, 1 - overall) < 5:  # too few rows to have both labels
        return False
    return share <= NEARLY * overall or share >= 1 - NEARLY * (1 - overall)


def _worth(found: list[_Candidate], overall: float) -> list[_Candidate]:
    """Return the values that small trees are asked about: of the columns with the most told rows."""
    told: dict[int, float] = {}
    for one in found:
        share = overall if one.events * 2 < len(one.rows) else 1 - overall
        told[one.place] = told.get(one.place, 0.0) + len(one.rows) * share
    asked = sorted(told, key=lambda place: -told[place])[:8]
    return [one for one in found if one.place in asked]


def _value(inquiry: Inquiry, outcome: Outcome, one: _Candidate, event: np.ndarray) -> Value:
    stack = stack_of(inquiry)
    chance = known_chances(inquiry, outcome, (stack.columns[one.place],))[one.rows]
    p_value = few_exceptions(chance, event[one.rows])
    if not stack.is_code[one.place]:
        p_value = max(p_value, _against_neighbours(stack.values[:, one.place], event, one))
    return Value(one.place, one.value, len(one.rows), one.events, float(chance.sum()), p_value, 1.0, 0)


def _against_neighbours(values: np.ndarray, event: np.ndarray, one: _Candidate) -> float:
    """Return the chance of as few exceptions at the rate of the next smaller or larger values, the purer of the two.

    The end of a scale along which the rate falls or rises gives nothing away.
    """
    order = np.argsort(values, kind="stable")[: int((~np.isnan(values)).sum())]
    first, last = np.searchsorted(values[order], [one.value, np.nextafter(one.value, np.inf)])
    p_value = 0.0
    for near in (order[max(0, first - NEIGHBOURS) : first], order[last : last + NEIGHBOURS]):
        if len(near):
            rate = (event[near].sum() + 0.5) / (len(near) + 1)
            p_value = max(p_value, few_exceptions(np.full(len(one.rows), rate), event[one.rows]))
    return p_value


def few_exceptions(chance: np.ndarray, event: np.ndarray) -> float:
    """Return the chance of as few exceptions from the rows' more frequent label, where each row has its own chance."""
    came = float(event.sum())
    odds = 1 - chance if came * 2 > len(event) else chance
    odds = np.clip(odds, 1e-4, 1 - 1e-4)
    seen = len(event) - came if came * 2 > len(event) else came
    return chernoff_below(odds, seen)


def chernoff_below(odds: np.ndarray, seen: float) -> float:
    """Return Chernoff's bound on the chance that a sum of independent rows is at most `seen`; exact at 0."""
    if seen <= 0:
        return float(np.exp(np.log1p(-odds).sum()))
    mean = float(odds.sum())
    if seen >= mean:
        return 1.0
    return float(np.exp(seen - mean + seen * np.log(mean / seen)))
