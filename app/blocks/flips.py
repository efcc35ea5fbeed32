"""The smallest changes that turn a prediction around: searched when asked for, each can be tried."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.contributions import notes
from app.blocks.waiting import answered
from app.edits import try_values
from app.flipping import flip_sentence
from app.shown import Shown
from app.wording import sentence
from explainers.flips import Flips
from mispredict.investigation.questions import HowToFlip


def show_flips(shown: Shown) -> None:
    """Draw the search and, once it was asked for on this row, what it found."""
    st.markdown("**The smallest change that turns it around**")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        locked = st.multiselect(
            "Leave alone", shown.what.features, key=f"locked-{shown.name}", placeholder="No column", width=320
        )
        question = HowToFlip(shown.row, locked=tuple(locked))
        st.button("Search", key="search-flips", icon=":material/search:", on_click=_search, args=(shown, question))
    if session.noted("searched") == (shown.name, question):
        job = asks.asked(shown.name, question)
        if answered(job):
            _found(job.answer, shown)


def _search(shown: Shown, question: HowToFlip) -> None:
    session.note("searched", (shown.name, question))


def _found(found: Flips, shown: Shown) -> None:
    if not found.flips:
        st.markdown("No change of one or two columns within the values seen turns it around.")
    for place, flip in enumerate(found.flips):
        words, button = st.columns([5, 1], vertical_alignment="center")
        words.markdown(flip_sentence(flip, shown.what, shown.found, event=shown.event))
        button.button(
            "Try it", key=f"try-{place}", type="tertiary", width="stretch", on_click=try_values,
            args=(shown.name, shown.row, {change.column: change.after for change in flip.changes}),
        )  # fmt: skip
    st.caption(sentence(found.searched))
    notes(found.notes)
