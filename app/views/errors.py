"""The page that answers: which rows are wrong, which of them hang together, and is it chance."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app import asks, session
from app.blocks.about import show_about
from app.blocks.choosing import choice_now, choose_look, choose_order, choose_rows, found_of, ranking
from app.blocks.findings import look_away
from app.blocks.groups import show_groups
from app.blocks.header import opened_investigation
from app.blocks.heat import show_heat
from app.blocks.keeping import kept_outcome
from app.blocks.outline import show_drawn, show_tree
from app.blocks.panel import choose_view
from app.blocks.promoting import outcome
from app.blocks.rule_box import refusal_of, rule_box
from app.blocks.suspect_list import accused, back_to_finding
from app.blocks.tables import clickable, listed
from app.blocks.verdict import line_below, verdict_claim
from app.blocks.waiting import PATIENCE, ready
from app.blocks.walking import walk_rows
from app.jobs import Job
from app.map.component import draw_map
from app.map.packing import Sheet, colour_by_cluster, colour_by_error
from app.map.selection import box_of, to_address
from app.saying import cohort_sentence
from app.selected import Choice, Selected, select
from app.suspect_words import title_of
from app.text import code_free, md
from app.wording import count, counted, sentence
from mispredict.investigation.desk import Description, ErrorMap, Groups
from mispredict.scan.summary import ScanSummary

HEIGHT = 470  # of the map; what stands beside it ends where it does
ABOVE_ROWS = 150  # what stands above the table of the worst rows
LONGEST = 300  # characters of the page's answer


def show_errors() -> None:
    """Draw the page."""
    held = opened_investigation()
    if held is None:
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


def _page(name: str, what: Description, scan: ScanSummary, groups: Groups) -> None:
    choice, by = _readable(what), ranking(session.current("by"))
    drawn, job = asks.mapped(name, choice.map), select(name, by, choice)
    job.wait(PATIENCE)
    with st.container(key="headline", gap="xxsmall"):
        head, claim = st.empty(), _claim(name, scan, groups, choice, job)
        head.subheader(claim, anchor=False)
        st.caption(line_below(scan, groups))
    if choice.kind == "suspect":
        back_to_finding(name, choice.value)
    outcome()
    kept_outcome(name)
    show, rule = st.columns([1, 2], gap="small", vertical_alignment="top")
    with show:
        choose_rows(name, groups, choice)
    with rule:
        rule_box(what, choice_now(), job.answer.selection if job.state == "done" else None)
    left, right = st.columns([1.08, 1], gap="medium")
    with left:
        choose_look(name)
        if ready(drawn) and ready(job, patience=1.0):
            _map(name, drawn.answer, job.answer)
        elif job.state == "failed":
            st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away)
    with right:
        _panel(name, what, scan, groups, choice, job)
    if job.state == "done":
        show_about(name, groups, choice, job.answer)
    if session.current("view") == "tree":
        show_drawn(name)
    if (known := _claim(name, scan, groups, choice, job)) != claim:  # by what the blocks below waited for
        head.subheader(known, anchor=False)


def _readable(what: Description) -> Choice:
    """Return what is looked at; a rule in the address that can't be read is said beside the input, not looked at."""
    choice = choice_now()
    if choice.kind == "rule" and refusal_of(what, choice.rule) is not None:
        return Choice(map=choice.map)
    return choice


def _claim(name: str, scan: ScanSummary, groups: Groups, choice: Choice, job: Job) -> str:
    """Return the page's answer for what is looked at, in Markdown."""
    if choice.is_all:
        return verdict_claim(scan, groups)
    found = found_of(groups, choice)
    if found is not None:
        return md(f"{found.title}: {code_free(found.plain(scan.rows), limit=LONGEST)}")
    if choice.kind == "lasso" and job.state == "done":
        return f"Lasso: {counted(job.answer.total, 'error')} of {count(scan.errors)}"
    if job.state == "done":
        reckoned = asks.cohort(name, job.answer.selection)
        reckoned.wait(PATIENCE)
        named = _named(name, choice)
        if reckoned.state == "done":
            return md(named + code_free(cohort_sentence(reckoned.answer), limit=LONGEST))
        return md(named + f"{counted(job.answer.total, 'error')} listed")
    return "All errors" if job.state == "failed" else "Finding the chosen errors"


def _named(name: str, choice: Choice) -> str:
    """Return what a selection is called, before its sentence."""
    if choice.kind == "suspect":
        found = accused(name, choice.value)
        return f"{title_of(found.kind)}: " if found is not None else ""
    return f"Cohort {choice.value}: " if choice.kind == "cohort" else ""


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
        session.select_only("lasso", to_address(corners, box) if corners else None)

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


def _panel(name: str, what: Description, scan: ScanSummary, groups: Groups, choice: Choice, job: Job) -> None:
    view = choose_view(choice)
    if view == "groups":
        show_groups(groups, scan.rows, choice, height=HEIGHT)
    elif view == "tree":
        show_tree(name, height=HEIGHT)
    elif view == "heat":
        show_heat(name, height=HEIGHT)
    elif job.state == "done":
        _rows(what, scan, groups, job.answer)


def _rows(what: Description, scan: ScanSummary, groups: Groups, selected: Selected) -> None:
    choose_order(what)
    if not len(selected.rows):
        st.markdown(
            "**No errors here.** "
            + (
                "Only right rows lie inside the lasso."
                if selected.right
                else "The scan kept no error among these rows."
            )
        )
        st.button("Back to all errors", icon=":material/arrow_back:", on_click=look_away, key="back-empty")
        return
    walk_rows(selected.rows, what, groups, selected.total)
    shown, columns = listed(selected.rows, what)
    ids = selected.rows["id"].astype(str).tolist()
    clickable(
        shown, key="worst", on_row=lambda place: _look_at(ids[place]), height=HEIGHT - ABOVE_ROWS, column_config=columns
    )
    words = f"{count(len(ids))} of {counted(selected.total, 'error')}, the worst first. Click a row to see why."
    kept = f" A scan keeps the {count(scan.kept)} worst." if scan.kept < scan.errors else ""
    right = f" {counted(selected.right, 'right row')} inside the lasso are not listed." if selected.right else ""
    st.caption(words + kept + right)


if __name__ == "__main__":
    show_errors()
