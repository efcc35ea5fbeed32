"""The line on top of every page: which model, on which table, how many rows, how many wrong."""

from __future__ import annotations

import streamlit as st

from app import asks, cached, session
from app.blocks.pages import file_of
from app.blocks.waiting import ready
from app.text import md
from app.wording import FAMILIES, count, digest
from mispredict.investigation.desk import Description


def opened_investigation() -> tuple[str, Description] | None:
    """Return the short name and the description of what is looked at, below its header; None while there is none."""
    name = session.current("inv")
    if name is None:
        st.markdown("No investigation is open. Open one on the Overview page.")
        return None
    job = asks.opened(name)
    if not ready(job):
        st.page_link(file_of("open"), label="Open another investigation", icon=":material/folder_open:")
        return None
    _line(name, job.answer)
    return name, job.answer


def _line(name: str, what: Description) -> None:
    with st.container(key="header"):
        words, link = st.columns([7, 1.1], vertical_alignment="center")
        words.markdown(f"**{md(what.name)}** :gray[{' · '.join(_facts(name, what))}]")
        with link.container(horizontal=True, horizontal_alignment="right"):
            st.page_link(file_of("open"), label="Open another", icon=":material/folder_open:", width="content")
    if cached.desks().is_stale(name):
        _stale(name)


def _facts(name: str, what: Description) -> list[str]:
    facts = [
        f"{md(what.model_name or FAMILIES.get(what.model_family, 'model'))} ({digest(what.model_sha256)})",
        f"{md(what.data_name)} ({digest(what.data_sha256)})",
        f"{count(what.rows)} rows",
    ]
    scan = asks.scanned(name)
    return [*facts, f"{count(scan.answer.errors)} wrong"] if scan.state == "done" else facts


def _stale(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="stale"):
        st.warning(
            "The investigation's file changed after it was opened; what you see is of the earlier one.",
            icon=":material/update:",
        )
        st.button("Open it anew", on_click=asks.again, args=(name,), icon=":material/refresh:")
