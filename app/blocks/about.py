"""What is known of the chosen errors, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.blocks.choosing import found_of
from app.blocks.findings import Finding, look_away
from app.blocks.promoting import promote_many
from app.contrast import Contrast
from app.selected import Choice, Selected
from app.text import md
from app.wording import counted, share, value
from mispredict.investigation.desk import Groups

NAMED = 3  # differences in the sentence


def show_about(name: str, groups: Groups, choice: Choice, selected: Selected) -> None:
    """Draw it, unless all errors are looked at."""
    if choice.is_all:
        return
    found = found_of(groups, choice)
    with st.container(border=True, key="about"):
        st.markdown(
            f"**{found.title}:** {md(f'{found.claim}. {found.sentence}')}"
            if found
            else f"**Lasso: {counted(selected.total, 'error')}**"
        )
        st.markdown(_difference(beyond_the_rule(selected.contrasts, found)))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away(), key="back")
            if len(selected.rows):
                promote_many(name, selected.rows["id"].astype(str).tolist())


def beyond_the_rule(contrasts: Sequence[Contrast], found: Finding | None) -> tuple[Contrast, ...]:
    """Return the clearest differences that the rule does not say already."""
    said = {condition.column for condition in found.conditions} if found else set()
    return tuple(c for c in contrasts if c.column not in said)[:NAMED]


def _difference(contrasts: tuple[Contrast, ...]) -> str:
    if not contrasts:
        return "No column sets these errors clearly apart from the others."
    return "What is different here: " + "; ".join(_contrast_words(c) for c in contrasts) + "."


def _contrast_words(found: Contrast) -> str:
    if found.kind == "value":
        return (
            f"**{md(found.column)}** is {md(found.value)} in {share(found.here)} of them, "
            f"in {share(found.elsewhere)} of the other errors"
        )
    return (
        f"**{md(found.column)}** is typically {md(value(found.here))}, "
        f"{md(value(found.elsewhere))} among the other errors"
    )
