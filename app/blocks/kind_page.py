"""How a kind of finding is detected, what it means and what clears it; its page of the documentation to read."""

from __future__ import annotations

import streamlit as st

from app.documents import page_of
from app.suspect_words import about_kind, told


def how_detected(kind: str) -> None:
    """Draw it folded; a kind that this program does not know has nothing to say."""
    about = about_kind(kind)
    if about is None:
        return
    with st.expander("How this is detected", icon=":material/rule:"):
        for name, words in (
            ("What it needs", about.needs),
            ("How", about.how),
            ("What the words mean", about.means),
            ("What clears it", about.clear),
        ):
            st.markdown(f"**{name}:** {told(words)}.")
        if page_of(kind) is not None:
            st.button(
                "Read the page about this kind", key="read", icon=":material/menu_book:", on_click=_read, args=(kind,),
                type="tertiary",
            )  # fmt: skip


@st.dialog("About this kind of finding", width="large", icon=":material/menu_book:")
def _read(kind: str) -> None:
    st.markdown(page_of(kind) or "")
