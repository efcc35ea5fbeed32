"""What the page of errors looks at: which errors, in which order, in which colours, on which map."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.findings import Finding, chosen, findings
from app.blocks.suspect_list import accused
from app.blocks.waiting import PATIENCE
from app.selected import Choice
from app.session import Selector
from app.suspect_words import title_of
from app.text import code_free
from app.wording import count
from explainers.projection import NAMES
from mispredict.investigation.desk import Description, Groups, Ranking

RANKS: dict[Ranking, str] = {
    "surprise": "Surprise",
    "beyond": "Beyond its confidence",
    "cost": "Surprise × cost",
}
MEANS: dict[Ranking, str] = {
    "surprise": "Confidently wrong first: −log p of the true class.",
    "beyond": "Sure and wrong first: the surprise less what the model's own probabilities make one expect (entropy).",
    "cost": "Costly first: the surprise times what an error on the row costs.",
}
NO_COST = " This table names no cost, so every row costs the same."
COLOURS = {"error": "Right or wrong", "cluster": "Cluster"}
TITLES: dict[Selector, str] = {
    "lasso": "Inside the lasso",
    "rule": "Rows of a typed rule",
    "cohort": "Cohort",
    "suspect": "Suspect",
    "cluster": "Cluster",
    "slice": "Slice",
}
LONGEST = 90  # characters of a rule in the list


def found_of(groups: Groups, choice: Choice) -> Finding | None:
    """Return the slice or cluster that is looked at, None for any other selection and for an unknown number."""
    return chosen(groups, choice.kind, choice.value) if choice.kind in ("cluster", "slice") else None


def choice_now() -> Choice:
    """Return what the address says is looked at."""
    return Choice(**{name: session.current(name) for name in session.SELECTORS}, map=session.current("map"))


def ranking(by: str | None) -> Ranking:
    """Return the order that a control or an address names, the first where it names none."""
    return next((known for known in RANKS if known == by), "surprise")


def choose_order(what: Description) -> None:
    """Draw the choice of the order and say what the chosen one means."""
    by = st.segmented_control(
        "Rank by", list(RANKS), format_func=RANKS.get, required=True, label_visibility="collapsed",
        **session.bound("by", list(RANKS), "surprise"),
    )  # fmt: skip
    costless = NO_COST if by == "cost" and "cost" not in what.roles.values() else ""
    st.caption(MEANS[ranking(by)] + costless)


def choose_look(name: str) -> None:
    """Draw the choice of the map's colours and of the map; a lasso belongs to the map that it was drawn on."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="look"):
        st.segmented_control(
            "Colour by", list(COLOURS), format_func=COLOURS.get, required=True, label_visibility="collapsed",
            **session.bound("colour", list(COLOURS), "error"),
        )  # fmt: skip
        _maps(name)


def _maps(name: str) -> None:
    job = asks.spaces(name)
    if not job.wait(PATIENCE) or job.state != "done":
        return
    words = {f"{layout}:{space}": f"{NAMES[layout]} of {space}" for space in job.answer for layout in asks.LAYOUTS}
    now = session.current("map") or asks.USUAL_MAP
    words = words if now in words else words | {now: now}

    def look() -> None:
        taken = session.noted_control("map")
        session.choose(map=taken if taken != asks.USUAL_MAP else None, lasso=None)

    session.set_control("map", now)
    st.selectbox(
        "Map", list(words), format_func=words.get, key="control.map", on_change=look, label_visibility="collapsed",
        width=230,
    )  # fmt: skip


def choose_rows(name: str, groups: Groups, choice: Choice) -> None:
    """Draw the list of all that can be looked at: slices, clusters, saved cohorts, and whatever is looked at now."""
    places = {"all": "All errors"} | _findings(groups) | _cohorts(name)
    now = f"{choice.kind}-{choice.value}" if choice.kind else "all"
    if now not in places:
        places[now] = _now(name, choice)

    def look() -> None:
        kind, _, value = (session.noted_control("show") or "all").partition("-")
        session.select_only(kind if kind in session.SELECTORS else None, value or None)

    session.set_control("show", now)
    st.selectbox(
        "Show", list(places), format_func=places.get, key="control.show", on_change=look, label_visibility="collapsed"
    )


def _now(name: str, choice: Choice) -> str:
    """Return what is looked at where no list holds it."""
    if choice.kind is None:
        return ""
    found = accused(name, choice.value) if choice.kind == "suspect" else None
    if found is not None:
        return f"{TITLES['suspect']}: {code_free(title_of(found.kind), limit=LONGEST)}"
    return TITLES[choice.kind] if choice.kind in ("lasso", "rule") else f"{TITLES[choice.kind]} {choice.value}"


def _findings(groups: Groups) -> dict[str, str]:
    return {
        f"{f.kind}-{f.number}": f"{f.title}: {code_free(f.rule, limit=LONGEST)} · {count(f.errors)}"
        for f in findings(groups)
    }


def _cohorts(name: str) -> dict[str, str]:
    job = asks.saved(name)
    held = job.answer if job.wait(PATIENCE) and job.state == "done" else ()
    return {f"cohort-{one.name}": f"Cohort: {one.name}" for one in held}
