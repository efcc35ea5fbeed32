"""The charts of a finding, each under the sentence that says what is to be seen in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.blocks.tables import ROW_HEIGHT
from app.figures.suspect import draw_chart, groups_of, table_of
from app.suspect_words import named
from app.text import code_free
from mispredict.suspects.suspect import Chart

CHART = {"displayModeBar": False, "scrollZoom": False}
LINES = 12  # of a table, seen without scrolling


def show_charts(charts: Sequence[Chart], *, key: str) -> None:
    """Draw two or three side by side, others below one another."""
    places = st.columns(len(charts), gap="medium") if len(charts) in (2, 3) else [st.container() for _ in charts]
    for number, (place, chart) in enumerate(zip(places, charts, strict=True)):
        with place:
            show_chart(chart, key=f"chart-{key}-{number}")


def show_chart(chart: Chart, *, key: str) -> None:
    """Draw one."""
    with st.container(gap="xxsmall"):
        st.markdown(f"**{named(chart.title)}**")
        if (below := groups_of(chart)) != "":
            st.caption(named(below))
    if chart.form == "table":
        _table(chart)
    else:
        st.plotly_chart(draw_chart(chart), key=key, config=CHART)


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
