"""Display columns of one row: what people look at and no model reads, in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app.text import md
from app.wording import value
from mispredict.investigation.pictures import picture


def displayed(cells: Mapping[str, Any], title: str = "") -> None:
    """Draw a row's texts and pictures under a title, which is Markdown; nothing where there are none."""
    if not cells:
        return
    with st.container(border=True):
        if title:
            st.markdown(f":gray[{title}]")
        for column, cell in cells.items():
            seen = picture(cell)
            if seen is None:
                st.markdown(f"**{md(column)}:** {md(value(cell))}")
            else:
                st.image(seen, caption=md(column), width=220)
