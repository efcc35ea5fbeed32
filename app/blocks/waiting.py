"""A job on a page: its answer when it is there, else how far it is, or why there is none."""

from __future__ import annotations

import hashlib

import streamlit as st

from app import cached
from app.jobs import Job
from app.text import md
from app.wording import said, seconds
from mispredict.bad_input import InvestigationRefused, ModelRefused, TableRefused

REFUSED = (InvestigationRefused, ModelRefused, TableRefused)
PATIENCE = 0.35  # seconds a page waits before it shows a progress bar: less is not worth a flicker


def ready(job: Job, *, patience: float = PATIENCE) -> bool:
    """Return whether the answer is there; draws progress with a cancel, or the failure with a retry, when it is not."""
    job.wait(patience)
    if job.state == "done":
        return True
    if job.state == "running":
        _progress(job.key)
    else:
        _ended(job)
    return False


def answered(job: Job, *, patience: float = PATIENCE) -> bool:
    """Return as `ready` does; a refusal is an answer to a question, so it is said quietly, with nothing to retry."""
    if job.wait(patience) and job.state == "failed" and isinstance(job.failure, REFUSED):
        with st.container(key=f"refused-{_short(job.key)}"):
            st.markdown(f":material/block: **This question has no answer here.**  \n:gray[{said(job.failure)}]")
        return False
    return ready(job, patience=0.0)


@st.fragment(run_every=0.5)
def _progress(key: tuple[str, ...]) -> None:
    job = cached.jobs().get(key)
    if job is None or job.state != "running":
        st.rerun()
    with st.container(border=True):
        words, button = st.columns([5, 1], vertical_alignment="center")
        doing = f" · {md(job.doing)}" if job.doing and job.doing != job.title else ""
        words.progress(job.share, text=f"**{md(job.title)}**{doing} · {share_done(job)} · {seconds(job.elapsed)}")
        button.button(
            "Stopping" if job.stopping else "Cancel",
            key=f"cancel-{_short(key)}",
            on_click=job.cancel,
            disabled=job.stopping,
            width="stretch",
        )


def share_done(job: Job) -> str:
    """Return how far a job says it is."""
    return f"{job.share:.0%}".replace("%", " %")


def _ended(job: Job) -> None:
    if job.state == "cancelled":
        st.info(f"{md(job.title)}: cancelled after {seconds(job.elapsed)}.", icon=":material/cancel:")
    else:
        st.error(f"**{md(job.title)} failed.**  \n{said(job.failure)}", icon=":material/error:")
    st.button(
        "Start again" if job.state == "cancelled" else "Try again",
        key=f"again-{_short(job.key)}",
        icon=":material/refresh:",
        on_click=cached.jobs().forget,
        args=(job.key,),
    )


def _short(key: tuple[str, ...]) -> str:
    return hashlib.blake2b(repr(key).encode(), digest_size=6).hexdigest()
