"""The heat map of two columns; a click on a cell looks at its rows."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import asks, session
from app.blocks.tables import ROW_HEIGHT, clickable_cells
from app.blocks.waiting import ready
from app.figures.heat import GROUP, cell_at, cells_of, heat_table
from app.text import code_free
from app.wording import count, sentence
from mispredict.cohorts.rule import rule_source
from mispredict.errors.heat import HeatMap

READING = (
    "In each cell: errors over those that the model's own probabilities promise, and how many errors there are. "
    "Orange: more than promised, blue: fewer. Cells of few rows have no shade. Click a cell to look at its rows."
)


def show_heat(name: str, *, height: int) -> None:
    """Draw it once it is counted."""
    job = asks.heat_map(name, session.current("across"), session.current("down"))
    if not ready(job):
        if job.state == "failed":
            st.button(
                "To the pair that stands out most", on_click=session.choose, kwargs={"down": None, "across": None}
            )
        return
    found: HeatMap = job.answer
    if not found.cells:
        st.caption(" ".join(map(sentence, found.notes)))
        return
    _columns(found)
    fits = ROW_HEIGHT * (len(found.second_labels) + 1) + 8
    clickable_cells(
        heat_table(found), key="heat", version=f"{found.first}|{found.second}",
        on_cell=lambda line, column: _look_at(found, line, column), height=min(fits, height - 80),
        column_config=_titles(found),
    )  # fmt: skip
    looked = f"{count(found.looked_at)} of {count(found.of)} rows looked at."
    st.caption(" ".join([READING, looked, *map(sentence, found.notes)]))


def _columns(found: HeatMap) -> None:
    with st.container(horizontal=True, gap="small"):
        for title, param, other in (("Across", "across", "down"), ("Down", "down", "across")):
            shown = {"across": found.first, "down": found.second}
            rest = [column for column in found.error_columns if column != shown[other]]
            session.set_control(param, shown[param])
            st.selectbox(title, rest, key=f"control.{param}", on_change=_choose, args=(param, other, shown[other]))


def _choose(param: str, other: str, held: str) -> None:
    session.choose(**{param: session.noted_control(param), other: held})


def _titles(found: HeatMap) -> dict[str, Any]:
    labels = zip(cells_of(found), found.first_labels, strict=True)
    return {
        GROUP: st.column_config.TextColumn(code_free(found.second, limit=24), pinned=True),
        **{name: st.column_config.TextColumn(code_free(label, limit=24), alignment="center") for name, label in labels},
    }


def _look_at(found: HeatMap, line: int, column: str) -> None:
    cell = cell_at(found, line, column)
    if cell is not None and cell.rows:
        session.select_only("rule", rule_source(cell.conditions))
        session.choose(view="heat")
