"""Through the listed errors one by one: the next worst, the next of its cluster, and on to its prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app import session
from app.text import code_free, md
from app.wording import chance, count, number
from mispredict.investigation.desk import Description, Groups


def walk_rows(rows: pd.DataFrame, what: Description, groups: Groups, total: int) -> None:
    """Draw the buttons and one line of the row that is ringed on the map."""
    ids, row = rows["id"].astype(str).tolist(), session.current("row")
    at = ids.index(row) if row in ids else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="walk"):
        st.button(
            "Previous", key="walk-previous", shortcut="K", on_click=_go, args=(step(ids, at, -1),),
            disabled=not ids or at in (None, 0), icon=":material/arrow_upward:", type="tertiary",
        )  # fmt: skip
        st.button(
            "Next worst", key="walk-next", shortcut="J", on_click=_go, args=(step(ids, at, 1),),
            disabled=not ids or at == len(ids) - 1, icon=":material/arrow_downward:", type="tertiary",
        )  # fmt: skip
        next_in_cluster(groups, row, key="walk-cluster", type="tertiary")
        st.button(
            "Open", key="walk-open", shortcut="O", on_click=_open, disabled=row is None,
            icon=":material/arrow_forward:", type="tertiary",
        )  # fmt: skip
    place = f"{count(at + 1)} of {count(total)}: " if at is not None else ""
    st.caption(
        place + row_line(rows.iloc[at], what) if at is not None else "J goes to the worst row.",
    )


def step(ids: Sequence[str], at: int | None, by: int) -> str | None:
    """Return the id some places on, the first where none is looked at.

    >>> step(["a", "b"], None, 1), step(["a", "b"], 0, 1), step(["a", "b"], 1, 1), step([], None, 1)
    ('a', 'b', 'b', None)
    """
    if not ids:
        return None
    return ids[0 if at is None else max(0, min(len(ids) - 1, at + by))]


def next_in_cluster(groups: Groups, row: str | None, *, key: str, **look: Any) -> None:
    """Draw the button to the next error of the row's cluster; it can't be pressed for a row that is in none."""
    after = following(groups, row)
    st.button(
        "Next in cluster", key=key, shortcut="N", on_click=_go, args=(after,), disabled=after is None,
        icon=":material/scatter_plot:", **look,
    )  # fmt: skip


def following(groups: Groups, row: str | None) -> str | None:
    """Return the next error of the row's cluster, the most surprising first and round again; None where it has none."""
    held = next((c.rows for c in groups.clusters if row in c.rows), ())
    return held[(held.index(row) + 1) % len(held)] if row is not None and len(held) > 1 else None


def row_line(row: pd.Series, what: Description) -> str:
    """Return one listed row in a line, in Markdown."""
    named, predicted, truth = (md(_first(row, name)) for name in ("id", "predicted", "truth"))
    called = f"row {named} was called {md(what.target)} = {predicted}, it is {truth}"
    event = "" if what.positive is None else f" of {md(code_free(what.positive, limit=20))}"
    return (
        f"{called}; probability{event} {chance(float(_first(row, 'probability')))}, "
        f"surprise {number(float(_first(row, 'surprise')))} nats"
    )


def _first(row: pd.Series, name: str) -> object:
    """Return a cell by the name of our own column, which stands before one of the table's that is called the same."""
    return row.iloc[list(row.index).index(name)]


def _go(row: str | None) -> None:
    if row is not None:
        session.note("promoted", None)  # what was said of the row before
        session.choose(row=row)


def _open() -> None:
    session.wish("prediction")
