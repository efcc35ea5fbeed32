"""The page that answers: what may be behind the errors, or makes the model look better than it is."""

from __future__ import annotations

import streamlit as st

from app import session
from app.blocks.checks import show_checks
from app.blocks.clearing import clearing_outcome
from app.blocks.header import opened_investigation
from app.blocks.searching import show_search
from app.blocks.suspect_detail import show_finding
from app.blocks.suspect_list import show_list
from app.suspect_words import claim, line_below, title_of
from app.suspecting import TITLE
from app.text import code_free, md
from app.wording import counted, listed, sentence
from mispredict.suspects.suspect import Suspect, Suspicions

FITS = 6  # findings in the list
HEIGHT = 900
NOTHING = (
    "No check found a column, a row or a label that would explain the errors or make the figures look too good. "
    "What each of them looked at stands below."
)


def show_suspects() -> None:
    """Draw the page."""
    held = opened_investigation()
    if held is None:
        return
    name, _ = held
    head = st.container(key="headline", gap="xxsmall")
    clearing_outcome(name)
    found = show_search(name)
    if found is None or not found.judged:
        head.subheader(f":material/search: {TITLE}", anchor=False)
        head.caption(_to_do(found))
        return
    head.subheader(claim(found, so_far=bool(found.missing)), anchor=False)
    if below := line_below(found):
        head.caption(below)
    _found(name, found)
    show_checks(found)


def _to_do(found: Suspicions | None) -> str:
    names = [title_of(kind) for kind in found.missing] if found is not None else []
    return f"{counted(len(names), 'check')} to do: {sentence(listed(names, len(names)))}" if names else ""


def _found(name: str, found: Suspicions) -> None:
    if not found.suspects:
        if not found.missing:
            st.markdown(NOTHING)
        return
    opened = _opened(found)
    left, right = st.columns([1, 2.1], gap="medium")
    # A long list scrolls by itself: what it opens stays beside it.
    with left, st.container(height=HEIGHT if len(found.suspects) > FITS else "content", border=False):
        show_list(found, opened.key)
    with right:
        show_finding(name, opened, [one.key for one in found.suspects])


def _opened(found: Suspicions) -> Suspect:
    """Return the finding that the address names, the first where it names none or one that is not there."""
    wanted = session.current("opened")
    for one in found.suspects:
        if one.key == wanted:
            return one
    if wanted is not None and not found.missing:
        st.info(
            f"No finding {md(code_free(wanted, limit=40))}: it may have been one of other data. Here is the first one.",
            icon=":material/help:",
        )
    return found.suspects[0]


if __name__ == "__main__":
    show_suspects()
