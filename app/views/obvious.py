"""The page that answers: what may nobody ever get wrong again, and does the model get it right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from app import checking, promotions, session, sharing
from app.blocks.header import opened_investigation
from app.blocks.promoting import SEVERITY, outcome
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import ready
from app.exporting import zip_name, zip_of
from app.text import md
from app.wording import count, counted, moment, said
from mispredict.investigation.desk import Description

if TYPE_CHECKING:
    from mispredict.obvious.case import Case
    from mispredict.obvious.check import CheckResult, Outcome

OTHER = "Another model file"
STATUS = {"passed": "✓ passed", "failed": "✕ failed", "unchecked": "? not checked", "expired": "– expired"}


def show_obvious() -> None:
    """Draw the page."""
    held = opened_investigation()
    read = promotions.listed()
    if read.failure is not None:
        st.error(f"**The obvious set can't be read.**  \n{said(read.failure)}", icon=":material/error:")
        return
    cases: tuple[Case, ...] = read.answer
    st.subheader(_claim(cases), anchor=False)
    outcome()
    if not cases:
        st.markdown("Open an error on the Prediction page and promote it: it becomes the first case here.")
        return
    _download(cases)
    _cases(cases, held[1] if held else None)
    _check(cases, held[0] if held else None)


def _claim(cases: Sequence[Case]) -> str:
    if not cases:
        return "No cases yet"
    by = Counter(case.severity for case in cases)
    words = ", ".join(counted(by[s], s) if s == "blocker" else f"{count(by[s])} {s}" for s in SEVERITY if by[s])
    return f"{counted(len(cases), 'case')} that no model may get wrong: {words}"


def _download(cases: Sequence[Case]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the test folder",
            data=lambda: zip_of(cases),
            file_name=zip_name(cases),
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key="download",
        )
        st.markdown(":gray[A folder that runs with pytest and pandas alone, wherever the next model is built.]")


def _cases(cases: Sequence[Case], what: Description | None) -> None:
    rows = pd.DataFrame(
        [
            (
                c.id,
                SEVERITY[c.severity],
                c.expect.wanted(),
                c.reason,
                c.promoted_by,
                moment(c.promoted_at),
                c.incident or "–",
                c.source.row,
            )
            for c in cases
        ],
        columns=["id", "severity", "expect", "reason", "who", "when", "incident", "row"],
    )
    text = st.column_config.TextColumn
    picked = st.dataframe(
        rows,
        key=f"cases-{session.epoch('cases')}",
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(cases) <= 12 else 400,
        column_config={
            "id": text("Case"),
            "severity": text("Severity"),
            "expect": text("What must hold", width="medium"),
            "reason": text("Why", width="large"),
            "who": text("Promoted by"),
            "when": text("When"),
            "incident": text("Incident"),
            "row": text("Row"),
        },
    )
    places = picked["selection"]["rows"]
    if places and places[0] < len(cases):
        _picked(cases[places[0]], what)
    else:
        st.caption("Select a case to see its prediction or to retire it.")


def _picked(case: Case, what: Description | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if what is not None and what.data_sha256 == case.source.data_sha256:
            st.button(
                "See its prediction", key="see-case", icon=":material/search_insights:", on_click=_look_at,
                args=(case.source.row,),
            )  # fmt: skip
        st.button("Retire this case", key="retire", icon=":material/block:", on_click=_retire, args=(case.id,))
        st.markdown(f":gray[{md(case.id)}: retired cases keep their history.]")


def _look_at(row: str) -> None:
    session.choose(row=row)
    session.wish("prediction")


def _retire(case: str) -> None:
    job = promotions.retire(case, promotions.me())
    session.note("promote_failed", job.failure)
    if job.failure is None:
        session.note("promoted", {"cases": [case], "sentence": f"Case {md(case)} is retired."})
    session.renew("cases")


def _check(cases: Sequence[Case], name: str | None) -> None:
    st.markdown("**Check a model**")
    models = promotions.do("Reading the investigation", lambda _: checking.models_of(name) if name else {}).answer or {}
    offered = [*models, OTHER] if sharing.files_are_taken() else [*models]
    if not offered:
        st.info(f"No investigation is open that names a model. {sharing.WHY_OFF}", icon=":material/lock:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = st.segmented_control("Model", offered, default=offered[0], key="check-model", required=True)
        if which == OTHER:
            st.text_input("Path of a model file on the computer that runs this app", key="check-path")
        chosen = models.get(str(which), Path(str(session.widget("check-path") or "").strip()).expanduser())
        st.button(
            f"Check {counted(len(cases), 'case')}", type="primary", key="check", icon=":material/play_arrow:",
            on_click=_start, args=(cases, chosen), disabled=which == OTHER and not session.widget("check-path"),
        )  # fmt: skip
    if OTHER not in offered:
        st.caption(sharing.WHY_OFF)
    key = session.noted("check")
    job = checking.job(key) if key else None
    if job is not None and ready(job):
        _result(job.answer)


def _start(cases: Sequence[Case], model: Path) -> None:
    session.note("check", checking.start(cases, model))


def _result(result: CheckResult) -> None:
    passed, whole = result.count("passed"), len(result.outcomes)
    if result.broken:
        worst = Counter(SEVERITY[o.case.severity].lower() for o in result.broken)
        words = ", ".join(f"{count(n)} {severity}" for severity, n in worst.items())
        st.error(
            f"**{md(result.model)} breaks {len(result.broken)} of {counted(whole, 'case')}** ({words}).",
            icon=":material/cancel:",
        )
    else:
        expired = f"; {counted(result.count('expired'), 'case')} expired" if result.count("expired") else ""
        st.success(
            f"**{md(result.model)} gets {count(passed)} of {counted(whole, 'case')} right**{expired}.",
            icon=":material/check_circle:",
        )
    ordered = sorted(result.outcomes, key=lambda o: (o.status == "passed", o.case.id))
    rows = pd.DataFrame(
        [
            (
                STATUS[o.status],
                o.case.id,
                SEVERITY[o.case.severity],
                o.wanted,
                _given(o),
                o.score,
                o.error or "",
                o.case.reason,
            )
            for o in ordered
        ],
        columns=["status", "id", "severity", "wanted", "given", "score", "error", "reason"],
    )
    text = st.column_config.TextColumn
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if whole <= 12 else 400,
        column_config={
            "status": text("Result"),
            "id": text("Case"),
            "severity": text("Severity"),
            "wanted": text("What must hold", width="medium"),
            "given": text("What the model says", width="medium"),
            "score": st.column_config.NumberColumn("Probability", format="%.3f", help="Of the class that must hold."),
            "error": text("Why not checked") if any(o.error for o in ordered) else None,
            "reason": text("Why it matters", width="large"),
        },
    )


def _given(outcome: Outcome) -> str:
    """Return the answer; the probability stands in a column of its own."""
    if outcome.given is None:
        return "–"
    return outcome.given.partition(" (")[0] if outcome.case.expect.kind == "label" else "–"


if __name__ == "__main__":
    show_obvious()
