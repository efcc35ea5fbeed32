from __future__ import annotations

import errno
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from app import registry
from app.recent import recent
from mispredict.investigation.read import read_spec
from tests.app.synthetic_desk import SyntheticDesk


def test_a_path_that_is_not_there_is_refused(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "open")
    at.text_input(key="open-path").set_value("/nowhere/investigation.toml").run()
    at.button(key="open-by-path").click().run()
    assert "nowhere" in at.error[0].value
    assert recent() == ()


def wait_for(at: Any, what: str) -> None:
    """Run the page until the worker has answered and the page draws what was waited for."""
    until = time.monotonic() + 60
    while not at.run().get(what) and time.monotonic() < until:
        assert not at.exception


def test_an_uploaded_table_offers_its_columns_and_its_classes(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "open")
    rows = pd.DataFrame({"amount": [1.0, 2.0, 3.0], "label": ["bad", "good", "bad"]})
    at.file_uploader[0].upload("my model.txt", b"tree\nversion=v4\n")
    at.file_uploader[1].upload("rows.csv", rows.to_csv(index=False).encode())
    wait_for(at, "selectbox")
    assert list(at.selectbox(key="upload-target").options) == ["amount", "label"]
    at.selectbox(key="upload-target").set_value("label")
    wait_for(at, "number_input")
    assert list(at.selectbox(key="upload-positive").options) == ["bad", "good"]
    at.selectbox(key="upload-positive").set_value("bad").run()
    at.button(key="open-upload").click().run()
    (opened,) = recent()
    data = read_spec(opened.path).data
    assert (data.target, data.positive) == ("label", "bad")
    assert registry.short_name(Path(opened.path)) in registry.names()


def test_a_server_that_others_reach_takes_neither_files_nor_paths(
    pages: Any, desk: SyntheticDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISPREDICT_UPLOAD", "off")
    at = pages(desk, "open")
    assert "MISPREDICT_UPLOAD=on" in at.info[0].value
    assert [*at.file_uploader, *at.text_input] == []
    assert at.button(key="open-demo").label == "Open the shipped incident"


def test_a_ragged_table_is_refused_with_its_line(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "open")
    at.file_uploader[0].upload("model.txt", b"tree\n")
    at.file_uploader[1].upload("rows.csv", b"a,b\n1,2\n1,2,3\n")
    wait_for(at, "error")
    assert "3" in at.error[0].value
    assert "Found:" in at.error[0].value


def test_a_table_that_ends_its_reader_is_a_message(
    pages: Any, desk: SyntheticDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MISPREDICT_WORKER_MEMORY_GIB", "0.01")
    at = pages(desk, "open")
    at.file_uploader[0].upload("model.txt", b"tree\n")
    at.file_uploader[1].upload("rows.csv", b"a,b\n1,2\n")
    wait_for(at, "error")
    assert "Reading the table failed" in at.error[0].value


def test_a_full_disk_is_a_message(pages: Any, desk: SyntheticDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.uploads._copy", full)
    at = pages(desk, "open")
    at.file_uploader[0].upload("model.txt", b"tree\n")
    at.file_uploader[1].upload("rows.csv", b"a,b\n1,2\n")
    wait_for(at, "error")
    assert "No space left" in at.error[0].value
