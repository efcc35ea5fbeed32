"""The way that a row takes down the trees: one tree at a time, as a picture and as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.blocks.tables import ROW_HEIGHT
from app.figures.path import draw_path
from app.rules import asked_words
from app.wording import counted, number, value
from explainers.explanation import Explanation, TreePath

CHART = {"displayModeBar": False, "scrollZoom": False}
MOST_TREES = 50


def show_paths(said: Explanation) -> None:
    """Draw the choice of a tree and its path."""
    ranked = sorted(said.paths, key=lambda path: -abs(path.weight * path.leaf))[:MOST_TREES]
    words = {str(at): _tree_words(path) for at, path in enumerate(ranked)}
    st.markdown("**The row's way down the trees**")
    at = st.selectbox("Tree", list(words), format_func=words.get, key=f"tree-{said.method}", width=420)
    path = ranked[int(at or 0)]
    chart, table = st.columns([1, 1.2], gap="medium")
    with chart:
        st.plotly_chart(draw_path(path, said.unit), key="path", config=CHART)
    with table:
        _table(path, said.unit)
    if len(said.paths) > len(ranked):
        st.caption(f"The {len(ranked)} trees with the largest answers, of {len(said.paths)}.")


def _tree_words(path: TreePath) -> str:
    return f"Tree {path.tree + 1}: {counted(len(path.splits), 'split')}, answers {number(path.leaf)}"


def _table(path: TreePath, unit: str) -> None:
    rows = pd.DataFrame(
        [
            (order, f"{s.column} {asked_words(s.op, s.threshold)}", value(s.value), s.rows, s.after, s.after - s.before)
            for order, s in enumerate(path.splits, 1)
        ],
        columns=["order", "test", "value", "rows", "after", "change"],
    )
    figure = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={
            "order": figure("Split", width=45),
            "test": st.column_config.TextColumn("What the tree found"),
            "value": st.column_config.TextColumn("This row's value"),
            "rows": figure("Training rows left", format="localized"),
            "after": figure(f"{unit.capitalize()} after it", format="%.3f"),
            "change": figure("Change", format="%+.3f"),
        },
    )
