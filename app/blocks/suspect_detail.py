"""One finding, opened: what it is, what its rows hold, the evidence, what to do, and how it was detected."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import session, suspecting
from app.blocks.clearing import clear_popover, cleared_bar, said_before
from app.blocks.evidence import show_charts
from app.blocks.kind_page import how_detected
from app.blocks.suspect_list import open_finding
from app.blocks.suspect_rows import show_rows
from app.blocks.tables import worded
from app.suspect_words import evidence_lines, holds_words, mark_of, title_of, told
from app.text import md
from mispredict.suspects.suspect import Suspect

BESIDE = {
    "skew": ("online", "All columns, offline and online", ":material/sync_alt:"),
    "score_mismatch": ("online", "Offline and online", ":material/sync_alt:"),
    "invariant": ("invariants", "All invariants", ":material/rule:"),
}


def show_finding(name: str, found: Suspect, keys: Sequence[str]) -> None:
    """Draw it; `keys` are those of all findings in their order."""
    with st.container(key="finding"):
        _head(found, keys)
        st.markdown(f"#### {told(found.summary)}", anchors=False)
        if found.cleared is not None:
            cleared_bar(name, found)
        with st.container(gap="xxsmall"):
            st.markdown(holds_words(found))
            st.markdown(f":material/arrow_forward: **To do:** {told(found.next_step)}")
            st.markdown(f":material/task_alt: **Cleared by:** {told(found.cleared_by)}")
        _doing(name, found)
        said_before(name, found)
        show_charts(found.charts, key=found.key)
        if suspecting.rows_of(found) is None:
            _evidence(found)
        else:
            left, right = st.columns([1, 1.1], gap="medium")
            with left:
                _evidence(found)
            with right:
                show_rows(name, found)
        how_detected(found.kind)


def _head(found: Suspect, keys: Sequence[str]) -> None:
    """Draw what kind it is, and the way to the findings before and after it."""
    at = keys.index(found.key)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="finding-head"):
        st.markdown(f"{mark_of(found).badge} **{md(title_of(found.kind))}** :gray[{md(found.kind)}]", width="content")
        st.space("stretch")
        for word, shortcut, to in (("Previous", "K", at - 1), ("Next", "J", at + 1)):
            is_there = 0 <= to < len(keys)
            st.button(
                word, key=f"finding-{word.lower()}", shortcut=shortcut, type="tertiary", disabled=not is_there,
                icon=f":material/arrow_{'up' if to < at else 'down'}ward:", on_click=open_finding,
                args=(keys[to] if is_there else found.key,),
            )  # fmt: skip


def _doing(name: str, found: Suspect) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="finding-doing"):
        if suspecting.rows_of(found) is not None:
            st.button(
                "See its errors", key="see-errors", type="primary", icon=":material/scatter_plot:",
                on_click=see_errors, args=(found.key,),
            )  # fmt: skip
        if found.kind in BESIDE:
            page, words, icon = BESIDE[found.kind]
            st.button(words, key="beside", icon=icon, on_click=_go_beside, args=(page, found))
        if found.is_open:
            clear_popover(name, found)


def _go_beside(page: str, found: Suspect) -> None:
    """Go to the page that shows a finding beside what it was found among (a callback)."""
    session.choose(column=next(iter(found.culprits), None), invariant=found.apart or None)
    session.wish(page)


def see_errors(key: str) -> None:
    """Go to the errors of a finding's rows (a callback)."""
    session.select_only("suspect", key)
    session.choose(view=None)
    session.wish("errors")


def _evidence(found: Suspect) -> None:
    lines = evidence_lines(found)
    if lines:
        st.markdown("**Evidence**")
        worded(lines)
