"""The pages by name, for navigation and for links between them."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

VIEWS = Path(__file__).resolve().parent.parent / "views"
FILES = {
    "": "overview",
    "errors": "errors",
    "suspects": "suspects",
    "online": "online",
    "invariants": "invariants",
    "prediction": "prediction",
    "obvious-set": "obvious",
    "open": "open",
}


def file_of(page: str) -> str:
    """Return the file of a page by its name in addresses."""
    return str(VIEWS / f"{FILES[page]}.py")


def go(page: str, query: dict[str, str]) -> None:
    """Leave this run for another page."""
    st.switch_page(file_of(page), query_params=query)
