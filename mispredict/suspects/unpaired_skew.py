"""Columns of a log that no row belongs to: two samples as findings, and clearly called weaker."""

from __future__ import annotations

import numpy as np

from mispredict.errors.predicates import rule_text
from mispredict.parity.unpaired import Change
from mispredict.suspects.detector import Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.lone_log import Entries, changes, entries
from mispredict.suspects.suspect import Chart, Series, Severity, Suspect, Where

MOVES = 0.002  # mean change of the score from which a column with a likely cause is looked into
MOST = 20  # findings
BARS = 12


def unpaired(inquiry: Inquiry, why_not: str) -> Found:
    """Return a finding a column that differs; `why_not` says why there are no pairs."""
    found, held = changes(inquiry), entries(inquiry)
    assert isinstance(found, list)
    assert isinstance(held, Entries)
    suspects = [*(_finding(inquiry, held, one, q, why_not) for one, q in found[:MOST]), _without_pairs(why_not)]
    scope = f"{len(held.rows):,} of {held.of:,} entries against {len(inquiry.examined):,} of {inquiry.examined.of:,}"
    order: dict[Severity, int] = {"certain": 0, "suspected": 1, "info": 2}
    return Found(tuple(sorted(suspects, key=lambda one: order[one.severity])), f"no pairs: {scope} rows")


def _without_pairs(why_not: str) -> Suspect:
    """Return what is worth knowing where pairs were to be expected: silence would look like agreement."""
    return Suspect(
        kind="skew",
        severity="info",
        culprits=(),
        score=0.0,
        weight=0.1,
        summary=f"The table and the log could only be compared as samples, which is weaker: {why_not}",
        cleared_by="nothing need be cleared: rows that are not joined can't be compared one by one",
        next_step="correct id, or entity and time, in [online], so that rows and entries join",
        evidence={"why there are no pairs": why_not},
    )


def _finding(inquiry: Inquiry, held: Entries, change: Change, q: float, why_not: str) -> Suspect:
    moved = (
        ""
        if change.moves is None or change.column not in inquiry.features
        else f"; moving the table's rows there changes the score by {change.moves:.3f} on average"
    )
    place = f"where {rule_text((change.where,))}, " if change.where is not None else ""
    guess = f", as if by {change.cause}" if change.cause is not None else ""
    return Suspect(
        kind="skew",
        severity=_severity(inquiry, change),
        culprits=(change.column,),
        score=change.moves or 0.0,
        weight=0.2 + min(0.2, change.moves or 0.0),
        summary=f"Without pairs, and so weaker: {place}`{change.column}` {change.words}{guess}{moved}",
        cleared_by="knowing that the service had other rows than the table: then this is traffic",
        next_step="log the table's id with each entry, so that the two can be compared row by row",
        p_value=change.p_value,
        q_value=q,
        cause=change.cause,
        where=Where(rule_text((change.where,)), (change.where,)) if change.where is not None else None,
        evidence={
            "why there are no pairs": why_not,
            "largest distance of the distributions (0 to 1)": round(change.variation, 4),
            "p-value of one distribution on both sides": change.p_value,
            "q-value over the columns compared (Benjamini-Hochberg)": q,
            "mean change of the score": "not told" if change.moves is None else round(change.moves, 5),
            "parameter": change.parameter or "none",
            "looked at": f"{len(held.rows):,} of {held.of:,} entries, {len(inquiry.examined):,} of "
            f"{inquiry.examined.of:,} rows",
        },
        charts=(_chart(inquiry, held, change.column),),
    )


def _severity(inquiry: Inquiry, change: Change) -> Severity:
    """Return suspected for what traffic hardly makes, where the model reads it and answers otherwise for it."""
    is_read = change.column in inquiry.features
    return "suspected" if is_read and change.cause is not None and (change.moves or 0.0) >= MOVES else "info"


def _chart(inquiry: Inquiry, held: Entries, column: str) -> Chart:
    from mispredict.suspects.coded import Coding
    from mispredict.suspects.shifted import cells_of

    sides = [held.rows[[column]], inquiry.examined.rows[[column]].reset_index(drop=True)]
    cells = cells_of(Coding.of(sides), column)
    here, there = cells.parts
    shown = np.sort(np.argsort(-np.maximum(here, there), kind="stable")[:BARS])
    names = tuple(cells.names[one] for one in shown)
    grown = tuple(bool(here[one] > there[one]) for one in shown)
    series = (
        Series("online", names, tuple(here[shown].tolist()), marked=grown),
        Series("offline", names, tuple(there[shown].tolist())),
    )
    return Chart("bars", "The column's values online and offline", column, "part of the rows", series)
