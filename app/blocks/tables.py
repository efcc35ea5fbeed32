"""Tables of rows: column settings, and a click on a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from app import session
from app.text import code_free, md
from app.wording import digits_for, value
from mispredict.investigation.desk import Description

HEAD = ("id", "truth", "predicted", "probability", "surprise", "beyond", "cost", "cluster")
ROW_HEIGHT = 28
LONGEST = 300  # characters of a cell in a list: a text or a picture is shown in full where one row is looked at


def clickable(rows: pd.DataFrame, *, key: str, on_row: Callable[[int], None], **look: Any) -> None:
    """Draw a table of which one row can be clicked; `on_row` gets its place. The click is not remembered."""

    def on_cell(place: int, _: str) -> None:
        if place < len(rows):
            on_row(place)

    clickable_cells(rows, key=key, version="\n".join(rows.iloc[:, 0].astype(str)), on_cell=on_cell, **look)


def clickable_cells(
    rows: pd.DataFrame | Styler, *, key: str, version: str, on_cell: Callable[[int, str], None], **look: Any
) -> None:
    """Draw a table of which one cell can be clicked; `on_cell` gets its row's place and its column's name.

    `version` changes with what the table holds: one whose rows change under its key swallows the next click.
    """
    digest = hashlib.blake2b(version.encode("utf-8", "replace"), digest_size=4).hexdigest()
    whole = f"{key}-{session.epoch(key)}-{digest}"

    def clicked() -> None:
        cell = _cell(session.event(whole, "selection"))
        if cell is not None:
            session.renew(key)
            on_cell(*cell)

    # A cell anywhere in the row will do: rows themselves can be picked in a narrow column of boxes only.
    st.dataframe(
        rows,
        key=whole,
        on_select=clicked,
        selection_mode="single-cell",
        hide_index=True,
        row_height=ROW_HEIGHT,
        placeholder="–",
        **look,
    )


def _cell(selection: Any) -> tuple[int, str] | None:
    """Return the place of the row and the column in which something was picked."""
    if not selection:
        return None
    places = [*selection["cells"], *((row, "") for row in selection["rows"])]
    return (int(places[0][0]), str(places[0][1])) if places else None


def listed(rows: pd.DataFrame, what: Description) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return ranked rows ready to be shown, and the columns' settings; the table's own columns follow as text."""
    said = {column for column, role in what.roles.items() if role in ("id", "target", "cost")}
    own = rows.iloc[:, [place for place, name in enumerate(rows.columns) if name not in HEAD and name not in said]]
    shown = pd.DataFrame(
        {
            "id": rows["id"].astype(str),
            "truth": rows["truth"].astype(str),
            "predicted": rows["predicted"].astype(str),
            "probability": _column(rows, "probability"),
            "surprise": _column(rows, "surprise"),
            "beyond": _column(rows, "beyond"),
            "cost": _column(rows, "cost"),
            "cluster": [str(int(c) + 1) if c is not None and c == c and c >= 0 else "–" for c in rows["cluster"]],
        }
    )
    if "distance" in rows:
        shown.insert(1, "distance", _column(rows, "distance"))
    # c0, c1, ...: a table's own column may be named like one of ours.
    for place, name in enumerate(own.columns):
        if name != "distance":
            shown[f"c{place}"] = [code_free(value(cell), limit=LONGEST) for cell in own.iloc[:, place]]
    return shown, settings(shown, own, what.positive)


def _column(rows: pd.DataFrame, name: str) -> Any:
    found = rows.loc[:, [n == name for n in rows.columns]]
    return found.iloc[:, 0].astype(float)


def settings(shown: pd.DataFrame, own: pd.DataFrame, event: Any) -> dict[str, Any]:
    """Return the columns' titles and formats."""
    number = st.column_config.NumberColumn
    own_titles = {f"c{place}": st.column_config.TextColumn(str(name)) for place, name in enumerate(own.columns)}
    return {
        "id": st.column_config.TextColumn("Row", pinned=True),
        "distance": number("Distance", format=f"%.{digits_for(shown.get('distance', ()))}f"),
        "truth": st.column_config.TextColumn("True"),
        "predicted": st.column_config.TextColumn("Predicted"),
        "probability": number("Probability" if event is None else f"Probability of {event}", format="%.3f"),
        "surprise": number("Surprise, nats", format="%.3f"),
        "beyond": number("Beyond its confidence, nats", format="%.3f"),
        "cost": number("Cost", format="%,.2f"),
        "cluster": st.column_config.TextColumn("Cluster"),
        **{name: own_titles[name] for name in shown.columns if name in own_titles},
    }


def facts(pairs: list[tuple[str, str]], heads: tuple[str, str] = ("What", "Value")) -> None:
    """Draw a list of names and values; cells are literal, whatever stands in them."""
    rows = pd.DataFrame(pairs, columns=["name", "value"])
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={
            "name": st.column_config.TextColumn(heads[0], width="medium"),
            "value": st.column_config.TextColumn(heads[1], width="large"),
        },
    )


def worded(pairs: list[tuple[str, str]]) -> None:
    """Draw a short list of names and texts that may need several lines; both are literal."""
    rows = pd.DataFrame([(f"**{md(name)}**", md(words)) for name, words in pairs], columns=["name", "words"])
    st.table(rows, border="horizontal", hide_index=True, hide_header=True, width="content")
