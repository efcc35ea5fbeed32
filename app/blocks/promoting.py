"""From an error to a case: what must hold, how bad it would be, and why; with undo instead of "are you sure?"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from app import promotions, session
from app.text import md
from app.wording import counted, said

if TYPE_CHECKING:
    from mispredict.obvious.case import Case
    from mispredict.obvious.freeze import Why

EXPECT = {
    "label": "The true class",
    "at_least": "A probability of at least",
    "at_most": "A probability of at most",
    "between": "A probability between",
}
SEVERITY = {"blocker": "Blocker", "major": "Major", "minor": "Minor"}
MOST = 50  # rows promoted at once: more than anybody can vouch for


def promote_one(name: str, row: str) -> None:
    """Draw the form for one row, when it was asked for."""
    if session.noted("promoting") != row:
        return
    with st.container(border=True, key="promote-form"):
        st.markdown(f"**Promote row {md(row)} to the obvious set**")
        _fields()
        with st.container(horizontal=True):
            st.button("Save case", type="primary", key="save-case", on_click=_save, args=(name, [row]))
            st.button("Close", key="close-form", on_click=session.setter("promoting", None))


def promote_many(name: str, rows: Sequence[str], typical: Sequence[str] = ()) -> None:
    """Draw the form for several rows behind a button: the worst of them or, of a cluster, its most `typical` ones."""
    with st.popover("Promote several", icon=":material/verified:"):
        orders = {"worst": "The worst first"} | ({"typical": "The most typical first"} if typical else {})
        if len(orders) > 1:
            order = st.segmented_control("Which", list(orders), format_func=orders.get, default="typical", key="which",
                                         required=True)  # fmt: skip
            rows = typical if order == "typical" else rows
        most = min(len(rows), MOST)
        number = int(st.number_input("How many of these", 1, most, min(5, most), key=f"many-{len(rows)}"))
        _fields()
        st.button(
            f"Save {counted(number, 'case')}",
            type="primary",
            key="save-many",
            on_click=_save,
            args=(name, rows[:number]),
        )


def outcome() -> None:
    """Draw what the last promotion came to, with undo."""
    failed = session.noted("promote_failed")
    if failed is not None:
        st.error(f"**Not saved.**  \n{said(failed)}", icon=":material/error:")
    saved = session.noted("promoted")
    if saved is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="promoted"):
        st.success(saved["sentence"], icon=":material/verified:")
        st.button("Undo", key="undo", shortcut="Z", icon=":material/undo:", on_click=_undo, args=(saved["cases"],))


def _fields() -> None:
    first, second = st.columns([1.2, 1])
    kind = first.selectbox("What must hold", list(EXPECT), format_func=EXPECT.get, key="expect")
    if kind != "label":
        with second:
            _limits(kind)
    st.segmented_control(
        "How bad if it fails", list(SEVERITY), format_func=SEVERITY.get, default="major", required=True, key="severity"
    )
    st.text_input("Why", key="reason", placeholder="What makes this one obvious?")
    incident, owner = st.columns([1.2, 1])
    incident.text_input("Incident", key="incident", placeholder="Optional: a ticket or a link")
    owner.text_input("Owner", key="owner", placeholder="Optional: who is asked when it fails")
    tags, by = st.columns([1.2, 1])
    tags.text_input("Tags", key="tags", placeholder="Optional, between commas")
    by.text_input("Promoted by", key="by-whom", value=promotions.me())


def _limits(kind: str) -> None:
    low, high = st.columns(2) if kind == "between" else (st.container(), None)
    low.number_input("Limit" if high is None else "From", 0.0, 1.0, 0.5, 0.05, key="limit-low")
    if high is not None:
        high.number_input("To", 0.0, 1.0, 1.0, 0.05, key="limit-high")


def _save(name: str, rows: Sequence[str]) -> None:
    _keep(rows, promotions.promote(name, rows, _said))


def _said() -> Why:
    from mispredict.obvious.freeze import Why

    told = {field: session.widget(field) for field in ("expect", "severity", "reason", "incident", "owner", "by-whom")}
    limits = [str(session.widget(limit)) for limit in ("limit-low", "limit-high") if session.widget(limit) is not None]
    wanted = {"label": 0, "between": 2}.get(str(told["expect"]), 1)
    return Why(
        reason=str(told["reason"] or ""),
        by=str(told["by-whom"] or promotions.me()),
        expect=":".join([str(told["expect"]), *limits[:wanted]]),
        severity=told["severity"] or "major",
        incident=str(told["incident"] or "") or None,
        owner=str(told["owner"] or "") or None,
        tags=tuple(tag.strip() for tag in str(session.widget("tags") or "").split(",") if tag.strip()),
    )


def _keep(rows: Sequence[str], job: promotions.Job) -> None:
    session.note("promote_failed", job.failure)
    if job.failure is not None:
        return
    words = f"Row {md(rows[0])} is" if len(rows) == 1 else f"{counted(len(rows), 'row')} are"
    ids = [case.id for case in job.answer]
    session.note("promoted", {"cases": ids, "sentence": f"{words} in the obvious set.{_twins(job.answer)}"})
    session.note("promoting", None)


def _twins(cases: Sequence[Case]) -> str:
    """Return which of the new cases stand in the set already, all but equal; they may be undone."""
    kept = promotions.listed()
    if kept.failure is not None:
        return ""
    from mispredict.obvious.neighbours import twins_among

    new = {case.id for case in cases}
    found = twins_among(cases, [case for case in kept.answer.cases if case.id not in new])
    if not found:
        return ""
    case, twins = next(iter(found.items()))
    more = f" and {len(found) - 1} more like it" if len(found) > 1 else ""
    return f" {md(case)} is all but equal to {md(twins[0])}, which is there already{more}."


def _undo(cases: Sequence[str]) -> None:
    job = promotions.undo(cases)
    session.note("promote_failed", job.failure)
    session.note("promoted", None)
