"""A row's values as fields that can be changed; what is changed is kept by `app.edits`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app import asks, session
from app.edits import Changes, put, try_values
from app.shown import Shown
from app.text import md
from app.values import kind_of, seen, step_for
from app.wording import value

FIRST = 8  # fields that stand there unasked


def editor(shown: Shown, columns: Sequence[str], changes: Changes) -> None:
    """Draw fields for the first columns, for those that were asked for and for those that are changed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Values to try**", width="content")
        st.space("stretch")
        st.button(
            "Reset", key="reset-edits", icon=":material/restart_alt:", disabled=not changes, type="tertiary",
            on_click=try_values, args=(shown.name, shown.row, {}),
        )  # fmt: skip
    more = f"more-{shown.name}"
    asked = session.noted_control(more) or []
    drawn = [c for place, c in enumerate(columns) if place < FIRST or c in asked or c in changes]
    left, right = st.columns(2, gap="small")
    for place, column in enumerate(drawn):
        with left if place % 2 == 0 else right:
            _field(shown, column, changes)
    if len(columns) > FIRST:
        st.multiselect("More columns", columns, key=f"control.{more}", placeholder="Those that moved it less")


def _field(shown: Shown, column: str, changes: Changes) -> None:
    own = shown.found.values.get(column)
    control = f"edit-{shown.what.features.index(column)}"
    label = f"**{md(column)}** :orange[was {md(value(own))}]" if column in changes else md(column)
    held = changes.get(column, own)
    kind = kind_of(held if isinstance(held, str) else own, shown.what.dtypes.get(column, "other"))
    on_change = {"on_change": _take, "args": (shown, column, control)}
    session.set_control(control, _held(held, own, kind))
    if kind == "number":
        whole = isinstance(_held(held, own, kind), int)
        st.number_input(
            label, value=None, key=f"control.{control}", placeholder="missing", step=step_for(_held(held, own, kind)),
            format="%d" if whole else "%.10g", **on_change,
        )  # fmt: skip
    elif kind == "choice":
        options = seen(_rows(shown), column, first=(own, held))
        st.selectbox(
            label, options, index=None, key=f"control.{control}", placeholder="missing", format_func=value,
            accept_new_options=True, **on_change,
        )  # fmt: skip
    else:
        st.text_input(label, key=f"control.{control}", placeholder="missing", **on_change)


def _held(held: Any, own: Any, kind: str) -> Any:
    """Return the value as its field shows it: numbers of the own value's kind, text for whatever else."""
    if kind == "number" and held is not None:
        is_whole = isinstance(held, int) and isinstance(own, int)
        return held if is_whole else float(held)
    return (None if held is None else str(held)) if kind == "text" else held


def _rows(shown: Shown) -> pd.DataFrame:
    job = asks.ranked(shown.name, "surprise")
    return job.answer.rows if job.wait(1.0) and job.state == "done" else pd.DataFrame()


def _take(shown: Shown, column: str, control: str) -> None:
    given = session.noted_control(control)
    own = shown.found.values.get(column)
    put(shown.name, shown.row, column, own=own, value=None if given == "" else given)
