"""A person's word on a finding: cleared with a reason, opened again; who, when and why stay with it."""

from __future__ import annotations

import streamlit as st

from app import session, suspecting
from app.blocks.waiting import PATIENCE
from app.jobs import Job
from app.promotions import me
from app.suspect_words import act_words, cleared_words, title_of
from app.text import md
from app.wording import said
from mispredict.suspects.suspect import Suspect

TAKEN_BACK = "taken back"
TOLD = 3  # earlier words


def clear_popover(name: str, found: Suspect) -> None:
    """Draw the form that clears a finding behind a button."""
    with st.popover("Clear it", icon=":material/task_alt:", key=f"clear-{found.key}-{session.epoch('clearing')}"):
        st.caption("It moves to the end of the list with your word beside it, until the data is another one.")
        _form(name, found, "clear", "Why it is none", "Such as: computed nightly, before the payment")


def cleared_bar(name: str, found: Suspect) -> None:
    """Draw who cleared a finding and why, with the way to open it again."""
    assert found.cleared is not None
    with st.container(border=True, key="cleared"):
        st.markdown(f":material/task_alt: {cleared_words(found.cleared)}")
        if found.cleared.holds:
            with st.popover("Reopen", icon=":material/undo:", key=f"reopen-{found.key}-{session.epoch('clearing')}"):
                _form(name, found, "reopen", "Why it is one after all", "Such as: the log says a day later")


def said_before(name: str, found: Suspect) -> None:
    """Draw what people said of a finding before the word that counts now."""
    job = suspecting.history(name, found.key)
    if not job.wait(PATIENCE) or job.state != "done":
        return
    now = found.cleared.at if found.cleared is not None else ""
    earlier = [act for act in job.answer if act.at != now]
    if earlier:
        st.caption(f":material/history: {' '.join(act_words(act) for act in reversed(earlier[-TOLD:]))}")


def clearing_outcome(name: str) -> None:
    """Draw what the last word came to, with undo."""
    failed = session.noted("suspect_failed")
    if failed is not None:
        st.error(f"**Not changed.**  \n{said(failed)}", icon=":material/error:")
    done = session.noted("suspect_done")
    if done is None:
        return
    verb, found = done
    with st.container(horizontal=True, vertical_alignment="center", key="said"):
        st.success(f"{md(title_of(found.kind))}: {'cleared' if verb == 'clear' else 'open again'}.")
        if verb == "clear":
            st.button("Undo", key="undo-clearing", icon=":material/undo:", on_click=_undo, args=(name, found))


def _form(name: str, found: Suspect, verb: str, why: str, example: str) -> None:
    st.text_area(why, key=f"{verb}-reason", placeholder=example, max_chars=2_000, height=90)
    st.text_input("Who says so", key=f"{verb}-by", value=me(), max_chars=200)
    st.button(
        "Clear this finding" if verb == "clear" else "Open it again", type="primary", key=f"{verb}-save",
        on_click=_say, args=(name, found, verb),
    )  # fmt: skip


def _say(name: str, found: Suspect, verb: str) -> None:
    act = suspecting.clear if verb == "clear" else suspecting.reopen
    by, reason = (str(session.widget(f"{verb}-{part}") or "") for part in ("by", "reason"))
    _keep(act(name, found.key, by=by, reason=reason), verb)
    session.choose(opened=found.key)


def _undo(name: str, found: Suspect) -> None:
    _keep(suspecting.reopen(name, found.key, by=me(), reason=TAKEN_BACK), "reopen")


def _keep(job: Job, verb: str) -> None:
    session.note("suspect_failed", job.failure)
    session.note("suspect_done", None if job.failure is not None else (verb, job.answer))
    if job.failure is None:
        session.renew("clearing")
