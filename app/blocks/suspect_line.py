"""The first suspects on the overview, in a line each, with the way to all of them."""

from __future__ import annotations

import streamlit as st

from app import session, suspecting
from app.suspect_words import alarms, claim, mark_of, told
from app.text import md

FIRST = 2
LONGEST = 200  # characters of a summary


def show_first_suspects(name: str) -> None:
    """Draw what is known; nothing is searched here."""
    known = suspecting.so_far(name)
    if known is None or not (known.judged or known.missing):
        return
    with st.container(border=True, key="suspects", gap="xxsmall"):
        words, button = st.columns([5, 1], vertical_alignment="center")
        with words:
            if not known.judged:
                st.markdown(":material/policy: **Suspects:** nobody has looked for them yet")
            else:
                st.markdown(f"**{claim(known, so_far=bool(known.missing))}**")
        label = "See the suspects" if known.judged else "Look for suspects"
        button.button(label, key="see-suspects", width="stretch", on_click=_go)
        for one in alarms(known)[:FIRST]:
            mark = mark_of(one)
            st.button(
                f"{md(mark.word)} · {told(one.summary, limit=LONGEST)}", key=f"suspect-{one.key}", type="tertiary",
                icon=mark.icon, on_click=_go, args=(one.key,),
            )  # fmt: skip


def _go(key: str | None = None) -> None:
    session.choose(opened=key)
    session.wish("suspects")
