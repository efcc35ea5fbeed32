"""The page that answers: which rows are wrong, and which of them belong together."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import asks, session
from app.blocks.findings import chosen, findings, look_away
from app.blocks.header import opened_investigation
from app.blocks.promoting import outcome, promote_many
from app.blocks.tables import clickable, listed
from app.blocks.waiting import ready
from app.contrast import Contrast
from app.map.component import draw_map
from app.map.packing import Sheet, colour_by_cluster, colour_by_error
from app.map.selection import box_of, to_address
from app.selected import Choice, Selected, select
from app.text import md
from app.wording import count, counted, sentence, share, value
from mispredict.investigation.desk import Description, ErrorMap, Groups, Ranking
from mispredict.scan.summary import ScanSummary

HEIGHT = 520  # of the map and the table beside it
RANKS = {"surprise": "Surprise", "cost": "Cost"}
COLOURS = {"error": "Right or wrong", "cluster": "Cluster"}
MOST_CHIPS = 12


def show_errors() -> None:
    """Draw the page."""
    held = opened_investigation()
    if held is None:
        _nothing_open()
        return
    name, what = held
    scan, groups = asks.scanned(name), asks.grouped(name)
    if not ready(scan):
        return
    if scan.answer.errors == 0:
        st.subheader("No errors: every row is right", anchor=False)
        st.markdown(f"All {counted(scan.answer.rows, 'row')} are called what they are, so there is nothing to rank.")
        return
    if ready(groups):
        _page(name, what, scan.answer, groups.answer)


def _nothing_open() -> None:
    if session.current("inv") is None:
        st.markdown("No investigation is open. Open one on the Overview page.")


def _page(name: str, what: Description, scan: ScanSummary, groups: Groups) -> None:
    st.subheader(_claim(scan, groups), anchor=False)
    outcome()
    by = _controls(groups)
    choice = Choice(session.current("cluster"), session.current("slice"), session.current("lasso"))
    drawn, job = asks.mapped(name), select(name, by, choice)
    left, right = st.columns([1.08, 1], gap="medium")
    with left:
        if ready(drawn) and ready(job, patience=3.0):
            _map(name, drawn.answer, job.answer)
    with right:
        if job.state == "done":
            _table(what, job.answer, scan)
    if job.state == "done":
        _about(name, groups, choice, job.answer)
    elif job.state == "failed":
        st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away())


def _claim(scan: ScanSummary, groups: Groups) -> str:
    wrong = f"{count(scan.errors)} of {counted(scan.rows, 'row')} are wrong ({share(scan.errors / scan.rows)})"
    if not groups.clusters:
        return f"{wrong}; no cluster among them"
    held = sum(c.size for c in groups.clusters)
    return f"{wrong}; {counted(len(groups.clusters), 'cluster')} hold {count(held)} of them".replace(
        "1 cluster hold", "1 cluster holds"
    )


def _controls(groups: Groups) -> Ranking:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="controls"):
        by = st.segmented_control(
            "Rank by", list(RANKS), format_func=RANKS.get, required=True, **session.bound("by", list(RANKS), "surprise")
        )
        st.segmented_control(
            "Colour by", list(COLOURS), format_func=COLOURS.get, required=True,
            **session.bound("colour", list(COLOURS), "error"),
        )  # fmt: skip
        _chips(groups)
    return "cost" if by == "cost" else "surprise"


def _chips(groups: Groups) -> None:
    found = findings(groups)[:MOST_CHIPS]
    if not found:
        return
    places = {f"{f.kind}-{f.number}": f for f in found}
    words = {"all": "All errors"} | {key: f"{f.title} · {count(f.errors)}" for key, f in places.items()}

    def look() -> None:
        taken = session.noted_control("chips")
        found = places.get(taken or "")
        session.choose(
            cluster=str(found.number) if found and found.kind == "cluster" else None,
            slice=str(found.number) if found and found.kind == "slice" else None,
            lasso=None,
        )

    session.set_control("chips", _chip_now(words))
    st.pills("Show", list(words), format_func=words.get, key="control.chips", on_change=look)


def _chip_now(words: dict[str, str]) -> str | None:
    if session.current("lasso"):
        return None
    for kind in ("cluster", "slice"):
        if number := session.current(kind):  # type: ignore[arg-type]
            return f"{kind}-{number}" if f"{kind}-{number}" in words else None
    return "all"


def _map(name: str, drawn: ErrorMap, selected: Selected) -> None:
    points = drawn.points
    x, y = points["x"].to_numpy("float32"), points["y"].to_numpy("float32")
    error, cluster = points["error"].to_numpy(bool), points["cluster"].to_numpy("int64")
    by_cluster = session.current("colour") == "cluster"
    colour, group, keys = colour_by_cluster(cluster, error) if by_cluster else colour_by_error(error)
    box = box_of(x, y)
    at = np.flatnonzero((points["id"] == session.current("row")).to_numpy())

    def lassoed() -> None:
        said = session.event("error-map", "lasso")
        corners = said["polygon"] if said else []
        session.choose(lasso=to_address(corners, box) if corners else None, cluster=None, slice=None)

    def picked() -> None:
        said = session.event("error-map", "pick")
        if said and 0 <= int(said["point"]) < len(points):
            _look_at(str(points["id"].iloc[int(said["point"])]))

    draw_map(
        Sheet(
            x, y, error, colour, group, selected.mask, points["id"].tolist(), box, keys,
            focus=int(at[0]) if len(at) else None, lasso=selected.lasso, height=HEIGHT,
        ),
        key="error-map", on_lasso=lassoed, on_pick=picked,
    )  # fmt: skip
    st.caption(
        "Near means explained alike. Drag to lasso, click a point to see why, scroll to zoom, "
        "Shift and drag to move, Esc to clear. " + " ".join(map(sentence, drawn.notes))
    )


def _look_at(row: str) -> None:
    session.choose(row=row)
    session.wish("prediction")


def _table(what: Description, selected: Selected, scan: ScanSummary) -> None:
    if not len(selected.rows):
        st.markdown(
            "**No errors here.** "
            + ("Only right rows lie inside the lasso." if selected.right else "Nothing lies inside the lasso.")
        )
        st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away(), key="back-empty")
        return
    shown, columns = listed(selected.rows, what)
    ids = selected.rows["id"].astype(str).tolist()
    clickable(shown, key="worst", on_row=lambda place: _look_at(ids[place]), height=HEIGHT, column_config=columns)
    words = f"{count(len(ids))} of {counted(selected.total, 'error')}, the worst first. Click a row to see why."
    kept = f" A scan keeps the {count(scan.kept)} worst." if scan.kept < scan.errors else ""
    right = f" {counted(selected.right, 'right row')} inside the lasso are not listed." if selected.right else ""
    st.caption(words + kept + right)


def _about(name: str, groups: Groups, choice: Choice, selected: Selected) -> None:
    if choice.is_all:
        return
    kind, number = ("cluster", choice.cluster) if choice.cluster else ("slice", choice.slice)
    found = None if choice.lasso else chosen(groups, kind, number)
    with st.container(border=True, key="about"):
        title = f"{found.title}: {md(found.rule)}" if found else f"Lasso: {counted(selected.total, 'error')}"
        st.markdown(f"**{title}**" + (f"  \n{found.sentence}" if found else ""))
        st.markdown(_difference(selected.contrasts))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away(), key="back")
            if len(selected.rows):
                promote_many(name, selected.rows["id"].astype(str).tolist())


def _difference(contrasts: tuple[Contrast, ...]) -> str:
    if not contrasts:
        return "No column sets these errors clearly apart from the others."
    return "What is different here: " + "; ".join(_contrast_words(c) for c in contrasts) + "."


def _contrast_words(found: Contrast) -> str:
    if found.kind == "value":
        return (
            f"**{md(found.column)}** is {md(found.value)} in {share(found.here)} of them, "
            f"in {share(found.elsewhere)} of the other errors"
        )
    return f"**{md(found.column)}** is {md(value(found.here))} in the middle, {md(value(found.elsewhere))} elsewhere"


if __name__ == "__main__":
    show_errors()
