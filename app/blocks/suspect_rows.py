"""The rows of a finding: those that it lists, the most suspicious first, else the worst errors where its rule holds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app import session, suspecting
from app.blocks.tables import ROW_HEIGHT, clickable
from app.blocks.waiting import answered
from app.text import code_free
from app.wording import count, counted, value
from mispredict.investigation.desk import Description, FrozenRow
from mispredict.suspects.suspect import Suspect

CULPRITS = 3  # columns beside a row
LONGEST = 60
LINES = 8


def show_rows(name: str, what: Description, found: Suspect) -> None:
    """Draw them; a click opens the prediction of one."""
    selection = suspecting.rows_of(found)
    if found.rows:
        _listed(name, what, found)
    elif selection is not None:
        job = suspecting.worst_errors(name, selection)
        st.markdown("**The worst errors among its rows**")
        if answered(job, patience=1.0):
            _errors(what, found, job.answer.rows, job.answer.total)


def _listed(name: str, what: Description, found: Suspect) -> None:
    st.markdown("**Its rows, the most suspicious first**")
    job = suspecting.first_rows(name, found)
    job.wait(1.0)
    ids = list(found.rows[: suspecting.SHOWN_ROWS])
    if job.state == "done":
        rows = pd.DataFrame([_line(one, found.culprits) for one in job.answer])
    else:
        rows = pd.DataFrame({"id": ids})
    _table(what, found, rows, ids)
    st.caption(f"{count(len(ids))} of {counted(len(found.rows), 'row')}. Click a row to see its prediction.")


def _line(one: FrozenRow, culprits: Sequence[str]) -> dict[str, object]:
    shown = [column for column in culprits if column in one.values][:CULPRITS]
    return {
        "id": one.id,
        "truth": str(one.truth),
        "predicted": str(one.predicted),
        "surprise": -math.log(max(one.probability_of_truth, 1e-300)),
        **{f"c{place}": code_free(value(one.values[column]), limit=LONGEST) for place, column in enumerate(shown)},
    }


def _errors(what: Description, found: Suspect, rows: pd.DataFrame, total: int) -> None:
    if rows.empty:
        st.caption("None of them is wrong, or the scan kept no error among them.")
        return
    names = list(rows.columns)
    # by place: a column of the table may be called like one of ours, which stand first
    shown = pd.DataFrame(
        {name: rows.iloc[:, names.index(name)].to_numpy() for name in ("id", "truth", "predicted", "surprise")}
    )
    for place, column in enumerate([c for c in found.culprits if c in names][:CULPRITS]):
        at = len(names) - 1 - names[::-1].index(column)
        shown[f"c{place}"] = [code_free(value(cell), limit=LONGEST) for cell in rows.iloc[:, at]]
    shown = shown.assign(truth=shown["truth"].astype(str), predicted=shown["predicted"].astype(str))
    _table(what, found, shown, shown["id"].astype(str).tolist())
    st.caption(f"{count(len(shown))} of {counted(total, 'error')} there. Click a row to see its prediction.")


def _table(what: Description, found: Suspect, rows: pd.DataFrame, ids: list[str]) -> None:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    known = [c for c in found.culprits if c in what.features or c in what.dtypes][:CULPRITS]
    clickable(
        rows, key="suspect-rows", on_row=lambda place: _look_at(found.key, ids[place]),
        height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config={
            "id": text("Row", pinned=True), "truth": text("True"), "predicted": text("Predicted"),
            "surprise": number("Surprise, nats", format="%.2f"),
            **{f"c{place}": text(code_free(column, limit=24)) for place, column in enumerate(known)},
        },
    )  # fmt: skip


def _look_at(key: str, row: str) -> None:
    session.select_only("suspect", key)
    session.choose(row=row)
    session.wish("prediction")
