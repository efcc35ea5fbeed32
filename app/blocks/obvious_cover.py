"""Which of the open investigation's slices and clusters have a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app import asks, cached
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import ready
from app.jobs import Job
from app.kept_set import KeptSet
from app.text import code_free, md
from mispredict.investigation.desk import Progress

if TYPE_CHECKING:
    from mispredict.obvious.coverage import Coverage

LINES = 12


def coverage(held: KeptSet, name: str | None) -> Coverage | None:
    """Return the coverage where the investigation's groups are known already; None while it is being found out."""
    if name is None or not held.cases:
        return None
    groups = asks.grouped(name)
    if not groups.wait(0.05) or groups.state != "done":
        return None
    job = _placed(held, name, groups)
    found: Coverage | None = job.answer if job.wait(0.15) and job.state == "done" else None
    return found


def await_coverage(held: KeptSet, name: str) -> None:
    """Draw how far the search for slices and clusters is; the page runs again when it is over."""
    groups = asks.grouped(name)
    if ready(groups) and ready(_placed(held, name, groups)):
        st.rerun()


def _placed(held: KeptSet, name: str, groups: Job) -> Job:
    def work(_: Progress) -> Coverage:
        from mispredict.obvious.coverage import coverage_of, values_in

        return coverage_of(held.cases, groups.answer, values_in(cached.desks().get(name)))

    return cached.jobs().start(("coverage", name, held.digest), "Placing the cases", work)


def show_coverage(found: Coverage) -> None:
    """Draw the sentence and, behind it, every slice and cluster."""
    with st.expander(md(found.sentence), icon=":material/grid_view:", key="coverage"):
        rows = pd.DataFrame(
            [(one.kind, code_free(one.rule, limit=160), one.errors, len(one.cases)) for one in found.groups],
            columns=["kind", "rule", "errors", "cases"],
        )
        number, text = st.column_config.NumberColumn, st.column_config.TextColumn
        st.dataframe(
            rows,
            hide_index=True,
            row_height=ROW_HEIGHT,
            height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
            column_config={
                "kind": text("Of the errors"),
                "rule": text("Rule", width="large"),
                "errors": number("Errors"),
                "cases": number("Cases in the set"),
            },
        )
