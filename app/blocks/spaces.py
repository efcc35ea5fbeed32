"""In which space rows are near: offered where there is more than one."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.waiting import PATIENCE
from mispredict.investigation.desk import CONTRIBUTIONS, LAYER
from mispredict.investigation.questions import TaughtBy


def chosen_space(name: str) -> str | None:
    """Draw the choice and return the space; None where there is no choice, or the usual one is chosen."""
    job = asks.spaces(name)
    if not job.wait(PATIENCE) or job.state != "done" or len(job.answer) < 2:
        return None
    usual = "the usual one"
    taken = st.selectbox(
        "Near in the space of", [usual, *job.answer], width=320, **session.bound("space", [usual, *job.answer], usual)
    )
    return None if taken == usual else taken


def taught_in(row: str, space: str | None) -> TaughtBy:
    """Return the question for the training rows near a row in a space.

    >>> taught_in("r1", "layer hidden 1")
    TaughtBy(row='r1', of='live', limit=10, space='layer', layer='hidden 1')
    """
    if space is None:
        return TaughtBy(row)
    if space.startswith(LAYER):
        return TaughtBy(row, space="layer", layer=space.removeprefix(LAYER))
    return TaughtBy(row, space="contributions" if space == CONTRIBUTIONS else "embedding")
