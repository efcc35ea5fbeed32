"""The sections of the prediction page: each is one question, and only the chosen one is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app import session
from app.looks.agreement import show_agreement
from app.looks.alike import show_alike
from app.looks.loss import show_loss
from app.looks.taught import show_taught
from app.looks.trees import show_trees
from app.looks.what_if import show_what_if
from app.looks.why import show_why
from app.shown import Shown


@dataclass(frozen=True)
class Look:
    """One section: its name for wrong rows, its name for right rows, whether it can serve, and what draws it."""

    title: str
    show: Callable[[Shown], None]
    serves: Callable[[Shown], bool] = lambda shown: shown.has_model
    right: str = ""  # where that is another name


LOOKS: dict[str, Look] = {
    "why": Look("Why", show_why, lambda shown: True),
    "trees": Look("Trees", show_trees, lambda shown: shown.has_trees),
    "loss": Look("Why it is wrong", show_loss, right="Why the loss"),
    "agreement": Look("Agreement", show_agreement),
    "taught": Look("Taught by", show_taught),
    "what-if": Look("What if", show_what_if),
    "alike": Look("Rows like it", show_alike, lambda shown: True),
}


def show_looks(shown: Shown) -> None:
    """Draw the choice of sections and the chosen one."""
    serving = [name for name, look in LOOKS.items() if look.serves(shown)]
    taken = st.segmented_control(
        "Look at", serving, format_func=lambda name: _title(LOOKS[name], shown), required=True,
        label_visibility="collapsed", **session.bound("look", serving, serving[0]),
    )  # fmt: skip
    LOOKS[taken or serving[0]].show(shown)


def _title(look: Look, shown: Shown) -> str:
    return look.right if look.right and not shown.found.is_error else look.title
