"""One explanation: its bars, the same as a table, and how good it is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.because import ranked
from app.blocks.tables import ROW_HEIGHT
from app.figures.contributions import draw_contributions
from app.shown import Shown
from app.wording import sentence, value
from explainers.explanation import Explanation

CHART = {"displayModeBar": False, "scrollZoom": False}
LISTED = 13  # rows of the table that are seen without scrolling


def contributions(said: Explanation, shown: Shown, *, axis: str, ends: tuple[str, str], reading: str) -> None:
    """Draw the bars beside the table; `reading` says how the bars are read, in Markdown."""
    chart, table = st.columns([1.35, 1], gap="medium")
    with chart:
        figure = draw_contributions(said, shown.found.values, axis=axis, ends=ends)
        st.plotly_chart(figure, key="contributions", config=CHART)
        st.caption(reading)
    with table:
        _table(said, shown)
    notes(said.notes)


def notes(said: tuple[str, ...]) -> None:
    """Draw what a result says of its own quality."""
    for note in said:
        st.caption(f":material/info: {sentence(note)}")


def _table(said: Explanation, shown: Shown) -> None:
    parts = ranked(said.values)
    rows = pd.DataFrame(
        [(column, value(shown.found.values.get(column)), part) for column, part in parts],
        columns=["column", "value", "part"],
    )
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(parts) <= LISTED else ROW_HEIGHT * (LISTED + 1) + 8,
        column_config={
            "column": st.column_config.TextColumn("Column"),
            "value": st.column_config.TextColumn("This row's value"),
            "part": st.column_config.NumberColumn(f"Part, {said.unit}", format="%+.4f"),
        },
    )
