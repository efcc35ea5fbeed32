"""Slices and clusters as findings: a title, a sentence, and a way to look at their errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app import session
from app.blocks.tables import ROW_HEIGHT, clickable
from app.rules import rule_words
from app.wording import count, counted, p_value, share, times
from mispredict.errors.findings import Cluster, Condition, Slice
from mispredict.errors.null import DRAWS
from mispredict.errors.predicates import holds
from mispredict.investigation.desk import Groups, RowDetail

FLOOR = 1 / (1 + DRAWS)  # the smallest p-value that the simulation can give
LISTED = 6  # lines of the table that are seen without scrolling: the charts below should be on the first screen


@dataclass(frozen=True)
class Finding:
    """One slice or cluster, named as it is in addresses: `slice=1`, `cluster=1`."""

    kind: str  # "slice" or "cluster"
    number: int  # from 1
    rule: str
    rows: int | None
    errors: int
    expected: float | None
    lift: float
    sureness: str
    claim: str  # how many are wrong
    sentence: str  # how sure that is
    conditions: tuple[Condition, ...]

    @property
    def title(self) -> str:
        """Return its name on the pages."""
        return f"{self.kind.capitalize()} {self.number}"

    @property
    def heading(self) -> str:
        """Return its name with its rule."""
        return f"{self.title}, where {self.rule}" if self.conditions else self.title

    def look(self) -> None:
        """Go and look at its errors (a callback)."""
        other = "cluster" if self.kind == "slice" else "slice"
        session.choose(**{self.kind: str(self.number), other: None, "lasso": None})
        session.wish("errors")


def findings(groups: Groups) -> tuple[Finding, ...]:
    """Return slices, then clusters, each the most serious first."""
    slices = [_of_slice(number, found) for number, found in enumerate(groups.slices, start=1)]
    return (*slices, *(_of_cluster(found) for found in groups.clusters))


def _of_slice(number: int, found: Slice) -> Finding:
    sure = p_value(found.p_adjusted, FLOOR)
    sentence = (
        f"That is {share(found.errors / max(found.rows, 1))} of them, {times(found.lift)} as often as in the whole "
        f"table; going by its own probabilities the model should get about {count(found.expected_errors)} wrong. "
        f"It is hardly chance: {sure} for the whole search"
    )
    held = (
        ""
        if found.heldout_z is None
        else f", and rows that the search never saw confirm it (z = {found.heldout_z:.1f})"
    )
    return Finding(
        "slice", number, rule_words(found.conditions), found.rows, found.errors, found.expected_errors, found.lift,
        sure, f"{count(found.errors)} of {counted(found.rows, 'prediction')} are wrong", f"{sentence}{held}.",
        found.conditions,
    )  # fmt: skip


def _of_cluster(found: Cluster) -> Finding:
    sentence = (
        f"The rule finds {share(found.recall)} of them; {share(found.precision)} of what it finds belongs here, "
        f"and its rows are wrong {times(found.lift)} as often as the whole table's."
    )
    rule = rule_words(found.conditions) if found.conditions else "no rule describes it"
    return Finding(
        "cluster", found.id + 1, rule, None, found.size, None, found.lift, f"rule finds {share(found.recall)}",
        f"{counted(found.size, 'error')} made for the same reasons",
        sentence if found.conditions else "", found.conditions,
    )  # fmt: skip


def findings_table(found: tuple[Finding, ...]) -> None:
    """Draw the findings; a click goes to the errors of one."""
    rows = pd.DataFrame(
        [(f.title, f.rule, f.rows, f.errors, _whole(f.expected), f.lift, f.sureness) for f in found],
        columns=["finding", "rule", "rows", "errors", "expected", "lift", "sureness"],
    )
    number = st.column_config.NumberColumn
    clickable(
        rows,
        key="findings",
        on_row=lambda place: found[place].look(),
        height="content" if len(rows) <= LISTED else ROW_HEIGHT * (LISTED + 1) + 8,
        column_config={
            "finding": st.column_config.TextColumn("Finding", width=75),
            "rule": st.column_config.TextColumn("Rule", width="large"),
            "rows": number("Rows", format="localized", width=65),
            "errors": number("Errors", format="localized", width=65),
            "expected": number("Expected", format="localized", width=75),
            "lift": number("× usual rate", format="%.1f", width=90, help="Over the whole table's error rate."),
            "sureness": st.column_config.TextColumn("Evidence", width=115),
        },
    )
    st.caption("Click a line to see its errors.")


def _whole(figure: float | None) -> int | None:
    return None if figure is None else round(figure)


def chosen(groups: Groups, kind: str, number: str | None) -> Finding | None:
    """Return the slice or cluster that an address names, None when there is no such one."""
    return next((f for f in findings(groups) if f.kind == kind and str(f.number) == number), None)


def findings_of(groups: Groups, row: RowDetail) -> tuple[Finding, ...]:
    """Return the slices whose rule holds for a row, and its cluster."""
    alone = pd.DataFrame([row.values])
    return tuple(
        f
        for f in findings(groups)
        if (f.kind == "slice" and bool(holds(f.conditions, alone)[0]))
        or (f.kind == "cluster" and row.cluster is not None and f.number == row.cluster + 1)
    )


def look_away() -> Callable[[], None]:
    """Return a callback that goes back to all errors."""
    return lambda: session.choose(cluster=None, slice=None, lasso=None)
