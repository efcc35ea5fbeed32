"""The page that answers: does everything hold that must."""

from __future__ import annotations

import streamlit as st

from app import asks
from app.blocks.header import opened_investigation
from app.blocks.invariant_table import show_held
from app.blocks.suggesting import show_suggestions
from app.blocks.waiting import answered
from app.invariant_words import claim, judged_on
from app.wording import sentence
from mispredict.invariants.invariant import Invariants

SECTION = """[invariants]
path = "invariants.yaml"
"""
FILE = """columns:
  amount: {above: 0, missing: never}
  platform: {one_of: [android, ios, web]}
entities:
  - {entity: customer_id, by: event_time, never_falls: account_age_days}
"""


def show_invariants() -> None:
    """Draw the page."""
    held = opened_investigation()
    if held is None:
        return
    name, what = held
    if not what.has_invariants:
        _none_declared()
    elif answered(job := asks.invariants(name)):
        _page(name, job.answer)
    show_suggestions(name)


def _none_declared() -> None:
    st.subheader(":material/help: This investigation does not say what must hold", anchor=False)
    st.markdown(
        "What must always hold of the features is declared once, and held to the training table, to this one and to "
        "what the service logged. Name a file in the investigation, or begin with what is suggested below:"
    )
    left, right = st.columns(2, gap="medium")
    left.code(SECTION, language="toml")
    right.code(FILE, language="yaml")


def _page(name: str, found: Invariants) -> None:
    with st.container(key="headline", gap="xxsmall"):
        st.subheader(claim(found), anchor=False)
        st.caption(judged_on(found))
    show_held(name, found)
    if found.notes:
        st.caption(":material/info: " + " ".join(map(sentence, found.notes)))


if __name__ == "__main__":
    show_invariants()
