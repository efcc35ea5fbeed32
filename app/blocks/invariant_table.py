"""Every invariant on every table, the broken ones first; one of them opened."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import session, suspecting
from app.blocks.evidence import show_charts
from app.blocks.suspect_detail import see_errors
from app.blocks.suspect_list import open_finding
from app.blocks.tables import ROW_HEIGHT, clickable, worded
from app.invariant_words import ICONS, TABLES, cell, errors_cell, outcome_lines
from app.suspect_words import named, told
from app.text import code_free, md
from mispredict.invariants.invariant import Held, Invariants
from mispredict.suspects.invariant import effect_words
from mispredict.suspects.suspect import Suspect

LINES = 12  # of the table, seen without scrolling
LONGEST = 120


def show_held(name: str, found: Invariants) -> None:
    """Draw the table, and below it the invariant that the address names, else the first."""
    if not found.held:
        return
    _table(found)
    wanted = session.current("invariant")
    opened = next((one for one in found.held if one.invariant.key == wanted), found.held[0])
    with st.container(key="invariant", border=True):
        _one(name, opened)


def _table(found: Invariants) -> None:
    rows = pd.DataFrame([_line(one, found) for one in found.held])
    clickable(
        rows,
        key="invariants",
        on_row=lambda place: session.choose(invariant=found.held[place].invariant.key),
        height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config=_titles(),
    )
    st.caption("Click a line to see its rows.")


def _line(one: Held, found: Invariants) -> dict[str, Any]:
    said = code_free(one.invariant.sentence.replace("`", ""), limit=LONGEST)
    return {
        "sentence": said,
        **{side: cell(one.on(side)) for side in found.sides},
        "errors": errors_cell(one.effect),
        "line": one.invariant.line or None,
    }


def _titles() -> dict[str, Any]:
    text = st.column_config.TextColumn
    return {
        "sentence": text("It must hold that", width="large"),
        **{side: text(title) for side, title in TABLES.items()},
        "errors": text(
            "Errors among them", help="Of the rows that break it in the examined table; × other rows' rate."
        ),
        "line": st.column_config.NumberColumn("Line", width=40, help="Of the file."),
    }


def _one(name: str, held: Held) -> None:
    one = held.invariant
    finding = _finding(name, one.key)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="invariant-head"):
        st.markdown(f"#### {ICONS[held.state]} {told(one.sentence)}", anchors=False, width="content")
        st.space("stretch")
        if finding is not None:
            _ways(finding)
    if one.because:
        st.caption(f"Why: {md(one.because)}")
    if held.effect is not None:
        st.markdown(f"**Errors:** {named(effect_words(held.effect))}.")
    left, right = st.columns([1, 1.7], gap="medium")
    with left:
        worded(outcome_lines(held))
    with right:
        if finding is not None:
            show_charts(finding.charts, key=f"invariant-{finding.key}")


def _finding(name: str, key: str) -> Suspect | None:
    known = suspecting.so_far(name)
    held = known.suspects if known is not None else ()
    return next((one for one in held if one.kind == "invariant" and one.apart == key), None)


def _ways(found: Suspect) -> None:
    if found.rows:
        st.button(
            "See its errors", key="see-errors", type="primary", icon=":material/scatter_plot:", on_click=see_errors,
            args=(found.key,),
        )  # fmt: skip
    st.button(
        "Open the finding", key="to-finding", type="tertiary", icon=":material/policy:", on_click=_to_finding,
        args=(found.key,),
    )  # fmt: skip


def _to_finding(key: str) -> None:
    open_finding(key)
    session.wish("suspects")
