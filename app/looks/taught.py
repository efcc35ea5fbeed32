"""Taught by: the training rows that are nearest to the row in the model's own space, with their labels."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app import asks
from app.blocks.contributions import notes
from app.blocks.displaying import displayed
from app.blocks.spaces import chosen_space, taught_in
from app.blocks.tables import ROW_HEIGHT
from app.blocks.waiting import answered
from app.cells import pictured
from app.shown import Shown
from app.teaching import taught_sentence
from app.text import md
from app.wording import digits_for, value
from mispredict.investigation.pictures import picture
from mispredict.investigation.questions import Taught

OURS = ("distance", "truth", "probability")
TALL = 84  # pixels of a line with a picture
FORWARD = ("display", "id")  # roles of the columns that stand first


def show_taught(shown: Shown) -> None:
    """Draw the section."""
    job = asks.asked(shown.name, taught_in(shown.row, chosen_space(shown.name)))
    if not answered(job):
        return
    found: Taught = job.answer
    if not len(found.rows):
        st.markdown("No training row can be compared with this one.")
        return
    st.markdown(f"{taught_sentence(found, shown.found)} :gray[Nearest by {md(found.space)}.]")
    texts = [c for c in _display(found.rows, shown) if c not in pictured(found.rows, [c])]
    _table(found.rows, shown)
    if texts:
        _texts(found.rows, texts)
    notes(found.notes)


def _texts(rows: pd.DataFrame, columns: list[str]) -> None:
    with st.expander("Their texts in full", icon=":material/notes:"):
        for place, (_, line) in enumerate(rows.iterrows(), 1):
            label = f"labelled {md(line['truth'])}" if line["truth"] else "without a label"
            displayed({c: line[c] for c in columns}, f"{place}, {label}")


def _display(rows: pd.DataFrame, shown: Shown) -> list[str]:
    return [column for column, role in shown.what.roles.items() if role == "display" and column in rows]


def _table(rows: pd.DataFrame, shown: Shown) -> None:
    own = [c for c in rows.columns if c not in OURS and c != shown.what.target]
    own.sort(key=lambda column: (shown.what.roles.get(column) not in FORWARD, column not in shown.what.features))
    rows = pd.concat([_this_row(shown, own), rows.astype(object)], ignore_index=True)
    pictures = pictured(rows, own)
    table = rows[list(OURS)].astype({"distance": float, "probability": float})
    table.insert(0, "place", ["This row", *map(str, range(1, len(rows)))])
    for place, column in enumerate(own):  # c0, c1, ...: nothing in the settings is named by data
        cells = [picture(cell) for cell in rows[column]] if column in pictures else [value(c) for c in rows[column]]
        table[f"c{place}"] = cells
    st.dataframe(
        table,
        hide_index=True,
        row_height=TALL if pictures else ROW_HEIGHT,
        height="content",
        placeholder="–",
        column_config=_settings(own, pictures, shown.what.positive) | {"distance": _distances(table["distance"])},
    )


def _distances(distances: pd.Series) -> Any:
    return st.column_config.NumberColumn("Distance", format=f"%.{digits_for(distances.dropna())}f")


def _this_row(shown: Shown, own: list[str]) -> pd.DataFrame:
    found = shown.found
    ours = {"distance": None, "truth": str(found.truth), "probability": found.probabilities.get(shown.event)}
    return pd.DataFrame([{**{column: found.values.get(column) for column in own}, **ours}], dtype=object)


def _settings(own: list[str], pictures: tuple[str, ...], event: Any) -> dict[str, Any]:
    number, text, image = st.column_config.NumberColumn, st.column_config.TextColumn, st.column_config.ImageColumn
    return {
        "place": text("Nearest", pinned=True),
        "truth": text("Labelled"),
        "probability": number("Probability" if event is None else f"Probability of {event}", format="%.3f"),
        **{f"c{place}": (image if column in pictures else text)(column) for place, column in enumerate(own)},
    }
