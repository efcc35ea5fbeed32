"""Columns that rise as soon as an event of the same entity comes to lie within so many days ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.event_log import PER_DAY, EventLog
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.ranked import two_sided

STEPS = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 14.0, 21.0, 28.0, 30.0, 45.0, 60.0, 90.0)
NEAR = 0.35  # of a step: how far on each side events count as near it
LEAST_EVENTS = 30  # rows with an event just within a step, rows with one just beyond it, and their entities
LEAST_Z = 7.0
MOST_BEYOND = 0.25  # of the rise by an event within the step, that one just beyond may bring
LEAST_MOVE = 0.2  # of the column's spread: large entities show moves that are as sure as they are small
MOST_OF_ONE = 0.2  # of what is left unexplained, that one entity may bring: errors by entity need many of them
FAR = 100_000.0


@dataclass(frozen=True)
class Edge:
    """An event within `days` ahead raises the column by `within`, one just beyond by `beyond`, on rows without it."""

    column: str
    outcome: Outcome
    days: float
    within: float  # of the column's spread
    beyond: float
    z: float  # of their difference, standard errors by entity
    rows: int  # that have an event just within the step
    rows_beyond: int

    @property
    def p_value(self) -> float:
        """Return the p-value of no difference, times the days tried (Bonferroni)."""
        return min(1.0, len(STEPS) * two_sided(self.z))


def edges(inquiry: Inquiry, log: EventLog, columns: tuple[str, ...]) -> list[Edge]:
    """Return the columns with such an edge, each with its clearest one.

    Only rows without the event themselves are looked at: what raises their value is not their own label. A column that
    foretells events honestly does so less and less the later they come; it has no edge. Where `label_time` is named, an
    event lies at the moment when its label became known.
    """
    found: dict[str, Edge] = {}
    for outcome in inquiry.outcomes:
        ahead = _Ahead.of(log, outcome)
        values = {c: log.values(inquiry, c)[ahead.asked] for c in columns} if ahead is not None else {}
        values = {c: _standard(v) for c, v in values.items() if np.isfinite(v).sum() > LEAST_EVENTS}
        if ahead is None or not values:
            continue
        for days in STEPS:
            inquiry.report(0.9, "looking for edges in time")
            for one in _at(ahead, outcome, days, values):
                if one.column not in found or abs(one.z) > abs(found[one.column].z):
                    found[one.column] = one
    return list(found.values())


@dataclass(frozen=True, eq=False)
class _Ahead:
    """Rows without the event, of entities that have one; and the moments of the events, by entity."""

    asked: np.ndarray  # places among the log's asked rows
    entity: np.ndarray
    now: np.ndarray  # key of each row
    moments: np.ndarray  # keys of the events, ascending
    stride: int

    @classmethod
    def of(cls, log: EventLog, outcome: Outcome) -> _Ahead | None:
        moment = log.known if (log.known >= 0).any() else log.when
        is_event = (log.place == outcome.place) & (moment >= 0)
        with_events = np.bincount(log.entity, weights=is_event) > 0
        places = log.asked
        asked = np.flatnonzero(with_events[log.entity[places]] & (log.place[places] != outcome.place))
        if len(asked) < 2 * LEAST_EVENTS:
            return None
        first, last = int(log.when.min()), int(max(log.when.max(), moment.max()))
        stride = 3 * (last - first) + 10 * PER_DAY
        entity = log.entity[places[asked]]
        keys = np.sort(log.entity[is_event] * stride + np.maximum(moment[is_event] - first, 0))
        return cls(asked, entity, entity * stride + (log.when[places[asked]] - first), keys, stride)

    def between(self, low: float, high: float) -> np.ndarray:
        """Return the number of events later than `low` and not later than `high` days from each row."""
        span = self.stride // 3
        ends = [int(np.clip(round(one * PER_DAY), -span, span)) for one in (low, high)]
        start, stop = (np.searchsorted(self.moments, self.now + end, side="right") for end in ends)
        return (stop - start).astype(np.float64)


def _standard(values: np.ndarray) -> np.ndarray:
    held = np.isfinite(values)
    filled = np.where(held, values, values[held].mean())
    found: np.ndarray = (filled - filled.mean()) / (filled.std() or 1.0)
    return found


def _at(ahead: _Ahead, outcome: Outcome, days: float, values: dict[str, np.ndarray]) -> list[Edge]:
    near = NEAR * days
    within, beyond = ahead.between(days - near, days), ahead.between(days, days + near)
    counts = (int((within > 0).sum()), int((beyond > 0).sum()))
    entities = len(np.unique(ahead.entity[within > 0]))
    if min(*counts, entities) < LEAST_EVENTS:
        return []
    rest = (ahead.between(-FAR, 0.0), ahead.between(0.0, days - near), ahead.between(days + near, FAR))
    design = np.column_stack([within, beyond, *rest, np.ones(len(within))])
    inverse = np.linalg.pinv(design.T @ design)
    found = []
    for column, numbers in values.items():
        terms = inverse @ (design.T @ numbers)
        z = _z(design, inverse, numbers - design @ terms, ahead.entity, float(terms[0] - terms[1]))
        sharp = z * terms[0] > 0 and abs(terms[1]) <= MOST_BEYOND * abs(terms[0])
        if sharp and abs(z) >= LEAST_Z and abs(terms[0]) >= LEAST_MOVE:
            found.append(Edge(column, outcome, days, float(terms[0]), float(terms[1]), z, *counts))
    return found


def _z(design: np.ndarray, inverse: np.ndarray, left: np.ndarray, entity: np.ndarray, difference: float) -> float:
    """Return the difference of the first two terms in standard errors that hold rows of an entity together."""
    direction = design @ (inverse[0] - inverse[1])
    squares = np.bincount(entity, weights=direction * left) ** 2
    total = float(squares.sum())
    return difference / float(np.sqrt(total)) if 0 < squares.max() <= MOST_OF_ONE * total else 0.0
