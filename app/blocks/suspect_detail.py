"""One finding, opened: what it is, what its rows hold, the evidence, what to do, and how it was detected."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import session, suspecting
from app.blocks.clearing import clear_popover, cleared_bar, said_before
from app.blocks.kind_page import how_detected
from app.blocks.suspect_list import open_finding
from app.blocks.suspect_rows import show_rows
from app.blocks.tables import ROW_HEIGHT, worded
from app.figures.suspect import draw_chart, groups_of, table_of
from app.suspect_words import evidence_lines, holds_words, mark_of, named, title_of, told
from app.text import code_free, md
from mispredict.suspects.suspect import Chart, Suspect

CHART = {"displayModeBar": False, "scrollZoom": False}
LINES = 12  # of a table, seen without scrolling


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
        _charts(found)
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
        if found.is_open:
            clear_popover(name, found)


def see_errors(key: str) -> None:
    """Go to the errors of a finding's rows (a callback)."""
    session.select_only("suspect", key)
    session.choose(view=None)
    session.wish("errors")


def _charts(found: Suspect) -> None:
    drawn = found.charts
    places = st.columns(len(drawn), gap="medium") if len(drawn) in (2, 3) else [st.container() for _ in drawn]
    for number, (place, chart) in enumerate(zip(places, drawn, strict=True)):
        with place:
            with st.container(gap="xxsmall"):
                st.markdown(f"**{named(chart.title)}**")
                if (below := groups_of(chart)) != "":
                    st.caption(named(below))
            if chart.form == "table":
                _table(chart)
            else:
                st.plotly_chart(draw_chart(chart), key=f"chart-{found.key}-{number}", config=CHART)


def _table(chart: Chart) -> None:
    cells = table_of(chart)
    st.dataframe(
        cells,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(cells) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config={
            f"c{place}": st.column_config.TextColumn(code_free(series.name, limit=40))
            for place, series in enumerate(chart.series)
        },
    )


def _evidence(found: Suspect) -> None:
    lines = evidence_lines(found)
    if lines:
        st.markdown("**Evidence**")
        worded(lines)
