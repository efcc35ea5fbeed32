"""What is known of the selected rows, the same for every kind of selection, and what can be done with them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import asks
from app.blocks.comparing import show_comparison
from app.blocks.findings import look_away
from app.blocks.keeping import drop_button, rule_popover, save_popover
from app.blocks.promoting import promote_many
from app.blocks.waiting import ready
from app.cohort_figures import Figure, apart_words, figures_of
from app.selected import Choice, Selected
from app.text import md
from app.wording import sentence
from mispredict.cohorts.cohort import Cohort
from mispredict.errors.findings import Apart
from mispredict.investigation.desk import Groups

NAMED = 6  # columns that are listed
LASSO_NOTE = "Right rows on the map are a sample, so errors are a larger part of a lasso than of the table."


def show_about(name: str, groups: Groups, choice: Choice, selected: Selected) -> None:
    """Draw it, unless all errors are looked at."""
    if choice.is_all:
        return
    with st.container(border=True, key="about"):
        job = asks.cohort(name, selected.selection)
        if ready(job):
            _figures(figures_of(job.answer))
            _apart(job.answer, is_sampled=choice.kind == "lasso" and len(selected.mask) < job.answer.of_rows)
        _doing(name, choice, selected)
        show_comparison(name, groups, choice, selected.selection)


def _figures(figures: tuple[Figure, ...]) -> None:
    with st.container(key="cohort-figures"):
        for place, figure in zip(st.columns(len(figures), gap="small"), figures, strict=True):
            with place.container(gap=None):
                st.metric(figure.label, figure.value, help=figure.help)
                st.caption(figure.below)


def _apart(found: Cohort, *, is_sampled: bool) -> None:
    st.markdown("**What sets these rows apart** :gray[from the rest of the table]")
    if not found.apart:
        st.caption("No column sets them clearly apart.")
    columns: list[Any] = st.columns(2, gap="medium")
    for place, one in enumerate(found.apart[:NAMED]):
        _bar(columns[place % 2], one)
    notes = [*found.notes, *([LASSO_NOTE] if is_sampled else [])]
    if notes:
        st.caption(":material/info: " + " ".join(map(sentence, notes)))


def _bar(place: Any, one: Apart) -> None:
    place.progress(one.strength, text=f"**{md(one.column)}** {apart_words(one)}")


def _doing(name: str, choice: Choice, selected: Selected) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="doing"):
        st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away, key="back")
        if choice.kind == "cohort":
            drop_button(name, choice.value)
        else:
            save_popover(name, choice, selected.selection)
        rule_popover(selected.selection)
        if len(selected.rows):
            promote_many(name, selected.rows["id"].astype(str).tolist(), _typical(name, choice))


def _typical(name: str, choice: Choice) -> tuple[str, ...]:
    """Return a cluster's most typical errors; nothing else has any."""
    groups = asks.grouped(name)
    if choice.kind != "cluster" or groups.state != "done":
        return ()
    return next((c.medoids for c in groups.answer.clusters if str(c.id + 1) == choice.value), ())
