"""What the page of errors looks at: the order, the colours, and which errors."""

from __future__ import annotations

import streamlit as st

from app import asks, session
from app.blocks.findings import Finding, chosen, findings
from app.blocks.waiting import PATIENCE
from app.selected import Choice
from app.wording import count
from explainers.projection import NAMES
from mispredict.investigation.desk import Groups, Ranking

RANKS: dict[Ranking, str] = {
    "surprise": "Surprise",
    "beyond": "Beyond its confidence",
    "cost": "Surprise × cost",
}
COLOURS = {"error": "Right or wrong", "cluster": "Cluster"}


def found_of(groups: Groups, choice: Choice) -> Finding | None:
    """Return the slice or cluster that is looked at, None for a lasso, for all errors and for an unknown number."""
    if choice.lasso or choice.is_all:
        return None
    kind, number = ("cluster", choice.cluster) if choice.cluster else ("slice", choice.slice)
    return chosen(groups, kind, number)


def choice_now() -> Choice:
    """Return what the address says is looked at."""
    return Choice(
        session.current("cluster"), session.current("slice"), session.current("lasso"), session.current("map")
    )


def controls(name: str, groups: Groups) -> Ranking:
    """Draw the controls and return the order."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="controls"):
        by = st.segmented_control(
            "Rank by", list(RANKS), format_func=RANKS.get, required=True, **session.bound("by", list(RANKS), "surprise")
        )
        st.segmented_control(
            "Colour by", list(COLOURS), format_func=COLOURS.get, required=True,
            **session.bound("colour", list(COLOURS), "error"),
        )  # fmt: skip
        _maps(name)
        _groups(groups)
    return ranking(by)


def ranking(by: str | None) -> Ranking:
    """Return the order that a control or an address names, the first where it names none."""
    return next((known for known in RANKS if known == by), "surprise")


def _maps(name: str) -> None:
    """Offer every space in every layout; a lasso belongs to the map that it was drawn on."""
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
    st.selectbox("Map", list(words), format_func=words.get, key="control.map", on_change=look, width=230)


def _groups(groups: Groups) -> None:
    places = {f"{f.kind}-{f.number}": f for f in findings(groups)}
    if not places:
        return
    words = {"all": "All errors"} | {key: f"{f.title}: {f.rule} · {count(f.errors)}" for key, f in places.items()}

    def look() -> None:
        taken = session.noted_control("show")
        found = places.get(taken or "")
        session.choose(
            cluster=str(found.number) if found and found.kind == "cluster" else None,
            slice=str(found.number) if found and found.kind == "slice" else None,
            lasso=None,
        )

    now, said = _shown_now()
    words = words if now in words else words | {now: said}
    session.set_control("show", now)
    st.selectbox("Show", list(words), format_func=words.get, key="control.show", on_change=look)


def _shown_now() -> tuple[str, str]:
    """Return the key of what is looked at, and its name where no finding has that key."""
    if session.current("lasso"):
        return "lasso", "Inside the lasso"
    if number := session.current("cluster"):
        return f"cluster-{number}", f"Cluster {number}"
    if number := session.current("slice"):
        return f"slice-{number}", f"Slice {number}"
    return "all", "All errors"
