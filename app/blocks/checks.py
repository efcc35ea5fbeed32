"""The checks that passed, each with what it looked at, and those that could not be judged, each with the reason."""

from __future__ import annotations

import streamlit as st

from app.blocks.tables import worded
from app.suspect_words import passed, title_of
from app.text import code_free
from app.wording import counted, listed, sentence
from mispredict.suspects.suspect import Judged, Suspicions

LONGEST = 300


def show_checks(found: Suspicions) -> None:
    """Draw both lists side by side."""
    good, blind = passed(found), found.not_judged
    left, right = st.columns([1.2, 1], gap="medium") if blind or found.missing else (st.container(), st.container())
    with left:
        st.markdown(f":material/check_circle: **Checks that passed** :gray[{len(good) or 'none'}]")
        if good:
            worded([(title_of(one.kind), _cut(_looked_at(one))) for one in good])
    with right:
        if blind:
            st.markdown(f":material/block: **Not judged** :gray[{len(blind)}]")
            worded([(title_of(kind), _cut(why)) for kind, why in blind.items()])
        if found.missing:
            names = [title_of(kind) for kind in found.missing]
            st.caption(f"{counted(len(names), 'check')} not done: {sentence(listed(names, len(names)))}")
    if found.notes:
        st.caption(":material/info: " + " ".join(map(sentence, found.notes)))


def _looked_at(one: Judged) -> str:
    more = len(one.suspects)
    return f"{one.looked_at}; {counted(more, 'remark')}" if more else one.looked_at


def _cut(words: str) -> str:
    return code_free(words, limit=LONGEST)
