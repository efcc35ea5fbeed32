"""Save what is looked at as a cohort, drop a saved one, take its rule along; with undo."""

from __future__ import annotations

import streamlit as st

from app import asks, keeping, session
from app.jobs import Job
from app.selected import Choice
from app.text import md
from app.wording import said
from mispredict.cohorts.cohort import SavedCohort
from mispredict.cohorts.selection import Selection


def save_popover(name: str, choice: Choice, selection: Selection) -> None:
    """Draw the form behind a button."""
    with st.popover("Save as cohort", icon=":material/bookmark_add:", key=f"save-{session.epoch('cohort')}"):
        st.text_input("Name", key="cohort-name", placeholder="Such as app, large amounts", max_chars=80)
        st.text_input("Why", key="cohort-reason", placeholder="Optional: what it is kept for")
        st.button("Save cohort", type="primary", key="save-cohort", on_click=_save, args=(name, choice, selection))


def drop_button(name: str, cohort: str) -> None:
    """Draw the button that forgets the cohort that is looked at."""
    st.button(
        "Drop this cohort", icon=":material/bookmark_remove:", key="drop-cohort", on_click=_drop, args=(name, cohort)
    )


def rule_popover(selection: Selection) -> None:
    """Draw the selection as text to copy: as the command and notebooks take it."""
    opened = st.popover("Copy", icon=":material/content_copy:", key="copy-selection", on_change="rerun")
    if not opened.open:
        return
    with opened:
        if selection.rule:
            st.markdown("**Rule**")
            st.code(selection.rule, language=None, wrap_lines=True, width=520)
        st.markdown("**Link** :gray[the part after the server's address]")
        query = session.query("errors")
        st.code(f"/errors?{query}", language=None, wrap_lines=True, width=520)


def kept_outcome(name: str) -> None:
    """Draw what saving or dropping came to, with undo."""
    failed = session.noted("cohort_failed")
    if failed is not None:
        st.error(f"**Not changed.**  \n{said(failed)}", icon=":material/error:")
    done = session.noted("cohort_done")
    if done is None:
        return
    verb, cohort = done
    with st.container(horizontal=True, vertical_alignment="center", key="kept"):
        st.success(f"Cohort {md(cohort.name)} is {verb}.", icon=":material/bookmark:")
        st.button("Undo", key="undo-cohort", icon=":material/undo:", on_click=_undo, args=(name, verb, cohort))


def _save(name: str, choice: Choice, selection: Selection) -> None:
    wanted = str(session.widget("cohort-name") or "").strip()
    origin = f"{choice.map or asks.USUAL_MAP} {choice.lasso}"[:1_000] if choice.kind == "lasso" else ""
    job = keeping.save(name, wanted, selection, reason=str(session.widget("cohort-reason") or ""), origin=origin)
    session.note("cohort_failed", job.failure)
    if job.failure is None:
        session.renew("cohort")
        session.select_only("cohort", job.answer.name)
        session.note("cohort_done", ("saved", job.answer))


def _drop(name: str, cohort: str) -> None:
    job = keeping.drop(name, cohort)
    session.note("cohort_failed", job.failure)
    if job.failure is None:
        session.select_only()
        session.note("cohort_done", ("dropped", job.answer))


def _undo(name: str, verb: str, cohort: SavedCohort) -> None:
    job = _turned_back(name, verb, cohort)
    if job.failure is None:
        session.select_only(*(("cohort", cohort.name) if verb == "dropped" else ()))
    session.note("cohort_failed", job.failure)


def _turned_back(name: str, verb: str, cohort: SavedCohort) -> Job:
    if verb == "saved":
        return keeping.drop(name, cohort.name)
    return keeping.save(name, cohort.name, cohort.selection, reason=cohort.reason, origin=cohort.origin)
