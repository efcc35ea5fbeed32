"""One prediction explained: the methods that serve, the contributions, the trees' paths, and how good it all is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import asks, session
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import ready
from app.figures.contributions import draw_contributions
from app.text import code_free, md
from app.wording import counted, number, sentence, value
from explainers.explanation import Explanation, Split, TreePath
from mispredict.investigation.desk import Description, RowDetail

NAMES = {"walk": "Tree walk", "shap": "SHAP", "lime": "LIME", "linear": "Linear terms", "eli5": "ELI5"}
CHART = {"displayModeBar": False, "scrollZoom": False}
MOST_TREES = 50


def show_explanation(name: str, what: Description, found: RowDetail) -> None:
    """Draw the choice of methods and the chosen one's answer."""
    job = asks.methods(name)
    if not ready(job):
        return
    serving = [method for method, refusal in job.answer.items() if refusal is None]
    if serving:
        method = st.segmented_control(
            "Explained by", serving, format_func=_named, required=True, **session.bound("method", serving, serving[0])
        )
        _answer(name, what, found, method or serving[0])
    else:
        st.markdown("**No method can explain this model.**")
    _refusals({method: refusal for method, refusal in job.answer.items() if refusal is not None})


def _named(method: str) -> str:
    return NAMES.get(method, method)


def _refusals(refused: dict[str, str]) -> None:
    if refused:
        words = "; ".join(f"{_named(method)}: {md(reason)}" for method, reason in refused.items())
        st.caption(f"Cannot serve here – {words}.")


def _answer(name: str, what: Description, found: RowDetail, method: str) -> None:
    job = asks.explained(name, found.id, method)
    if not ready(job, patience=0.8):
        return
    said: Explanation = job.answer
    chart, table = st.columns([1.35, 1], gap="medium")
    with chart:
        st.plotly_chart(draw_contributions(said, f"{what.target} = {said.class_}"), key="contributions", config=CHART)
        st.caption(_reading(said))
    with table:
        _table(said, found)
    for note in said.notes:
        st.caption(f":material/info: {sentence(note)}")
    if said.paths:
        _paths(said)


def _reading(said: Explanation) -> str:
    unit = md(said.unit)
    if not said.additive:
        return f"Bars are the method's weights in {unit}; they need not add up to the model's answer."
    return (
        f"From {number(said.base)}, the {unit} before anything is known of the row, to the model's own "
        f"{number(said.score)}. Orange to the right raises it, blue to the left lowers it."
    )


def _table(said: Explanation, found: RowDetail) -> None:
    parts = sorted(said.values.items(), key=lambda part: -abs(part[1]))
    rows = pd.DataFrame(
        [
            (column, value(found.values.get(column)), part, "raises" if part > 0 else "lowers" if part < 0 else "–")
            for column, part in parts
        ],
        columns=["column", "value", "part", "way"],
    )
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(parts) <= 13 else 110 + 27 * 13,
        column_config={
            "column": st.column_config.TextColumn("Column"),
            "value": st.column_config.TextColumn("This row's value"),
            "part": st.column_config.NumberColumn(f"Part, {said.unit}", format="%+.4f"),
            "way": st.column_config.TextColumn("Which way", width="small"),
        },
    )


def _paths(said: Explanation) -> None:
    ranked = sorted(said.paths, key=lambda path: -abs(path.weight * path.leaf))[:MOST_TREES]
    with st.expander(f"The paths through {counted(len(said.paths), 'tree')}", icon=":material/account_tree:"):
        words = {str(at): _tree_words(path) for at, path in enumerate(ranked)}
        at = st.selectbox("Tree", list(words), format_func=words.get, key=f"tree-{said.method}")
        _path(ranked[int(at or 0)], said.unit)
        if len(said.paths) > len(ranked):
            st.caption(f"The {len(ranked)} trees with the largest answers, of {len(said.paths)}.")


def _tree_words(path: TreePath) -> str:
    return f"Tree {path.tree + 1}: {counted(len(path.splits), 'split')}, answers {number(path.leaf, 4)}"


def _path(path: TreePath, unit: str) -> None:
    rows = pd.DataFrame(
        [
            (order, s.column, value(s.value), _test(s), s.rows, s.before, s.after, s.after - s.before)
            for order, s in enumerate(path.splits, 1)
        ],
        columns=["order", "column", "value", "test", "rows", "before", "after", "change"],
    )
    figure = st.column_config.NumberColumn
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={
            "order": figure("Split", width="small"),
            "column": st.column_config.TextColumn("Column"),
            "value": st.column_config.TextColumn("This row's value"),
            "test": st.column_config.TextColumn("Goes where"),
            "rows": figure("Training rows there", format="localized"),
            "before": figure(f"Before, {unit}", format="%.4f"),
            "after": figure(f"After, {unit}", format="%.4f"),
            "change": figure("Change", format="%+.4f"),
        },
    )


def _test(split: Split) -> str:
    return split.op if split.op == "is missing" else f"{split.op} {code_free(_threshold(split.threshold), limit=80)}"


def _threshold(threshold: Any) -> str:
    if isinstance(threshold, (list, tuple)):
        return ", ".join(value(part) for part in threshold)
    return value(threshold)
