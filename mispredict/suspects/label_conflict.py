"""Rows that are equal in all that the model reads and have different labels, more often than chance has it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.detector import About, Found
from mispredict.suspects.equal_rows import EqualRows, equal_rows
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.second_opinions import opinions_of, why_no_opinions
from mispredict.suspects.suspect import Chart, Series, Suspect
from mispredict.tables.ids import ids_of

BEYOND_CHANCE = 1e-5  # p-value
LEAST = 5  # pairs that contradict each other
LEAST_LIFT = 1.3  # against the number that chance has
MOST_LISTED = 10_000


@dataclass(frozen=True)
class _Pairs:
    """Pairs of equal rows, no row in two of them."""

    number: int
    apart: int  # with different labels
    expected: float  # of them, by the chances of the labels
    p_value: float


class LabelConflict:
    """Finds equal rows with different labels."""

    kind = "label_conflict"
    about = About(
        title="Equal rows have different labels",
        needs="a column that a model reads; the training table too where there is one",
        how="all rows of both tables are compared, value by value, in the columns that a model reads; pairs of equal "
        "rows with different labels are counted against the number that the labels' chances promise",
        means="suspected: equal rows contradict each other more often than chance has it; it is never certain, since a "
        "column that nobody reads may tell them apart",
        clear="a column that tells the rows apart, or a second look that finds both labels right",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why rows can't be compared."""
        return why_no_opinions(inquiry)

    def find(self, inquiry: Inquiry) -> Found:
        """Return one finding, or none."""
        equal = equal_rows(inquiry)
        looked_at = f"{equal.columns:,} columns, all {equal.rows:,} labelled rows"
        if equal.groups < LEAST or not equal.is_conflict().any():
            return Found((), looked_at)
        pairs = _pairs(inquiry, equal)
        too_few = pairs.apart < max(LEAST, LEAST_LIFT * pairs.expected)
        if too_few or pairs.p_value > BEYOND_CHANCE:
            return Found((), looked_at)
        return Found((_suspect(inquiry, equal, pairs),), looked_at)


def _pairs(inquiry: Inquiry, equal: EqualRows) -> _Pairs:
    """Return neighbours within groups as pairs, and how many of them chance lets differ.

    Chances that hold on average promise at least as many conflicts as there are (by Jensen's inequality, since
    p (1 - p) is concave), so an excess is none of theirs.
    """
    from scipy.stats import binom

    starts = np.searchsorted(equal.group, np.arange(equal.groups))
    within = np.arange(len(equal.group)) - starts[equal.group]
    first = np.flatnonzero((within[:-1] % 2 == 0) & (equal.group[:-1] == equal.group[1:]))
    apart = int((equal.label[first] != equal.label[first + 1]).sum())
    rates = _conflict_rates(inquiry, equal)[equal.group[first]]
    p_value = float(binom.sf(apart - 1, len(first), min(1.0, float(rates.mean()))))
    return _Pairs(len(first), apart, float(rates.sum()), p_value)


def _conflict_rates(inquiry: Inquiry, equal: EqualRows) -> np.ndarray:
    """Return the chance that two rows of each group differ in their labels, shape (groups,)."""
    opinions = opinions_of(inquiry)
    sums, counts = np.zeros(equal.groups), np.zeros(equal.groups)
    overall = []
    for number, (side, chances) in enumerate(zip(inquiry.sides, opinions.sides, strict=True)):
        apart = 1 - (chances**2).sum(axis=1)
        overall.append(float(apart.mean()))
        own = np.flatnonzero(equal.side == number)
        places = np.searchsorted(side.positions, equal.position[own])
        places = np.minimum(places, len(side) - 1)
        known = side.positions[places] == equal.position[own]
        np.add.at(sums, equal.group[own[known]], apart[places[known]])
        np.add.at(counts, equal.group[own[known]], 1)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.mean(overall))


def _suspect(inquiry: Inquiry, equal: EqualRows, pairs: _Pairs) -> Suspect:
    is_conflict = equal.is_conflict()
    rows = _listed(inquiry, equal, is_conflict)
    named = "the examined table" if inquiry.training is None else "both tables"
    return Suspect(
        kind="label_conflict",
        severity="suspected",
        culprits=(inquiry.data.target,),
        score=pairs.apart / max(pairs.expected, 0.5),
        weight=_weight(inquiry, len(rows)),
        summary=f"{pairs.apart:,} of {pairs.number:,} pairs of rows that are equal in all {equal.columns:,} columns "
        f"read have different labels, where chance has {pairs.expected:,.1f}: labels of {named} contradict each other",
        cleared_by="a column that nobody reads and that tells the rows apart",
        next_step="look at the first pairs: if they are one thing recorded twice, keep the label that holds",
        p_value=pairs.p_value,
        rows=rows,
        evidence=_evidence(equal, pairs, is_conflict),
        charts=(_chart(pairs),),
    )


def _listed(inquiry: Inquiry, equal: EqualRows, is_conflict: np.ndarray) -> tuple[str, ...]:
    """Return ids of examined rows in conflict: those that fewest of their group agree with first."""
    _, kind, times = np.unique(
        np.stack([equal.group.astype(np.uint64), equal.label]), axis=1, return_inverse=True, return_counts=True
    )
    agree = times[kind.ravel()] / np.bincount(equal.group)[equal.group]
    own = np.flatnonzero(is_conflict & (equal.side == 0))
    own = own[np.lexsort((equal.position[own], equal.group[own], agree[own]))][:MOST_LISTED]
    if not len(own):
        return ()
    column = inquiry.data.id
    if column is None:
        return tuple(str(place) for place in equal.position[own].tolist())
    held = inquiry.examined.table.take(equal.position[own], [column])
    return tuple(str(one) for one in ids_of(held, column))


def _weight(inquiry: Inquiry, rows: int) -> float:
    return float(0.35 + 0.5 * min(1.0, 10 * rows / max(1, inquiry.examined.of)))


def _evidence(equal: EqualRows, pairs: _Pairs, is_conflict: np.ndarray) -> dict[str, object]:
    examined = equal.conflicts(equal.side == 0)
    training = equal.conflicts(equal.side == 1)
    every = equal.conflicts(np.ones(len(equal.group), dtype=bool))
    return {
        "groups of equal rows": equal.groups,
        "groups with different labels": int(every.sum()),
        "within the examined table": int(examined.sum()),
        "within the training table": int(training.sum()),
        "only across the tables": int((every & ~examined & ~training).sum()),
        "pairs": pairs.number,
        "pairs with different labels": pairs.apart,
        "expected by chance": round(pairs.expected, 2),
        "rows in conflict": int(is_conflict.sum()),
        "rows of the examined table in conflict": int((is_conflict & (equal.side == 0)).sum()),
    }


def _chart(pairs: _Pairs) -> Chart:
    return Chart(
        form="bars",
        title="Pairs of equal rows have different labels more often than chance has it",
        x_title="pairs with different labels",
        y_title="pairs",
        series=(Series("pairs", ("found", "by chance"), (float(pairs.apart), pairs.expected)),),
    )
