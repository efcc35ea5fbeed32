"""Why it is wrong: which of the row's values push the model away from the true class, in nats of surprise."""

from __future__ import annotations

import streamlit as st

from app import asks
from app.because import loss_reading, loss_sentence
from app.blocks.contributions import contributions
from app.blocks.copying import copy_explanation
from app.blocks.waiting import answered
from app.shown import Shown
from app.text import code_free
from mispredict.investigation.questions import WhyLoss

AXIS = "surprise, nats"
LONGEST = 18  # characters of a class in a label


def show_loss(shown: Shown) -> None:
    """Draw the section."""
    job = asks.asked(shown.name, WhyLoss(shown.row))
    if not answered(job):
        return
    aside = "to the wrong side" if shown.found.is_error else "away from the truth"
    words, copies = st.columns([8, 1], vertical_alignment="top")
    words.markdown(loss_sentence(job.answer, shown.found.values, aside=aside))
    with copies.container(horizontal=True, horizontal_alignment="right"):
        copy_explanation(job.answer, shown)
    ends = (f"labelled {code_free(job.answer.class_, limit=LONGEST)}, on average", "this row's surprise")
    contributions(job.answer, shown, axis=AXIS, ends=ends, reading=loss_reading(job.answer))
