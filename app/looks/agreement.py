"""Agreement: what every method says of the row, side by side, and the measured knock-out as a referee."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import asks
from app.blocks.contributions import CHART, notes
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import answered
from app.figures.correlations import draw_correlations
from app.shown import Shown, method_name
from app.text import md
from app.weighing import REFEREE, correlations, disputes, orders, shares
from app.wording import counted, digits_for, sentence, value
from explainers.agreement import Agreement
from mispredict.investigation.questions import HowAgreed

LISTED = 15  # columns that are seen without scrolling
FIRST = 4  # sentences that everybody reads


def show_agreement(shown: Shown) -> None:
    """Draw the section."""
    job = asks.asked(shown.name, HowAgreed(shown.row))
    if not answered(job):
        return
    found: Agreement = job.answer
    _sentences(disputes(found))
    table, ranks = st.columns([1.9, 1], gap="medium")
    with table:
        _table(found, shown)
    with ranks:
        _ranks(found)
    notes(found.knock_out.notes)
    for method, why in found.refused.items():
        st.caption(f"{method_name(method)} has no part in this: {md(why)}")


def _sentences(said: tuple[str, ...]) -> None:
    if not said:
        st.markdown("**No two methods contradict each other on this row.**")
        return
    lines = [f"- {sentence(one)}" for one in said]
    st.markdown("\n".join(lines[:FIRST]))
    if rest := lines[FIRST:]:
        with st.expander(f"{counted(len(rest), 'more sentence')}"):
            st.markdown("\n".join(rest))


def _table(found: Agreement, shown: Shown) -> None:
    rows = shares(found)
    measured = found.knock_out
    methods = [name for name in rows.columns if name != REFEREE]
    # m0, m1, ...: nothing in the settings is named by data
    shown_rows = (rows[methods] * 100).set_axis([f"m{place}" for place in range(len(methods))], axis=1)
    shown_rows.insert(0, "column", rows.index)
    shown_rows.insert(1, "value", [value(shown.found.values.get(column)) for column in rows.index])
    shown_rows.insert(2, "measured", [measured.changes[column] for column in rows.index])
    st.dataframe(
        shown_rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(rows) <= LISTED else ROW_HEIGHT * (LISTED + 1) + 8,
        column_config=_settings(methods, digits_for(measured.changes.values())),
    )
    st.caption(
        f"The knock-out is measured: the {md(measured.unit)} of {shown.towards(found.class_)}, less its mean with "
        "other rows' values in that one column. The methods' figures are shares of all they say: + raises, − lowers."
    )


def _settings(methods: list[str], digits: int) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    parts = {f"m{place}": number(method_name(name), format="%+.1f %%") for place, name in enumerate(methods)}
    return {
        "column": st.column_config.TextColumn("Column", pinned=True),
        "value": st.column_config.TextColumn("This row's value"),
        "measured": number("Knock-out", format=f"%+.{digits}f"),
        **parts,
    }


def _ranks(found: Agreement) -> None:
    st.markdown(" ".join(map(sentence, orders(found))))
    ranks = correlations(found)
    if len(ranks) < 2:
        return
    st.plotly_chart(draw_correlations(ranks.rename(index=method_name, columns=method_name)), key="ranks", config=CHART)
    st.caption("Rank correlation: 1 where two put the columns in the same order, 0 where the orders are unrelated.")
