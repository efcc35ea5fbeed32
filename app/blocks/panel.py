"""Beside the map: the worst rows, slices and clusters, the error tree, or the heat map."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from app import session
from app.selected import Choice

View = Literal["rows", "groups", "tree", "heat"]
VIEWS: dict[View, str] = {"rows": "Worst rows", "groups": "Slices and clusters", "tree": "Tree", "heat": "Heat map"}


def choose_view(choice: Choice) -> View:
    """Draw the switch and return what is shown: without a word of the address, rows once something is chosen."""
    usual: View = "groups" if choice.is_all else "rows"
    named = session.current("view")
    now: View = next((view for view in VIEWS if view == named), usual)

    def look() -> None:
        session.choose(view=session.noted_control("view"))

    session.set_control("view", now)
    st.segmented_control(
        "View", list(VIEWS), format_func=VIEWS.get, required=True, key="control.view", on_change=look,
        label_visibility="collapsed",
    )  # fmt: skip
    return now
