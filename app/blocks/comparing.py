"""The selected rows beside another cohort: every figure with its difference and interval."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.findings import findings
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import PATIENCE, ready
from app.cohort_figures import apart_words, differences_of
from app.saying import comparison_sentence
from app.selected import Choice
from app.text import md
from app.wording import listed, sentence
from mispredict.cohorts.cohort import CohortComparison
from mispredict.cohorts.rule import rule_source
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.investigation.desk import Groups

NOBODY = "nothing"
ALL = "all"
NAMED = 4  # columns in the sentence


def show_comparison(name: str, groups: Groups, choice: Choice, selection: Selection) -> None:
    """Draw the choice of the other cohort and, once there is one, both side by side."""
    others = partners(name, groups, choice)
    words = {key: said for key, (said, _) in others.items()} | {NOBODY: "Nothing"}
    order = [NOBODY, *others]
    taken = st.selectbox(
        "Compare with", order, format_func=words.get, width=420, **session.bound("with", order, NOBODY)
    )
    if taken in others:
        job = asks.compared(name, selection, others[taken][1])
        if ready(job):
            _side_by_side(job.answer, words[taken])


def partners(name: str, groups: Groups, choice: Choice) -> dict[str, tuple[str, Selection]]:
    """Return what the selected rows can be held against, as an address names it."""
    found: dict[str, tuple[str, Selection]] = {ALL: ("All rows of the table", EVERYTHING)}
    job = asks.saved(name)
    for one in job.answer if job.wait(PATIENCE) and job.state == "done" else ():
        found[f"cohort-{one.name}"] = (f"Cohort: {one.name}", one.selection)
    for one in findings(groups):
        rule = rule_source(one.conditions) if one.kind == "slice" else ""
        selection = Selection(rule=rule) if rule else Selection(cluster=one.number - 1)
        found[f"{one.kind}-{one.number}"] = (f"{one.title}: {one.rule}", selection)
    return {key: other for key, other in found.items() if key != f"{choice.kind}-{choice.value}"}


def _side_by_side(found: CohortComparison, other: str) -> None:
    st.markdown(md(comparison_sentence(found, other)))
    st.dataframe(
        differences_of(found),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        key="comparison",
        column_config={
            "figure": st.column_config.TextColumn("Figure"),
            "here": st.column_config.TextColumn("These rows", alignment="right"),
            "there": st.column_config.TextColumn(other[:40], alignment="right"),
            "difference": st.column_config.TextColumn("Difference", alignment="right"),
            "interval": st.column_config.TextColumn("95 % interval", alignment="right"),
        },
    )
    if found.apart:
        said = [f"**{md(one.column)}** {apart_words(one)}" for one in found.apart]
        st.caption("They differ in: " + listed(said, NAMED).replace(", **", "; **"))
    if found.notes:
        st.caption(":material/info: " + " ".join(map(sentence, found.notes)))
