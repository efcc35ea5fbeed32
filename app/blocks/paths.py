"""The way that a row takes down the trees: one tree at a time, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.blocks.tables import ROW_HEIGHT
from app.figures.path import draw_path
from app.rules import asked_words
from app.text import code_free
from app.wording import counted, number, share, value
from explainers.explanation import Split, TreePath

MIXED = 3  # classes of a node in a cell
CHART = {"displayModeBar": False, "scrollZoom": False}


def show_paths(paths: Sequence[TreePath], unit: str, class_: object) -> None:
    """Draw the choice of a tree, in the order given, and its path towards a class or away from it."""
    words = {str(path.tree): _tree_words(path) for path in paths}
    by_tree = {str(path.tree): path for path in paths}
    tree = st.selectbox("Tree", list(words), format_func=words.get, key="tree", width=420)
    path = by_tree[tree or next(iter(words))]
    chart, table = st.columns([1, 1.4], gap="medium")
    with chart:
        st.plotly_chart(draw_path(path, f"{unit} of {class_} after each split"), key="path", config=CHART)
    with table:
        _table(path, unit)


def _tree_words(path: TreePath) -> str:
    return f"Tree {path.tree + 1}: {counted(len(path.splits), 'split')}, answers {number(path.leaf)}"


def _table(path: TreePath, unit: str) -> None:
    rows = pd.DataFrame(
        [
            (order, _found(s), value(s.value), s.rows, s.after, s.after - s.before, _mix(s))
            for order, s in enumerate(path.splits, 1)
        ],
        columns=["order", "test", "value", "rows", "after", "change", "mix"],
    )
    if all(s.mix is None or (unit == "probability" and len(s.mix) == 2) for s in path.splits):  # said beside it already
        rows = rows.drop(columns="mix")
    figure = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={
            "order": figure("Split", width=45),
            "test": st.column_config.TextColumn("Found"),
            "value": st.column_config.TextColumn("Value"),
            "rows": figure("Rows left", format="localized", help="Training rows that came as far."),
            "after": figure("After it", format="%.3f", help=f"The node's {unit}."),
            "change": figure("Change", format="%+.3f"),
            "mix": st.column_config.TextColumn("Classes there"),
        },
    )


def _found(split: Split) -> str:
    return f"{split.column} {asked_words(split.op, split.threshold)}"


def _mix(split: Split) -> str:
    """Return the classes of the training rows that came as far, the commonest first."""
    common = sorted((split.mix or {}).items(), key=lambda part: -part[1])[:MIXED]
    return ", ".join(f"{code_free(name, limit=20)} {share(part)}" for name, part in common)
