"""Why: the chosen method's contributions to the score of the chosen class."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.because import why_reading, why_sentence
from app.blocks.contributions import contributions
from app.blocks.copying import copy_explanation
from app.blocks.paths import show_paths
from app.blocks.waiting import answered
from app.figures.contributions import ENDS
from app.shown import Shown, method_name
from app.text import md
from mispredict.investigation.questions import Why

IN_A_ROW = 4  # classes; more go into a list


def show_why(shown: Shown) -> None:
    """Draw the section."""
    if shown.serving:
        _explained(shown)
    else:
        st.markdown("**No method can explain this model.**")
    _refusals({method: refusal for method, refusal in shown.methods.items() if refusal is not None})


def _explained(shown: Shown) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="asked-how"):
        method, class_ = _method(shown), _class(shown)
        st.space("stretch")
        copies = st.container(width="content")
    job = asks.asked(shown.name, Why(shown.row, method=method, class_=class_))
    if not answered(job):
        return
    said, towards = job.answer, f"{shown.what.target} = {job.answer.class_}"
    with copies:
        copy_explanation(said, shown)
    st.markdown(why_sentence(said, shown.found.values, md(towards)))
    contributions(said, shown, axis=f"{said.unit} of {towards}", ends=ENDS, reading=why_reading(said))
    if said.paths:
        with st.expander("How the row went down the trees that moved the score most", icon=":material/account_tree:"):
            show_paths(said.paths, said.unit, said.class_)


def _method(shown: Shown) -> str:
    serving = shown.serving
    taken = st.segmented_control(
        "Explained by", serving, format_func=method_name, required=True, **session.bound("method", serving, serving[0])
    )
    return taken or serving[0]


def _class(shown: Shown) -> str | None:
    """Return the class that was chosen, None for the usual one."""
    classes = [str(class_) for class_ in shown.what.classes]
    bound = session.bound("class", classes, shown.event)
    if len(classes) <= IN_A_ROW:
        taken = st.segmented_control("Score of", classes, format_func=md, required=True, **bound)
    else:
        taken = st.selectbox("Score of", classes, width=200, **bound)
    return None if taken == shown.event else taken


def _refusals(refused: dict[str, str]) -> None:
    if refused:
        words = "; ".join(f"{method_name(method)}: {md(reason)}" for method, reason in refused.items())
        st.caption(f"Cannot serve here – {words}.")
