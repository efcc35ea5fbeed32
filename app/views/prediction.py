"""The page that answers: why did the model say this, and why is it wrong."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.choosing import choice_now, ranking
from app.blocks.claiming import belongs, claim, highlights
from app.blocks.displaying import displayed
from app.blocks.header import opened_investigation
from app.blocks.promoting import outcome, promote_one
from app.blocks.stepping import steps
from app.blocks.tables import facts
from app.blocks.waiting import ready
from app.looks import show_looks
from app.selected import Choice, Selected, select
from app.shown import Shown
from app.wording import count, value
from mispredict.investigation.desk import Description, RowDetail


def show_prediction() -> None:
    """Draw the page."""
    held = opened_investigation()
    if held is None:
        return
    name, what = held
    order = _order(name)
    if order is None:
        return
    ids = order.rows["id"].astype(str).tolist()
    if session.current("row") is None and ids:
        session.choose(row=ids[0])
    row = session.current("row")
    if row is None:
        st.subheader("No errors: there is no worst prediction to explain", anchor=False)
    groups = asks.grouped(name)
    steps(ids, row, order.total, groups.answer if groups.state == "done" else None)
    if row is not None:
        _row(name, what, row)


def _order(name: str) -> Selected | None:
    scan = asks.scanned(name)
    if not ready(scan):
        return None
    by = ranking(session.current("by"))
    job = select(name, by, choice_now())
    if job.wait(1.0) and job.state == "failed":  # an unknown cluster in the address costs the order, not the page
        job = select(name, by, Choice())
    return job.answer if ready(job, patience=1.0) else None


def _row(name: str, what: Description, row: str) -> None:
    outcome()
    promote_one(name, row)
    job = asks.row(name, row)
    if not ready(job, patience=1.0):
        if job.state == "failed":
            st.button("To the worst error", icon=":material/arrow_back:", on_click=session.choose, kwargs={"row": None})
        return
    found: RowDetail = job.answer
    st.subheader(claim(what, found), anchor=False)
    belongs(name, found)
    highlights(what, found)
    displayed({column: found.values.get(column) for column, role in what.roles.items() if role == "display"})
    methods = asks.methods(name)
    if ready(methods):
        show_looks(Shown(name, what, found, methods.answer))
    _raw(what, found)


def _raw(what: Description, found: RowDetail) -> None:
    with st.expander("The row as it stands in the table", icon=":material/table_rows:"):
        facts([(_name(what, column), value(cell)) for column, cell in found.values.items()], ("Column", "Value"))
        st.caption(f"Position {count(found.position)} in the table, counted from 0.")


def _name(what: Description, column: str) -> str:
    role = what.roles.get(column)
    return f"{column} ({role.replace('_', ' ')})" if role else column


if __name__ == "__main__":
    show_prediction()
