"""Every column on both sides: how many pairs differ, how, and what it does to the score; one of them opened."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import session, suspecting
from app.blocks.evidence import show_charts
from app.blocks.suspect_list import open_finding
from app.blocks.tables import ROW_HEIGHT, clickable
from app.online_words import served_otherwise
from app.suspect_words import mark_of, title_of, told
from app.text import code_free, md
from app.wording import count, counted, share
from mispredict.parity.online import ColumnParity, Online
from mispredict.suspects.suspect import Suspect

LINES = 9  # of the table, seen without scrolling
LONGEST = 120


def show_columns(name: str, found: Online) -> None:
    """Draw the table, and beside it the column that the address names, else the first that is served otherwise."""
    if not found.columns:
        return
    opened = _opened(found)
    left, right = st.columns([1, 1.45], gap="medium")
    with left:
        _table(found)
    with right, st.container(key="column"):
        _column(name, opened)


def _opened(found: Online) -> ColumnParity:
    wanted = session.current("column")
    first = (*served_otherwise(found), *found.columns)[0]
    return next((one for one in found.columns if one.column == wanted), first)


def _table(found: Online) -> None:
    is_paired = found.columns[0].differing is not None
    rows = pd.DataFrame([_paired(one) if is_paired else _apart(one) for one in found.columns])
    st.markdown("**Which columns are served otherwise?**")
    clickable(
        rows,
        key="columns",
        on_row=lambda place: session.choose(column=found.columns[place].column),
        height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config=_titles(),
    )
    of = "pairs" if is_paired else "entries"
    scope = f"{count(found.columns[0].compared)} {of} compared. Click a line to see its {of}."
    st.caption(scope if is_paired else f"{scope} Two samples are weaker than pairs: other traffic changes them, too.")


def _paired(one: ColumnParity) -> dict[str, Any]:
    return {
        "column": one.column,
        "differing": (one.differing or 0) / max(one.compared, 1),
        "share": one.share,
        "words": _words(one),
    }


def _apart(one: ColumnParity) -> dict[str, Any]:
    return {"column": one.column, "changed": one.changed, "moves": one.moves, "words": _words(one)}


def _words(one: ColumnParity) -> str:
    unread = "" if one.is_read else " (the model does not read it)"
    return code_free(f"{one.words}{unread}", limit=LONGEST)


def _titles() -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "column": text("Column", pinned=True),
        "differing": number("Pairs differ", format="percent", help="Beyond what the column's type rounds."),
        "share": number("Of the score", format="percent", help="Part of the score difference that it explains."),
        "changed": number("Changed", format="percent", help="Total variation distance of the two samples."),
        "moves": number("Moves the score", format="%.4f", help="On average, by what changed in this column."),
        "words": text("How", width="medium"),
    }


def _column(name: str, one: ColumnParity) -> None:
    known = suspecting.so_far(name) if one.keys else None
    findings = [found for found in (known.suspects if known is not None else ()) if found.key in one.keys]
    for found in findings:
        _finding(found)
    if not findings:
        st.markdown(f"#### {_plainly(one)}", anchors=False)


def _plainly(one: ColumnParity) -> str:
    if not one.differing:
        alike = f"is equal in all {counted(one.compared, 'pair')}" if one.differing == 0 else one.words
        return f"**{md(one.column)}** {md(alike)}"
    part, pairs = one.differing / max(one.compared, 1), counted(one.differing, "pair")
    return f"**{md(one.column)}** {md(f'differs in {pairs} ({share(part)}): {one.words}')}"


def _finding(found: Suspect) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"about-{found.key}"):
        st.markdown(f"{mark_of(found).badge} **{md(title_of(found.kind))}**", width="content")
        st.space("stretch")
        st.button(
            "Open the finding", key=f"finding-{found.key}", type="tertiary", icon=":material/policy:",
            on_click=_to_finding, args=(found.key,),
        )  # fmt: skip
    st.markdown(f"#### {told(found.summary)}", anchors=False)
    st.markdown(f":material/arrow_forward: **To do:** {told(found.next_step)}")
    show_charts(found.charts, key=f"online-{found.key}")


def _to_finding(key: str) -> None:
    open_finding(key)
    session.wish("suspects")
