"""The set: searched, filtered, grouped, and what each model makes of each case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from app import session
from app.blocks.promoting import SEVERITY
from app.blocks.tables import ROW_HEIGHT, clickable, clickable_cells
from app.figures.style import WRONG
from app.kept_set import KeptSet
from app.obvious_words import STATUS
from app.sought import GROUPINGS, Sought, broken, found_in, group_table
from app.text import code_free
from app.wording import count, counted

LINES = 12  # of the table, seen without scrolling
LONGEST = 160
COLOURED = 400  # lines: more of them in colour would make a click slow
COLOURS = {STATUS["failed"]: f"color: {WRONG}; font-weight: 600"}  # what is fine stays quiet


def sought(slices: Mapping[str, Sequence[str]], held: KeptSet) -> Sought:
    """Draw the controls and return what is asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="seeking"):
        text = st.text_input("Search", key="seek", placeholder="id, reason, tag, owner, …", icon=":material/search:")
        severities = st.pills(
            "Severity", list(SEVERITY), format_func=SEVERITY.get, selection_mode="multi", key="seek-severity"
        )
        only = st.pills("Result", ["Broken only"], key="seek-broken", disabled=not held.runs)
        offered = GROUPINGS | ({"slice": "Slice of the open investigation"} if slices else {})
        by = st.selectbox("Group by", list(offered), format_func=offered.get, key="seek-group", width=210)
    group = session.noted("group") if by and session.noted("grouped_by") == by else None
    return Sought(str(text or ""), tuple(severities or ()), only is not None, str(by or ""), group)


def show_groups(held: KeptSet, asked: Sought, slices: Mapping[str, Sequence[str]]) -> None:
    """Draw the groups, when the set is grouped; a click on one looks at its cases."""
    if not asked.group_by:
        return
    table = group_table(held, asked.group_by, slices)
    table["group"] = [code_free(name, limit=LONGEST) for name in table["group"]]
    names = list(group_table(held, asked.group_by, slices)["group"])

    def pick(place: int) -> None:
        session.note("grouped_by", asked.group_by)
        session.note("group", None if asked.group == names[place] else names[place])

    models = {
        f"run{run.seq}": st.column_config.NumberColumn(f"Broken by {code_free(run.model, limit=40)}")
        for run in held.runs
    }
    clickable(
        table,
        key="groups",
        on_row=pick,
        height="content" if len(table) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config={
            "group": st.column_config.TextColumn("Group", width="large"),
            "cases": st.column_config.NumberColumn("Cases", width="small"),
            **models,
        },
    )
    chosen = f"Cases of the group “{code_free(asked.group)}”; click it again for all." if asked.group else ""
    st.caption(chosen or "Click a group to see its cases.")


def show_matrix(held: KeptSet, asked: Sought, slices: Mapping[str, Sequence[str]]) -> None:
    """Draw a line a case, a column a model; a click on a line opens the case."""
    places = found_in(held, asked, slices)
    places = np.array(sorted(places, key=_order(held)), dtype=int)
    rows = _rows(held, places)
    ids = list(rows["id"])
    clickable_cells(
        _coloured(rows) if len(rows) <= COLOURED else rows,
        key="cases",
        version="\n".join(ids),
        on_cell=lambda place, _: session.choose(case=ids[place]) if place < len(ids) else None,
        height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config=_titles(held),
    )
    st.caption(f"{count(len(rows))} of {counted(len(held.words), 'case')}. Click a line to open the case.")


def _coloured(rows: pd.DataFrame) -> Styler:
    """Return the lines with what models say in colour, beside its sign."""
    models = [name for name in rows.columns if name.startswith("run")]
    styled: Styler = rows.style.map(lambda said: COLOURS.get(said, ""), subset=models)
    return styled


def _order(held: KeptSet) -> object:
    wrong, ids = broken(held), list(held.words["id"])
    ranks = {severity: rank for rank, severity in enumerate(SEVERITY)}
    severities = list(held.words["severity"])
    return lambda place: (ids[place] not in wrong, ranks[severities[place]], ids[place])


def _rows(held: KeptSet, places: np.ndarray) -> pd.DataFrame:
    words = held.words.iloc[places]
    rows = pd.DataFrame({"id": words["id"], "severity": words["severity"].map(SEVERITY)})
    for run in held.runs:
        told = held.statuses[run.seq]
        rows[f"run{run.seq}"] = [STATUS.get(told.get(name, ""), "– not asked") for name in words["id"]]
    for name in ("expect", "reason", "incident", "owner", "tags", "who", "when"):
        rows[name] = [code_free(text, limit=LONGEST) for text in words[name]]
    return rows


def _titles(held: KeptSet) -> dict[str, object]:
    text = st.column_config.TextColumn
    models = {f"run{run.seq}": text(code_free(run.model, limit=40), width=150) for run in held.runs}
    return {
        "id": text("Case", width="medium"),
        "severity": text("Severity", width="small"),
        **models,
        "expect": text("What must hold", width="medium"),
        "reason": text("Why", width="large"),
        "incident": text("Incident"),
        "owner": text("Owner"),
        "tags": text("Tags"),
        "who": text("Promoted by"),
        "when": text("When, UTC"),
    }
