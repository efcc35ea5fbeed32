"""Opening an investigation: by upload, by the path of its file, the shipped one, or one of the recent ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from app import cached, promotions, registry, session, sharing, uploads
from app.blocks.tables import clickable
from app.blocks.waiting import ready
from app.jobs import Job
from app.recent import recent, remember
from app.wording import moment, said
from mispredict.bad_input import InvestigationRefused
from mispredict.investigation.desk import Progress
from mispredict.worker import peek

MOST_VALUES = 60  # a target with more values than this is offered no list of classes


def show_opening() -> None:
    """Draw every way of opening one."""
    st.subheader("Open a model and the labelled rows it was tried on", anchor=False)
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        _uploading() if sharing.files_are_taken() else _files_are_off()
    with right:
        _from_here()
        _recent()


def _files_are_off() -> None:
    st.info(sharing.WHY_OFF, icon=":material/lock:")


def _uploading() -> None:
    st.markdown("**Upload**")
    model = st.file_uploader(
        "Model", type=list(uploads.MODELS), key="upload-model",
        help="skops, ONNX, XGBoost, LightGBM or CatBoost. Pickles carry code and are never taken from a browser.",
    )  # fmt: skip
    table = st.file_uploader("Labelled table", type=list(uploads.TABLES), key="upload-table", help="CSV or Parquet.")
    if model is None or table is None:
        st.caption("Both files stay on the computer that runs this app.")
        return
    key = ("upload", model.file_id, table.file_id)
    kept = cached.jobs().start(key, "Keeping the files", lambda _: _keep(model, table))
    if not ready(kept, patience=2.0):
        return
    model_file, table_file = kept.answer
    columns = _read("columns", table_file, lambda progress: peek.columns_of(table_file, progress=progress))
    if ready(columns, patience=2.0):
        _questions(model_file, table_file, columns.answer)


def _keep(model: Any, table: Any) -> tuple[Path, Path]:
    return uploads.keep(model, model.name, uploads.MODELS), uploads.keep(table, table.name, uploads.TABLES)


def _read(what: str, table: Path, work: Callable[[Progress], Any]) -> Job:
    return cached.jobs().start(("upload", what, str(table)), "Reading the table", work)


def _questions(model: Path, table: Path, columns: tuple[str, ...]) -> None:
    target = st.selectbox("Target: the column with the true answer", columns, index=None, key="upload-target")
    if target is None:
        return
    values = _read(
        f"values of {target}",
        table,
        lambda progress: peek.values_of(table, target, most=MOST_VALUES, progress=progress),
    )
    if not ready(values, patience=2.0):
        return
    first, second, third = st.columns(3)
    positive = first.selectbox(
        "Event (optional)", values.answer, index=None, key="upload-positive", disabled=len(values.answer) != 2,
        help="With two classes: the one that is looked for, such as fraud.",
    )  # fmt: skip
    row_id = second.selectbox("Row id (optional)", columns, index=None, key="upload-id")
    threshold = third.number_input("Threshold", 0.0, 1.0, 0.5, 0.05, key="upload-threshold")
    asked = uploads.Asked(target, positive, row_id, threshold)
    st.button("Open", type="primary", key="open-upload", on_click=_open_upload, args=(model, table, asked))
    if (failed := session.noted("upload_failed")) is not None:
        st.error(said(failed), icon=":material/error:")


def _open_upload(model: Path, table: Path, asked: uploads.Asked) -> None:
    written = promotions.do("Writing the investigation", lambda _: uploads.write_investigation(model, table, asked))
    session.note("upload_failed", written.failure)
    if written.failure is None:
        _open(written.answer)


def _from_here() -> None:
    st.markdown("**From this computer**")
    if sharing.files_are_taken():
        _by_path()
    st.button("Open the shipped incident", key="open-demo", icon=":material/science:", on_click=_open_demo)


def _by_path() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input("Path of an investigation.toml", key="open-path", placeholder="/data/monday/investigation.toml")
        st.button("Open", key="open-by-path", on_click=_open_typed)
    failed = session.noted("open_failed")
    if failed is not None:
        st.error(said(failed), icon=":material/error:")


def _open_typed() -> None:
    typed = Path(str(session.widget("open-path") or "").strip()).expanduser()
    session.note("open_failed", None if typed.is_file() else _absent(typed))
    if typed.is_file():
        _open(typed)


def _absent(typed: Path) -> InvestigationRefused:
    return InvestigationRefused(
        f"no file {str(typed)!r}" if str(typed) != "." else "no path",
        needed="the path of an investigation.toml on the computer that runs this app",
        do="check the path, or upload a model and a table",
    )


def _open_demo() -> None:
    from sample_data import investigation_path

    _open(investigation_path())


def _open(path: Path) -> None:
    name = registry.register(path)
    remember(path.resolve())
    session.open_investigation(name)
    session.wish("")


def _recent() -> None:
    known = recent()
    if not known:
        return
    st.markdown("**Recent**")
    rows = pd.DataFrame([(Path(r.path).parent.name, moment(r.when)) for r in known], columns=["name", "when"])
    clickable(
        rows,
        key="recent",
        on_row=lambda place: _open(Path(known[place].path)),
        height="content",
        column_config={
            "name": st.column_config.TextColumn("Investigation"),
            "when": st.column_config.TextColumn("Opened"),
        },
    )
