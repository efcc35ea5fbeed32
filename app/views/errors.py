"""The page that answers: which rows are wrong, and which of them belong together."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import asks, session
from app.blocks.about import show_about
from app.blocks.choosing import choice_now, controls, found_of
from app.blocks.findings import look_away
from app.blocks.header import opened_investigation
from app.blocks.promoting import outcome
from app.blocks.tables import clickable, listed
from app.blocks.waiting import PATIENCE, ready
from app.jobs import Job
from app.map.component import draw_map
from app.map.packing import Sheet, colour_by_cluster, colour_by_error
from app.map.selection import box_of, to_address
from app.selected import Choice, Selected, select
from app.text import md
from app.wording import count, counted, sentence, share
from mispredict.investigation.desk import Description, ErrorMap, Groups
from mispredict.scan.summary import ScanSummary

HEIGHT = 520  # of the map and the table beside it


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
    headline = st.container()
    outcome()
    by = controls(name, groups)
    choice = choice_now()
    drawn, job = asks.mapped(name, choice.map), select(name, by, choice)
    headline.subheader(_claim(scan, groups, choice, job), anchor=False)
    left, right = st.columns([1.08, 1], gap="medium")
    with left:
        if ready(drawn) and ready(job, patience=1.0):
            _map(name, drawn.answer, job.answer)
    with right:
        if job.state == "done":
            _table(what, job.answer, scan)
    if job.state == "done":
        show_about(name, groups, choice, job.answer)
    elif job.state == "failed":
        st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away())


def _claim(scan: ScanSummary, groups: Groups, choice: Choice, job: Job) -> str:
    """Return the answer for what is looked at; the same height for all, so that the map stays where it is."""
    found = found_of(groups, choice)
    if found is not None:
        return f"{md(found.heading)}: {found.claim}"
    if choice.lasso and job.wait(PATIENCE) and job.state == "done":
        return f"Lasso: {counted(job.answer.total, 'error')} of {count(scan.errors)}"
    wrong = f"{count(scan.errors)} of {counted(scan.rows, 'row')} are wrong ({share(scan.errors / scan.rows)})"
    if not groups.clusters:
        return f"{wrong}; no cluster among them"
    held = sum(c.size for c in groups.clusters)
    return f"{wrong}; {counted(len(groups.clusters), 'cluster')} hold {count(held)} of them".replace(
        "1 cluster hold", "1 cluster holds"
    )


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
        "Drag to lasso, click a point to see why, scroll to zoom, "
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


if __name__ == "__main__":
    show_errors()
