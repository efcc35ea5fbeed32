"""Models held to the set from the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from app import checking, promotions, session, sharing
from app.blocks.waiting import ready
from app.text import md
from app.wording import counted

if TYPE_CHECKING:
    from mispredict.obvious.case import Case
    from mispredict.obvious.checking import Checked

OTHER = "Another model file"


def show_check(cases: Sequence[Case], name: str | None) -> Checked | None:
    """Draw the choice of models, the button, and the job; return what it told once it is over."""
    models = promotions.do("Reading the investigation", lambda _: checking.models_of(name) if name else {}).answer or {}
    offered = [*models, OTHER] if sharing.files_are_taken() else [*models]
    if not offered:
        st.info(f"No investigation is open that names a model. {sharing.WHY_OFF}", icon=":material/lock:")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", key="checking"):
        default = list(models) or [OTHER]
        which = st.pills("Hold models to the set", offered, selection_mode="multi", default=default, key="check-models")
        if OTHER in (which or ()):
            st.text_input("Path of a model file on the computer that runs this app", key="check-path")
        chosen = _chosen(models, which or ())
        st.button(
            f"Check {counted(len(cases), 'case')}", type="primary", key="check", icon=":material/play_arrow:",
            on_click=_start, args=(cases, chosen), disabled=not chosen,
        )  # fmt: skip
    if OTHER not in offered:
        st.caption(sharing.WHY_OFF)
    return _job()


def _job() -> Checked | None:
    key = session.noted("check")
    job = checking.job(key) if key else None
    if job is None or not ready(job):
        return None
    checked: Checked = job.answer
    if session.noted("check_drawn") != key:  # the matrix above was drawn before the answer was kept
        session.note("check_drawn", key)
        st.rerun()
    if checked.gap is not None:
        (st.warning if checked.gap.is_fitted else st.caption)(md(checked.gap.sentence))
    return checked


def _chosen(models: Mapping[str, Path], which: Sequence[str]) -> dict[str, Path]:
    path = str(session.widget("check-path") or "").strip()
    other = {OTHER: Path(path).expanduser()} if OTHER in which and path else {}
    return {name: models[name] for name in which if name in models} | other


def _start(cases: Sequence[Case], models: Mapping[str, Path]) -> None:
    job = promotions.do("Starting", lambda _: checking.start(cases, models, promotions.me()))
    session.note("check", job.answer)
