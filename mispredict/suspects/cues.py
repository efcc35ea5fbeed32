"""Cues: a value, a gap or a range that pointed to the event in some rows and does not in others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mispredict.discovery import q_values
from mispredict.suspects.cue_cells import Cells, Rule, cells_of
from mispredict.suspects.cue_parts import Parts
from mispredict.suspects.inquiry import Inquiry, Outcome

LEAST_ROWS = 30  # with the value, on either part
STRONG = 1.0  # log odds that the value adds where it is learned
LEFT = 0.4  # part of them that may be left where it fails
GONE = 0.6  # of the rows of the class it pointed to: how often they have it now, as a part of how often they had it
SURE = 1e-6  # q-value of the difference


@dataclass(frozen=True)
class Count:
    """Rows with the value and all rows of one part, and how many of them are of the class that it points to."""

    rows: int
    events: int
    all_rows: int
    all_events: int

    @property
    def rate(self) -> float:
        """Return the class's part of the rows with the value."""
        return self.events / max(self.rows, 1)

    @property
    def rest(self) -> float:
        """Return the class's part of the rows without it."""
        return (self.all_events - self.events) / max(self.all_rows - self.rows, 1)

    @property
    def reach(self) -> float:
        """Return what part of the class's rows has the value."""
        return self.events / max(self.all_events, 1)


@dataclass(frozen=True, eq=False)
class Cue:
    """A value that points to a class, or away from it, where it is learned, and hardly where it is met."""

    column: str
    rule: Rule
    outcome: Outcome
    towards: bool  # to the outcome, else away from it
    parts: Parts
    learned: Count
    met: Count
    with_it: tuple[np.ndarray, np.ndarray]  # masks over parts.learned and parts.met
    z: float  # of the difference of log odds
    p_value: float
    q_value: float = 1.0


def cues_of(inquiry: Inquiry, parts: Sequence[Parts], columns: Sequence[str]) -> list[Cue]:
    """Return values that pointed to a class and do no longer, at most one a column, the plainest first.

    Compared are the log odds that the value adds (half a row added to each count, Woolf's variance); q-values are
    over every value, class and part that was looked at. A value whose rows multiplied is no such cue: it must have
    left the rows of the class that it pointed to.
    """
    found: list[Cue] = []
    tried: list[float] = []
    for number, column in enumerate(columns):
        inquiry.report(0.6 * number / len(columns), "comparing what values mean")
        for cells in cells_of(inquiry, column):
            for part in parts:
                for outcome in inquiry.outcomes:
                    _compare(inquiry, cells, (part, outcome), found, tried)
    kept = {id(one): q for one, q in zip(found, _adjusted(found, tried), strict=True)}
    sure = [replace(one, q_value=kept[id(one)]) for one in found if kept[id(one)] <= SURE]
    best: dict[str, Cue] = {}
    for one in sorted(sure, key=lambda cue: (-round(cue.z, 3), cue.learned.rows)):
        best.setdefault(one.column, one)
    return list(best.values())


def _adjusted(found: list[Cue], tried: list[float]) -> list[float]:
    """Return the q-value of each cue over everything that was tried."""
    own = [one.p_value for one in found]
    return [float(q) for q in q_values([*own, *tried])[: len(own)]]


def _compare(inquiry: Inquiry, cells: Cells, of: tuple[Parts, Outcome], found: list[Cue], tried: list[float]) -> None:
    """Add the cues among some cells to `found`, and the p-values of the other cells to `tried`."""
    part, outcome = of
    places = (cells.sides[part.side][part.learned], cells.sides[0][part.met])
    events = (outcome.of(inquiry.sides[part.side])[part.learned], outcome.of(inquiry.examined)[part.met])
    tables = [_counts(p, e, len(cells.rules)) for p, e in zip(places, events, strict=True)]
    for towards in (True, False):
        (there, spread), (here, other) = (_log_odds(*one, towards=towards) for one in tables)
        z = (there - here) / np.sqrt(spread + other)
        enough = (tables[0][0] >= LEAST_ROWS) & (tables[1][0] >= LEAST_ROWS) & (tables[0][0] < tables[0][2])
        plain = enough & (there >= STRONG) & (here <= LEFT * there) & (there >= 5 * np.sqrt(spread))
        for cell in np.flatnonzero(enough).tolist():
            p_value = _above(float(z[cell]))
            learned, met = (_count(one, cell, towards=towards) for one in tables)
            if plain[cell] and met.reach <= GONE * learned.reach:
                masks = (places[0] == cell, places[1] == cell)
                cue = (cells.column, cells.rules[cell], outcome, towards, part, learned, met, masks, float(z[cell]))
                found.append(Cue(*cue, p_value))
            else:
                tried.append(p_value)


def _counts(places: np.ndarray, events: np.ndarray, cells: int) -> tuple[np.ndarray, np.ndarray, int, int]:
    rows = np.bincount(places + 1, minlength=cells + 1)[1:]
    came = np.bincount(places + 1, weights=events, minlength=cells + 1)[1:]
    return rows, came, len(events), int(events.sum())


def _count(table: tuple[np.ndarray, np.ndarray, int, int], cell: int, *, towards: bool) -> Count:
    rows, events, every, came = int(table[0][cell]), int(table[1][cell]), table[2], table[3]
    return Count(rows, events, every, came) if towards else Count(rows, rows - events, every, every - came)


def _log_odds(
    rows: np.ndarray, events: np.ndarray, every: int, came: int, *, towards: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log odds ratio of each cell against all other rows, and its variance."""
    own = events if towards else rows - events
    whole = came if towards else every - came
    four = (own, rows - own, whole - own, every - rows - whole + own)
    held = [np.maximum(one, 0) + 0.5 for one in four]
    return np.log(held[0] * held[3] / (held[1] * held[2])), sum(1 / one for one in held)


def _above(z: float) -> float:
    """Return the chance that a standard normal variable is at least `z`."""
    from math import erfc, sqrt

    return max(0.5 * erfc(z / sqrt(2)), 1e-300)
