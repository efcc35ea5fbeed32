"""Slices and clusters as findings: a title, a sentence, and a way to look at their errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app import session
from app.blocks.tables import ROW_HEIGHT, clickable
from app.wording import count, counted, p_value, share
from mispredict.errors.findings import Cluster, Slice
from mispredict.investigation.desk import Groups

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
    sentence: str

    @property
    def title(self) -> str:
        """Return its name on the pages."""
        return f"{self.kind.capitalize()} {self.number}"

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
    sentence = (
        f"{count(found.errors)} of its {counted(found.rows, 'row')} are wrong "
        f"({share(found.errors / max(found.rows, 1))}) "
        f"where the model's own probabilities expect {count(found.expected_errors)}; "
        f"{found.lift:.1f} × the table's error rate, {p_value(found.p_adjusted)} after the whole search"
    )
    held = "" if found.heldout_z is None else f"; on rows the search never saw it holds with z = {found.heldout_z:.1f}"
    return Finding(
        "slice", number, found.rule, found.rows, found.errors, found.expected_errors, found.lift,
        p_value(found.p_adjusted), f"{sentence}{held}.",
    )  # fmt: skip


def _of_cluster(found: Cluster) -> Finding:
    sentence = (
        f"{counted(found.size, 'error')} that the model makes for the same reasons. The rule finds "
        f"{share(found.recall)} of them; {share(found.precision)} of what it finds belongs here, "
        f"and its rows are wrong {found.lift:.1f} × as often as the whole table's."
    )
    return Finding(
        "cluster", found.id + 1, found.rule or "no rule describes it", None, found.size, None, found.lift,
        f"recall {share(found.recall)}", sentence,
    )  # fmt: skip


def findings_table(found: tuple[Finding, ...]) -> None:
    """Draw the findings; a click goes to the errors of one."""
    rows = pd.DataFrame(
        [(f.title, f.rule, f.rows, f.errors, f.expected, f.lift, f.sureness) for f in found],
        columns=["finding", "rule", "rows", "errors", "expected", "lift", "sureness"],
    )
    number = st.column_config.NumberColumn
    clickable(
        rows,
        key="findings",
        on_row=lambda place: found[place].look(),
        height="content" if len(rows) <= LISTED else ROW_HEIGHT * (LISTED + 1) + 8,
        column_config={
            "finding": st.column_config.TextColumn("Finding", width="small"),
            "rule": st.column_config.TextColumn("Rule", width="large"),
            "rows": number("Rows", format="localized"),
            "errors": number("Errors", format="localized"),
            "expected": number("Expected", format="%.0f"),
            "lift": number("Error rate, × the table's", format="%.1f"),
            "sureness": st.column_config.TextColumn("How sure"),
        },
    )
    st.caption("Click a line to see its errors.")


def chosen(groups: Groups, kind: str, number: str | None) -> Finding | None:
    """Return the slice or cluster that an address names, None when there is no such one."""
    return next((f for f in findings(groups) if f.kind == kind and str(f.number) == number), None)


def look_away() -> Callable[[], None]:
    """Return a callback that goes back to all errors."""
    return lambda: session.choose(cluster=None, slice=None, lasso=None)
