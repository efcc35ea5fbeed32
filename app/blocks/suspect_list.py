"""The findings as a list: the most serious first, then what is worth knowing, then what was cleared."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import session, suspecting
from app.suspect_words import alarms, cleared, mark_of, short_cleared, short_holds, title_of, told, worth_knowing
from app.text import md
from app.wording import listed
from mispredict.suspects.suspect import Suspect, Suspicions

LONGEST = 160  # characters of a summary in the list
CULPRITS = 3


def show_list(found: Suspicions, opened: str | None) -> None:
    """Draw the lists; `opened` is the key of the finding that is shown beside them."""
    _section("", alarms(found), opened)
    _section("Worth knowing", worth_knowing(found), opened)
    _section("Cleared", cleared(found), opened)


def _section(title: str, held: Sequence[Suspect], opened: str | None) -> None:
    if held and title:
        st.markdown(f"**{title}** :gray[{len(held)}]")
    for one in held:
        _card(one, is_opened=one.key == opened)


def _card(one: Suspect, *, is_opened: bool) -> None:
    mark = mark_of(one)
    with st.container(border=True, gap="xxsmall", key=f"suspect-{one.key}"):
        st.button(
            f"{mark.label} **{md(title_of(one.kind))}**", key=f"open-{one.key}", type="tertiary",
            icon=f":material/radio_button_{'checked' if is_opened else 'unchecked'}:",
            on_click=open_finding, args=(one.key,),
        )  # fmt: skip
        if one.is_open:
            st.markdown(told(one.summary, limit=LONGEST))
        elif one.cleared is not None:
            st.caption(short_cleared(one.cleared))
        holds = short_holds(one)
        again = "cleared for other data" if one.is_open and one.cleared is not None else ""
        said = [part for part in (_culprits(one), holds, again) if part]
        if said:
            st.caption(" · ".join(said))


def _culprits(one: Suspect) -> str:
    return md(listed(list(one.culprits), CULPRITS))


def open_finding(key: str) -> None:
    """Look at a finding (a callback)."""
    for said in ("suspect_failed", "suspect_done"):  # of another finding
        session.note(said, None)
    session.choose(opened=key)


def accused(name: str, key: str) -> Suspect | None:
    """Return the finding of a key where it is known already."""
    known = suspecting.so_far(name)
    return next((one for one in known.suspects if one.key == key), None) if known is not None else None


def back_to_finding(name: str, key: str) -> None:
    """Draw the finding whose rows are looked at, and the way back to it."""
    found = accused(name, key)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="accused"):
        st.button(
            "Back to the finding", key="back-to-finding", icon=":material/arrow_back:", on_click=_back, args=(key,)
        )
        if found is not None:
            mark = mark_of(found)
            st.markdown(f"{mark.badge} {told(found.summary, limit=LONGEST)}")


def _back(key: str) -> None:
    open_finding(key)
    session.wish("suspects")
