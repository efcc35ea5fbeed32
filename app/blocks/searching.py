"""How far the search for suspects is: its check, a cancel, and how it goes on; the findings stand below meanwhile."""

from __future__ import annotations

import streamlit as st

from app import asks, suspecting
from app.blocks.waiting import PATIENCE, share_done
from app.jobs import Job
from app.suspect_words import title_of
from app.text import md
from app.wording import count, counted, said, seconds
from mispredict.suspects.suspect import Suspicions

EVERY = 1.0  # seconds between two looks at what is found


def show_search(name: str) -> Suspicions | None:
    """Draw what there is to say of the search and return what is known now; None where nothing can be said yet."""
    search = suspecting.searched(name)
    search.wait(PATIENCE)
    known = suspecting.so_far(name)
    if search.state == "running":
        _progress(name, len(known.judged) if known is not None else 0)
    elif search.state != "done":
        _ended(name, search, known)
    return known


@st.fragment(run_every=EVERY)
def _progress(name: str, drawn: int) -> None:
    """Draw the progress; the whole page is drawn anew once another check is done."""
    search = suspecting.search_of(name)
    if search is None or search.state != "running":
        st.rerun()
    known = suspecting.so_far(name)
    if known is not None and len(known.judged) > drawn:
        st.rerun()
    with st.container(border=True, key="search"):
        words, button = st.columns([5, 1], vertical_alignment="center")
        doing = "".join(f" · {md(part)}" for part in _at_work(name, search, known))
        done = f" · {_done(known)}" if known is not None else ""
        words.progress(
            search.share,
            text=f"**{suspecting.TITLE}**{doing}{done} · {share_done(search)} · {seconds(search.elapsed)}",
        )
        button.button(
            "Stopping" if search.stopping else "Cancel", key="cancel-search", on_click=search.cancel,
            disabled=search.stopping, width="stretch",
        )  # fmt: skip


def _at_work(name: str, search: Job, known: Suspicions | None) -> list[str]:
    """Return the check that runs and what it does; checks begin once every row is scored, and run in their order."""
    has_begun = known is not None and known.missing and asks.scanned(name).state == "done"
    check = title_of(known.missing[0]) if known is not None and has_begun else ""
    return list(dict.fromkeys(part for part in (check, search.doing) if part))


def _done(known: Suspicions) -> str:
    return f"{count(len(known.judged))} of {counted(len(known.judged) + len(known.missing), 'check')} done"


def _ended(name: str, search: Job, known: Suspicions | None) -> None:
    """Say that the search stopped before its end, and offer to go on."""
    kept = f" {_done(known)}; what they found stands below." if known is not None and known.judged else ""
    if search.state == "cancelled":
        st.info(f"The search was cancelled after {seconds(search.elapsed)}.{kept}", icon=":material/cancel:")
    else:
        st.error(f"**{suspecting.TITLE} failed.**{kept}  \n{said(search.failure)}", icon=":material/error:")
    st.button(
        "Go on" if search.state == "cancelled" else "Try again", key="go-on", icon=":material/play_arrow:",
        on_click=suspecting.go_on, args=(name,),
    )  # fmt: skip
