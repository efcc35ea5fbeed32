"""One prediction explained: the methods that serve, the contributions, the trees' paths, and how good it all is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from app import asks, session
from app.blocks.paths import show_paths
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import ready
from app.figures.contributions import digits_for, draw_contributions
from app.text import md
from app.wording import number, sentence, signed, value
from explainers.explanation import Explanation
from mispredict.investigation.desk import Description, RowDetail

NAMES = {"walk": "Tree walk", "shap": "SHAP", "lime": "LIME", "linear": "Linear terms", "eli5": "ELI5"}
CHART = {"displayModeBar": False, "scrollZoom": False}
NAMED = 3  # columns in the sentence above the chart


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
    st.markdown(_why(said, found, f"{what.target} = {said.class_}"))
    chart, table = st.columns([1.35, 1], gap="medium")
    with chart:
        st.plotly_chart(draw_contributions(said, f"{what.target} = {said.class_}"), key="contributions", config=CHART)
        st.caption(_reading(said))
    with table:
        _table(said, found)
    for note in said.notes:
        st.caption(f":material/info: {sentence(note)}")
    if said.paths:
        show_paths(said)


def _why(said: Explanation, found: RowDetail, towards: str) -> str:
    """Return the page's answer in one sentence: the columns that moved the model most, with their values."""
    parts = sorted(said.values.items(), key=lambda part: -abs(part[1]))
    first = [(column, part) for column, part in parts[:NAMED] if part != 0.0]
    if not first:
        return f"No column moves the {md(said.unit)} of {md(towards)}."
    digits = digits_for(np.array([part for _, part in first]))
    words = [
        f"**{md(column)} = {md(value(found.values.get(column)))}** ({signed(part, digits)})" for column, part in first
    ]
    rest = sum(part for _, part in parts[NAMED:])
    others = f"; all other columns together {signed(rest, digits)}" if said.additive and len(parts) > NAMED else ""
    return f"What moved the {md(said.unit)} of {md(towards)} most: {', '.join(words)}{others}."


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
        [(column, value(found.values.get(column)), part) for column, part in parts],
        columns=["column", "value", "part"],
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
        },
    )
