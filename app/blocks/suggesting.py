"""What may be worth declaring, mined from training: ticked by a person, taken home as a file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app import asks, session
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import ready
from app.invariant_words import MARKS
from app.text import code_free, md
from app.wording import count, counted
from mispredict.invariants.mining.suggesting import Suggestion, Suggestions
from mispredict.invariants.mining.text import file_text, told

LINES = 12
LONGEST = 160
ASKED = "suggesting"


def show_suggestions(name: str) -> None:
    """Draw the button that starts the search, then what it found; those that are declared already are left out."""
    st.markdown("**What else may be worth declaring?**")
    if session.noted(ASKED) != name:
        st.button(
            "Suggest from the training table", key="suggest", icon=":material/lightbulb:",
            on_click=session.note, args=(ASKED, name),
        )  # fmt: skip
        st.caption("Claims that every window of the training table keeps, with how often such claims are wrong.")
        return
    job = asks.suggested(name)
    if ready(job):
        _found(job.answer, _declared(name))


def _declared(name: str) -> set[str]:
    """Return the sentences that the investigation's file says already."""
    job = asks.invariants(name)
    return {one.invariant.sentence for one in job.answer.held} if job.state == "done" else set()


def _found(found: Suggestions, declared: set[str]) -> None:
    fresh = [one for one in found.suggestions if one.sentence not in declared]
    fresh.sort(key=lambda one: one.state != "broken")
    st.caption(md(" ".join(told(found))))
    if not fresh:
        st.markdown("Every suggestion is declared already." if found.suggestions else "Nothing holds throughout.")
        return
    if found.judged_on:
        broken = sum(one.state == "broken" for one in fresh)
        st.markdown(f"**{counted(broken, 'of them is', 'of them are')} broken in the examined table**")
    ticked = _table(fresh)
    known = len(found.suggestions) - len(fresh)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = ticked or fresh
        st.download_button(
            f"Download {f'the {count(len(chosen))} ticked' if ticked else f'{count(len(chosen))} suggestions'}",
            file_text(found, chosen), "invariants.yaml", "application/yaml", key="take", icon=":material/download:",
            on_click="ignore",
        )  # fmt: skip
        more = f"{counted(known, 'suggestion')} declared already, left out. " if known else ""
        st.caption(more + "Tick what must hold and take it home; entries go below those that the file's sections have.")


def _here(one: Suggestion) -> str:
    if one.state is None:
        return ""
    return f"{MARKS[one.state]} {one.words if one.state == 'broken' else one.state}"


def _table(fresh: list[Suggestion]) -> list[Suggestion]:
    rows = pd.DataFrame(
        [(code_free(one.sentence.replace("`", ""), limit=LONGEST), _here(one), one.rows, one.allowed) for one in fresh],
        columns=["sentence", "here", "rows", "allowed"],
    )
    number = st.column_config.NumberColumn
    picked = st.dataframe(
        rows,
        key="suggestions",
        on_select="rerun",
        selection_mode="multi-row",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config={
            "sentence": st.column_config.TextColumn("It may hold that", width="large"),
            "here": st.column_config.TextColumn("In the examined table", width="medium"),
            "rows": number("Rows that speak for it", format="localized"),
            "allowed": number("May break it", format="localized", help="Rows of a table as long as the examined one."),
        },
    )
    return [fresh[place] for place in picked["selection"]["rows"] if place < len(fresh)]  # type: ignore[index]
