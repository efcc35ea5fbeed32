"""A way to take an explanation along: copied or as a file, as Markdown or JSON."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.copying import as_json, as_markdown
from app.shown import Shown, method_name
from explainers.explanation import Explanation

HEIGHT = 220


def copy_explanation(said: Explanation, shown: Shown) -> None:
    """Draw the button; the texts are made once it is open."""
    opened = st.popover("Copy", icon=":material/content_copy:", key="copy", on_change="rerun")
    if not opened.open:
        return
    with opened:
        _text("Markdown", "markdown", "text/markdown", lambda: _markdown(said, shown))
        _text("JSON", "json", "application/json", lambda: as_json(said))


def _markdown(said: Explanation, shown: Shown) -> str:
    return as_markdown(said, shown.found, target=shown.what.target, method=method_name(said.method))


def _text(label: str, language: str, mime: str, make: Callable[[], str]) -> None:
    ending = {"markdown": "md"}.get(language, language)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{label}**", width="content")
        st.space("stretch")
        st.download_button(
            f"Download {ending}", make, file_name=f"explanation.{ending}", mime=mime, on_click="ignore",
            key=f"download-{ending}", icon=":material/download:", type="tertiary",
        )  # fmt: skip
    st.code(make(), language=language, height=HEIGHT, width=640)
