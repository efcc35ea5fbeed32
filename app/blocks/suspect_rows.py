"""The rows of a finding: those that it lists, the most suspicious first, else the worst errors where its rule holds."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app import cached, session, suspecting
from app.blocks.tables import ROW_HEIGHT, clickable
from app.blocks.waiting import answered, share_done
from app.text import code_free, md
from app.wording import count, counted, value
from mispredict.investigation.desk import RowDetail
from mispredict.suspects.suspect import Suspect

CULPRITS = 3  # columns beside a row
LONGEST = 60
LINES = 8
SHORTLY = 0.1  # seconds: the ids stand there meanwhile


def show_rows(name: str, found: Suspect) -> None:
    """Draw them; a click opens the prediction of one."""
    selection = suspecting.rows_of(found)
    if found.rows:
        _listed(name, found)
    elif selection is not None:
        job = suspecting.worst_errors(name, selection)
        st.markdown("**The worst errors among its rows**")
        if answered(job):
            _errors(found, job.answer.rows, job.answer.total)


def _listed(name: str, found: Suspect) -> None:
    st.markdown("**Its rows, the most suspicious first**")
    job = suspecting.first_rows(name, found)
    job.wait(SHORTLY)
    ids = list(found.rows[: suspecting.SHOWN_ROWS])
    if job.state == "done":
        columns = [c for c in found.culprits if all(c in one.values for one in job.answer)][:CULPRITS]
        _table(found, pd.DataFrame([_line(one, columns) for one in job.answer]), columns, key="suspect-rows")
    else:
        _table(found, pd.DataFrame({"id": ids}), [], key="suspect-ids")
    st.caption(f"{count(len(ids))} of {counted(len(found.rows), 'row')}. Click a row to see its prediction.")
    if job.state == "running":
        _fetching(job.key)


@st.fragment(run_every=0.5)
def _fetching(key: tuple[str, ...]) -> None:
    """Say that what the model answered on the rows is on its way, and draw the page anew once it is there."""
    job = cached.jobs().get(key)
    if job is None or job.state != "running":
        st.rerun()
    st.caption(f":material/hourglass_top: {md(job.title)}, {share_done(job)}")


def _line(one: RowDetail, columns: Sequence[str]) -> dict[str, object]:
    return {
        "id": one.id,
        "truth": str(one.truth),
        "predicted": str(one.predicted),
        "surprise": one.surprise,
        **{f"c{place}": code_free(value(one.values[column]), limit=LONGEST) for place, column in enumerate(columns)},
    }


def _errors(found: Suspect, rows: pd.DataFrame, total: int) -> None:
    if rows.empty:
        st.caption("None of them is wrong, or the scan kept no error among them.")
        return
    names = list(rows.columns)
    ours = [(name, names.index(name)) for name in ("id", "truth", "predicted", "surprise")]  # before the table's own
    shown = pd.DataFrame({name: rows.iloc[:, at].to_numpy() for name, at in ours})
    shown = shown.assign(**{name: shown[name].astype(str) for name in ("id", "truth", "predicted")})
    columns = [c for c in found.culprits if c in names][:CULPRITS]
    for place, column in enumerate(columns):
        at = len(names) - 1 - names[::-1].index(column)
        shown[f"c{place}"] = [code_free(value(cell), limit=LONGEST) for cell in rows.iloc[:, at]]
    _table(found, shown, columns, key="suspect-rows")
    st.caption(f"{count(len(shown))} of {counted(total, 'error')} there. Click a row to see its prediction.")


def _table(found: Suspect, rows: pd.DataFrame, columns: Sequence[str], *, key: str) -> None:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    ids = rows["id"].tolist()
    clickable(
        rows,
        key=key,
        on_row=lambda place: _look_at(found.key, ids[place]),
        height="content" if len(rows) <= LINES else ROW_HEIGHT * (LINES + 1) + 8,
        column_config={
            "id": text("Row", pinned=True),
            "truth": text("True"),
            "predicted": text("Predicted"),
            "surprise": number("Surprise, nats", format="%.2f"),
            **{f"c{place}": text(code_free(column, limit=24)) for place, column in enumerate(columns)},
        },
    )


def _look_at(key: str, row: str) -> None:
    session.select_only("suspect", key)
    session.choose(row=row)
    session.wish("prediction")
