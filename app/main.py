"""The app's entry: pages, then the page that was asked for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app import registry, session
from app.blocks.pages import file_of, go

PAGES = (
    ("", "Overview", ":material/dashboard:"),
    ("errors", "Errors", ":material/scatter_plot:"),
    ("suspects", "Suspects", ":material/policy:"),
    ("online", "Offline / online", ":material/sync_alt:"),
    ("invariants", "Invariants", ":material/rule:"),
    ("prediction", "Prediction", ":material/search_insights:"),
    ("obvious-set", "Obvious set", ":material/verified:"),
    ("open", "Open", ":material/folder_open:"),
)


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Mispredict", page_icon=str(Path(__file__).parent / "mark.svg"), layout="wide")
    st.logo(str(Path(__file__).parent / "logo.svg"), size="medium")
    page = st.navigation([_page(*words) for words in PAGES], position="top")
    name = page.url_path
    session.arrive(name)
    if session.current("inv") is None and name != "open" and (known := registry.names()):
        session.choose(inv=known[0])
    if (wished := session.take_wish()) is not None:
        go(wished, session.address(wished))
    page.run()


def _page(name: str, title: str, icon: str) -> st.Page:  # type: ignore[valid-type]
    hidden = name == "open"
    return st.Page(
        file_of(name),
        title=title,
        icon=icon,
        url_path=name or None,
        default=not name,
        visibility="hidden" if hidden else "visible",
    )


main()
