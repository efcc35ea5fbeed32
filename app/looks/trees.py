"""Trees: which of them voted against the truth, how the worst got there, and how near they were to another answer."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import asks
from app.blocks.contributions import CHART, notes
from app.blocks.paths import show_paths
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import answered
from app.figures.votes import draw_votes
from app.shown import Shown
from app.voting import near_sentence, votes_sentence
from app.wording import digits_for, value
from explainers.thresholds import NearThreshold
from explainers.votes import Votes
from mispredict.investigation.questions import HowNear, HowVoted

MOST = 8  # thresholds


def show_trees(shown: Shown) -> None:
    """Draw the section."""
    voted, near = (asks.asked(shown.name, question(shown.row)) for question in (HowVoted, HowNear))  # both at once
    if answered(voted):
        _votes(voted.answer, shown)
    st.markdown("**Thresholds that it is nearest to**")
    if answered(near):
        _thresholds(near.answer[:MOST], shown)


def _votes(found: Votes, shown: Shown) -> None:
    st.markdown(votes_sentence(found, target=shown.what.target))
    picture, words = st.columns([1.35, 1], gap="medium", vertical_alignment="center")
    with picture:
        st.plotly_chart(draw_votes(found, classes=len(shown.what.classes)), key="votes", config=CHART)
    with words:
        notes(found.notes)
    if found.paths:
        st.markdown("**How the row went down them**")
        show_paths(found.paths, found.unit, found.truth)


def _thresholds(near: tuple[NearThreshold, ...], shown: Shown) -> None:
    if not near:
        st.caption("No number of the row is near a threshold at which a tree would answer otherwise.")
        return
    st.markdown(near_sentence(near[0], towards=shown.towards(shown.event)))
    number = st.column_config.NumberColumn
    digits = digits_for(each.score for each in near)
    st.dataframe(
        pd.DataFrame(
            [(n.column, value(n.value), value(float(n.threshold)), _step(n), n.trees, n.score) for n in near],
            columns=["column", "value", "threshold", "change", "trees", "score"],
        ),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={
            "column": st.column_config.TextColumn("Column"),
            "value": st.column_config.TextColumn("This row's value"),
            "threshold": st.column_config.TextColumn("Threshold"),
            "change": st.column_config.TextColumn("To get past it"),
            "trees": number(f"Trees that change, of {near[0].of}", format="localized"),
            "score": number(f"{near[0].unit.capitalize()} then", format=f"%.{digits}f"),
        },
    )


def _step(near: NearThreshold) -> str:
    return f"{value(abs(float(near.change)))} {'more' if near.change > 0 else 'less'}"
