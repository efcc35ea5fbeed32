"""One case opened: its row, why, its explanation then and now, its history, its neighbours in the set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app import promotions, session
from app.blocks.obvious_edit import edit_form
from app.blocks.promoting import SEVERITY
from app.blocks.tables import ROW_HEIGHT, clickable
from app.figures.contributions import draw_contributions
from app.kept_set import KeptSet
from app.obvious_words import STATUS
from app.text import code_free, md
from app.wording import moment, said, value
from explainers.explanation import Explanation
from mispredict.investigation.desk import Description

if TYPE_CHECKING:
    from mispredict.investigation.explained import Explained
    from mispredict.obvious.case import Case
    from mispredict.obvious.checking import Checked
    from mispredict.obvious.neighbours import Neighbour

CHART = {"displayModeBar": False, "scrollZoom": False}
LINES = 12


def show_case(held: KeptSet, case: Case, what: Description | None, checked: Checked | None) -> None:
    """Draw the case in a box of its own."""
    with st.container(border=True, key="case"):
        _head(held, case, what)
        row, words = st.columns([1, 1.25], gap="medium")
        with row:
            _row(case)
        with words:
            _why(held, case)
            _neighbours(held, case)
        _explanations(case, checked)
        _history(case)


def _head(held: KeptSet, case: Case, what: Description | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="case-head"):
        st.markdown(f"#### {SEVERITY[case.severity]}: {md(case.id)}", anchors=False, width="content")
        st.space("stretch")
        if what is not None and what.data_sha256 == case.source.data_sha256:
            st.button("See its prediction", key="see-case", icon=":material/search_insights:", on_click=_look_at,
                      args=(case.source.row,))  # fmt: skip
        with st.popover("Edit", icon=":material/edit:", key=f"editing-{session.epoch('edit')}"):
            edit_form(case, held.seen(case.id))
        st.button("Retire", key="retire", icon=":material/block:", on_click=_retire, args=(case.id,),
                  help="It leaves the set and keeps its history.")  # fmt: skip
        st.button("Close", key="close-case", on_click=session.choose, kwargs={"case": None})
    whose, failed = session.noted("edit_failed", (None, None))
    if failed is not None and whose == case.id:
        st.error(f"**Not saved.**  \n{said(failed)}", icon=":material/group:")


def _row(case: Case) -> None:
    rows = pd.DataFrame([(name, value(case.row[name])) for name in case.row], columns=["column", "value"])
    text = st.column_config.TextColumn
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config={"column": text("Column"), "value": text("Frozen value")},
    )


def _why(held: KeptSet, case: Case) -> None:
    facts = [f"**{md(case.reason)}**", f"What must hold: {md(case.expect.wanted())}."]
    for run in held.runs:
        told = held.statuses[run.seq].get(case.id)
        facts.append(f"{STATUS[told] if told else '– not asked'}: {md(run.model)}")
    facts.append(f":gray[{_promoted(case)}]")
    st.markdown("  \n".join(facts))


def _promoted(case: Case) -> str:
    score = "" if case.model.score is None else f" The model then said {case.model.score:.3f}."
    parts = [f"Promoted by {md(case.promoted_by)}, {moment(case.promoted_at)}.{score}"]
    for name, told in (("Incident", case.incident), ("Owner", case.owner), ("Holds until", case.expires)):
        parts += [f"{name}: {md(told)}."] if told else []
    return " ".join([*parts, *([f"Tags: {md(', '.join(case.tags))}."] if case.tags else [])])


def _neighbours(held: KeptSet, case: Case) -> None:
    from mispredict.obvious.neighbours import nearest

    near = nearest(case, held.cases, limit=4)
    if not near:
        return
    st.markdown("**Nearest in the set**")
    lines = [(n.case.id, _distance(n), code_free(n.case.reason, limit=120)) for n in near]
    rows = pd.DataFrame(lines, columns=["id", "distance", "reason"])
    ids, text = [n.case.id for n in near], st.column_config.TextColumn
    clickable(
        rows,
        key="neighbours",
        on_row=lambda place: session.choose(case=ids[place]),
        height="content",
        column_config={
            "id": text("Case", width="medium"),
            "distance": text("Distance", help="0: the same row; 1: another value in every column (Gower)."),
            "reason": text("Why", width="large"),
        },
    )


def _distance(found: Neighbour) -> str:
    return f"{found.distance:.2f}{' (all but equal)' if found.is_twin else ''}"


def _explanations(case: Case, checked: Checked | None) -> None:
    drawn = [("At promotion", case.explanation)] if case.explanation else []
    for result in checked.matrix.results if checked else ():
        now = next((o.explanation for o in result.outcomes if o.case.id == case.id), None)
        drawn += [(f"Now, {result.model}", now)] if now else []
    if not drawn:
        return
    columns = st.columns(max(2, len(drawn)), gap="medium")
    if len(drawn) == 1:
        columns[1].caption("Check a model to see beside it why it answers as it does now.")
    for place, (column, (title, explained)) in enumerate(zip(columns, drawn, strict=False)):
        with column:
            st.markdown(f"**{md(title)}** :gray[by {md(explained.method)}, for {md(explained.of)}]")
            figure = draw_contributions(_explanation(explained, case), case.row, axis=f"{explained.unit}")
            st.plotly_chart(figure, key=f"case-why-{place}", config=CHART)


def _explanation(told: Explained, case: Case) -> Explanation:
    return Explanation(
        case.source.row, told.of, told.method, told.unit, told.base, told.score, told.values, additive=True  # type: ignore[arg-type]
    )  # fmt: skip


def _history(case: Case) -> None:
    job = promotions.history(case.id)
    if job.failure is not None:
        st.caption(said(job.failure))
        return
    with st.expander(f"History: {len(job.answer.lines)} entries", icon=":material/history:", key="case-history"):
        st.markdown("  \n".join(md(line) for line in reversed(job.answer.lines)))


def _look_at(row: str) -> None:
    session.choose(row=row)
    session.wish("prediction")


def _retire(case: str) -> None:
    job = promotions.retire(case, promotions.me())
    session.note("promote_failed", job.failure)
    if job.failure is None:
        session.note("promoted", {"cases": [case], "sentence": f"Case {md(case)} is retired."})
        session.choose(case=None)
    session.renew("cases")
