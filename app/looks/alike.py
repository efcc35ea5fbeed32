"""Rows like it: errors and right rows that the model judged for the same reasons."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.spaces import chosen_space
from app.blocks.tables import clickable, listed
from app.blocks.waiting import answered
from app.shown import Shown
from app.wording import counted, sentence
from mispredict.investigation.desk import CONTRIBUTIONS


def show_alike(shown: Shown) -> None:
    """Draw the section."""
    job = asks.alike(shown.name, shown.row, chosen_space(shown.name) or CONTRIBUTIONS)
    if not answered(job):
        return
    rows = job.answer.rows
    if not len(rows):
        st.markdown("No row is near this one.")
        return
    wrong = int((rows["truth"].astype(str) != rows["predicted"].astype(str)).sum())
    st.markdown(
        f"**{wrong or 'None'} of the {counted(len(rows), 'row')} most like it {'is' if wrong == 1 else 'are'} wrong.**"
    )
    table, columns = listed(rows, shown.what)
    ids = rows["id"].astype(str).tolist()
    clickable(
        table, key="alike", on_row=lambda place: session.choose(row=ids[place]), height="content", column_config=columns
    )
    st.caption(" ".join(map(sentence, job.answer.notes)))
