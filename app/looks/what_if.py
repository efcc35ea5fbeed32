"""What if: other values put in for the row's own, and the smallest change that turns the prediction around."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import asks
from app.because import ranked
from app.blocks.contributions import notes
from app.blocks.editing import editor
from app.blocks.flips import show_flips
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import answered
from app.edits import Changes, edits, pairs
from app.moved import edited_sentence, moved
from app.shown import Shown
from app.wording import digits_for
from mispredict.investigation.questions import Edited, WhatIf, Why


def show_what_if(shown: Shown) -> None:
    """Draw the section."""
    if not shown.serving:
        st.markdown("**No method can explain this model**, so that nothing could be said of a change.")
        return
    before = asks.asked(shown.name, Why(shown.row, method=shown.serving[0]))
    if not answered(before):
        return
    changes = edits(shown.name, shown.row)
    sentence = st.container()
    values, smallest = st.columns([1, 1.1], gap="large")
    with values:
        editor(shown, [column for column, _ in ranked(before.answer.values)], changes)
    with smallest:
        show_flips(shown)
    if changes:
        _outcome(shown, changes, sentence)
    else:
        sentence.markdown("Change a value, and the model answers for the changed row. Nothing is written anywhere.")


def _outcome(shown: Shown, changes: Changes, above: DeltaGenerator) -> None:
    job = asks.asked(shown.name, WhatIf(shown.row, changes=pairs(changes), method=shown.serving[0]))
    with above:
        is_answered = answered(job)
    if not is_answered:
        return
    found: Edited = job.answer
    above.markdown(edited_sentence(found, shown.found, target=shown.what.target, event=shown.event))
    _moved(found, shown)
    notes(found.after.notes)


def _moved(found: Edited, shown: Shown) -> None:
    rows = moved(found, shown.found.values)
    digits = digits_for([*rows["before"], *rows["after"]])
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.markdown(f"**What the change moves**, {found.after.unit} of {shown.towards(found.after.class_)}")
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={
            "column": text("Column"),
            "value": text("Value"),
            "before": number("Part before", format=f"%+.{digits}f"),
            "after": number("Part after", format=f"%+.{digits}f"),
            "change": number("Change", format=f"%+.{digits}f"),
        },
    )
