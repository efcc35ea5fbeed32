"""Slices and clusters as findings: a title, a sentence, and a way to look at their errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
import streamlit as st

from app import session
from app.blocks.tables import ROW_HEIGHT, clickable
from app.rules import rule_words
from app.saying import cluster_sentence, slice_sentence
from app.wording import count, counted, p_value
from mispredict.errors.findings import Cluster, Condition, Slice
from mispredict.errors.null import FLOOR
from mispredict.errors.predicates import holds
from mispredict.investigation.desk import Groups, RowDetail

NONE = "–"
LISTED = 6  # lines of the table that are seen without scrolling: the charts below should be on the first screen


@dataclass(frozen=True)
class Finding:
    """One slice or cluster, named as it is in addresses: `slice=1`, `cluster=1`."""

    kind: Literal["slice", "cluster"]
    number: int  # from 1
    rule: str
    rows: int | None  # that the rule holds for, None without one
    errors: int  # of a slice's rows; a cluster's own
    expected: float | None
    lift: float
    sureness: str
    claim: str  # how many are wrong
    source: Slice | Cluster

    @property
    def title(self) -> str:
        """Return its name on the pages."""
        return f"{self.kind.capitalize()} {self.number}"

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return its rule's conditions, none where no rule describes it."""
        return self.source.conditions

    @property
    def heading(self) -> str:
        """Return its name with its rule."""
        return f"{self.title}, where {self.rule}" if self.conditions else self.title

    def plain(self, of_rows: int) -> str:
        """Return its sentence, which is no Markdown; `of_rows` are the table's."""
        if isinstance(self.source, Slice):
            return slice_sentence(self.source, of_rows, FLOOR)
        return cluster_sentence(self.source, of_rows)

    def pick(self) -> None:
        """Look at its errors on this page, with the lists still beside the map (a callback)."""
        session.select_only(self.kind, str(self.number))
        session.choose(view="groups")

    def look(self) -> None:
        """Go and look at its errors (a callback)."""
        session.select_only(self.kind, str(self.number))
        session.choose(view=None)
        session.wish("errors")


def findings(groups: Groups) -> tuple[Finding, ...]:
    """Return slices, then clusters, each the most serious first."""
    slices = [_of_slice(number, found) for number, found in enumerate(groups.slices, start=1)]
    return (*slices, *(_of_cluster(found) for found in groups.clusters))


def _of_slice(number: int, found: Slice) -> Finding:
    return Finding(
        "slice", number, rule_words(found.conditions), found.rows, found.errors, found.expected_errors, found.lift,
        _evidence(p_value(found.p_adjusted, FLOOR), found.heldout_ratio),
        f"{count(found.errors)} of {counted(found.rows, 'prediction')} are wrong", found,
    )  # fmt: skip


def _of_cluster(found: Cluster) -> Finding:
    claim = f"{counted(found.size, 'error')} made for the same reasons"
    if not found.conditions:
        return Finding(
            "cluster", found.id + 1, "no rule describes it", None, found.size, None, found.lift, NONE, claim, found
        )
    sure = NONE if found.p_adjusted is None else p_value(found.p_adjusted)
    return Finding(
        "cluster", found.id + 1, rule_words(found.conditions), found.rule_rows, found.size, found.expected_errors,
        found.lift, _evidence(sure, found.heldout_ratio), claim, found,
    )  # fmt: skip


def _evidence(p: str, heldout: float | None) -> str:
    return p if heldout is None else f"{p}; held out {heldout:.1f} ×"


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
            "sureness": st.column_config.TextColumn("Evidence", width=185),
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


def look_away() -> None:
    """Go back to all errors (a callback)."""
    session.select_only()
