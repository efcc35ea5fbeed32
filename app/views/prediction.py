"""The page that answers: why did the model say this."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.explaining import show_explanation
from app.blocks.findings import findings_of
from app.blocks.header import opened_investigation
from app.blocks.promoting import outcome, promote_one
from app.blocks.tables import clickable, facts, listed
from app.blocks.waiting import ready
from app.jobs import Job
from app.selected import Choice, Selected, select
from app.text import code_free, md
from app.wording import chance, count, counted, sentence, value
from mispredict.investigation.desk import Description, Ranking, RowDetail

LONGEST = 60  # characters of a finding's rule on a button


def show_prediction() -> None:
    """Draw the page."""
    held = opened_investigation()
    if held is None:
        if session.current("inv") is None:
            st.markdown("No investigation is open. Open one on the Overview page.")
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
    _steps(ids, row, order.total)
    if row is not None:
        _row(name, what, row)


def _order(name: str) -> Selected | None:
    scan = asks.scanned(name)
    if not ready(scan):
        return None
    by: Ranking = "cost" if session.current("by") == "cost" else "surprise"
    choice = Choice(session.current("cluster"), session.current("slice"), session.current("lasso"))
    job = select(name, by, choice)
    if job.wait(1.0) and job.state == "failed":  # an unknown cluster in the address costs the order, not the page
        job = select(name, by, Choice())
    return job.answer if ready(job, patience=1.0) else None


def _steps(ids: list[str], row: str | None, total: int) -> None:
    at = ids.index(row) if row in ids else None
    by = "surprise × cost" if session.current("by") == "cost" else "surprise"
    with st.container(horizontal=True, vertical_alignment="center", key="steps"):
        last = len(ids) - 1
        st.button(
            "Previous worst", key="previous", shortcut="K", icon=":material/arrow_upward:", on_click=_step,
            args=(ids, at, -1), disabled=not ids or at == 0,
        )  # fmt: skip
        st.button(
            "Next worst", key="next", shortcut="J", icon=":material/arrow_downward:", on_click=_step,
            args=(ids, at, 1), disabled=not ids or at == last,
        )  # fmt: skip
        within = (
            ""
            if Choice(session.current("cluster"), session.current("slice"), session.current("lasso")).is_all
            else " of the chosen ones"
        )
        place = (
            f"{at + 1} of {count(total)} errors by {by}{within}" if at is not None else "Not among the errors listed"
        )
        st.markdown(f":gray[{place}]", width="content")
        st.space("stretch")
        st.button(
            "Promote", key="promote", shortcut="P", type="primary", icon=":material/verified:", disabled=row is None,
            on_click=session.setter("promoting", row),
        )  # fmt: skip
        st.text_input(
            "Row", key="control.row-id", placeholder="Go to a row by its id", label_visibility="collapsed", width=220,
            on_change=_go_to,
        )  # fmt: skip


def _step(ids: list[str], at: int | None, by: int) -> None:
    session.note("promoted", None)  # what was said of the row before
    session.choose(row=ids[0 if at is None else max(0, min(len(ids) - 1, at + by))])


def _go_to() -> None:
    wanted = str(session.noted_control("row-id") or "").strip()
    if wanted:
        session.choose(row=wanted)
        session.set_control("row-id", "")


def _row(name: str, what: Description, row: str) -> None:
    outcome()
    promote_one(name, row)
    job = asks.row(name, row)
    if not ready(job, patience=1.0):
        if job.state == "failed":
            st.button("To the worst error", icon=":material/arrow_back:", on_click=session.choose, kwargs={"row": None})
        return
    found: RowDetail = job.answer
    st.subheader(_claim(what, found), anchor=False)
    _belongs(name, found)
    _highlights(what, found)
    show_explanation(name, what, found)
    _alike(name, what, row)
    _raw(what, found)


def _claim(what: Description, found: RowDetail) -> str:
    p = found.probabilities.get(str(found.predicted), 0.0)
    called = f"Row {md(found.id)} was called {md(what.target)} = {md(found.predicted)} with probability {chance(p)}"
    return f"{called}; it is {md(found.truth)}" if found.is_error else f"{called}, and that is right"


def _belongs(name: str, found: RowDetail) -> None:
    """Say which findings the row is part of, each a way back to all that share it."""
    groups = asks.grouped(name)
    within = findings_of(groups.answer, found) if groups.state == "done" else ()
    if not within:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="belongs"):
        st.markdown(":gray[Part of]", width="content")
        for part in within:
            st.button(
                f"{md(code_free(part.heading, limit=LONGEST))} · {count(part.errors)} wrong",
                key=f"part-{part.kind}-{part.number}", on_click=part.look,
            )  # fmt: skip


def _highlights(what: Description, found: RowDetail) -> None:
    event = found.predicted if what.positive is None else what.positive
    p = found.probabilities.get(str(event), 0.0)
    shown = [
        ("True", md(found.truth), None),
        ("Predicted", md(found.predicted), None),
        (f"Probability of {md(event)}", chance(p), None),
        ("Surprise, nats", f"{found.surprise:.3f}", "The row's log loss: −log p of the true class."),
        ("Rank by surprise", "–" if found.rank is None else count(found.rank), None),
    ]
    if "cost" in what.roles.values():
        shown.append(("Cost", f"{found.cost:,.2f}", "What an error on this row costs."))
    with st.container(key="highlights"):
        for place, (label, figure, about) in zip(st.columns(len(shown), gap="small"), shown, strict=True):
            place.metric(label, figure, border=True, help=about)


def _alike(name: str, what: Description, row: str) -> None:
    st.markdown("**Rows like it**")
    job: Job = asks.alike(name, row)
    if not ready(job):
        return
    if not len(job.answer.rows):
        st.caption("No row is near this one.")
        return
    shown, columns = listed(job.answer.rows, what)
    ids = job.answer.rows["id"].astype(str).tolist()
    clickable(
        shown, key="alike", on_row=lambda place: session.choose(row=ids[place]), height="content", column_config=columns
    )
    st.caption(" ".join([f"{counted(len(ids), 'row')}, the most alike first.", *map(sentence, job.answer.notes)]))


def _raw(what: Description, found: RowDetail) -> None:
    with st.expander("The row as it stands in the table", icon=":material/table_rows:"):
        facts([(_name(what, column), value(cell)) for column, cell in found.values.items()], ("Column", "Value"))
        st.caption(f"Position {count(found.position)} in the table, counted from 0.")


def _name(what: Description, column: str) -> str:
    role = what.roles.get(column)
    return f"{column} ({role.replace('_', ' ')})" if role else column


if __name__ == "__main__":
    show_prediction()
