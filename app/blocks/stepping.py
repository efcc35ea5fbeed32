"""The line above a prediction: the way to the next worst row, to any row, and to a promotion."""

from __future__ import annotations

import streamlit as st

from app import session
from app.blocks.choosing import RANKS, choice_now, ranking
from app.blocks.walking import next_in_cluster, step
from app.wording import count
from mispredict.investigation.desk import Groups


def steps(ids: list[str], row: str | None, total: int, groups: Groups | None) -> None:
    """Draw it; `ids` are the rows in their order, `total` how many there are in all, `groups` None until known."""
    at = ids.index(row) if row in ids else None
    with st.container(horizontal=True, vertical_alignment="center", key="steps"):
        last = len(ids) - 1
        st.button(
            "Previous worst", key="previous", shortcut="K", icon=":material/arrow_upward:", on_click=_step,
            args=(ids, at, -1), disabled=not ids or at == 0,
        )  # fmt: skip
        st.button(
            "Next worst", key="next", shortcut="J", icon=":material/arrow_downward:", on_click=_step,
            args=(ids, at, 1), disabled=not ids or at == last,
        )  # fmt: skip
        if groups is not None:
            next_in_cluster(groups, row, key="next-in-cluster")
        st.markdown(f":gray[{_place(at, total)}]", width="content")
        st.space("stretch")
        st.button(
            "Promote", key="promote", shortcut="P", type="primary", icon=":material/verified:", disabled=row is None,
            on_click=session.setter("promoting", row),
        )  # fmt: skip
        st.text_input(
            "Row", key="control.row-id", placeholder="Go to a row by its id", label_visibility="collapsed", width=220,
            on_change=_go_to,
        )  # fmt: skip


def _place(at: int | None, total: int) -> str:
    if at is None:
        return "Not among the errors listed"
    by = RANKS[ranking(session.current("by"))].lower()
    return f"{at + 1} of {count(total)} errors by {by}{'' if choice_now().is_all else ' of the chosen ones'}"


def _step(ids: list[str], at: int | None, by: int) -> None:
    session.note("promoted", None)  # what was said of the row before
    session.choose(row=step(ids, at, by))


def _go_to() -> None:
    wanted = str(session.noted_control("row-id") or "").strip()
    if wanted:
        session.choose(row=wanted)
        session.set_control("row-id", "")
