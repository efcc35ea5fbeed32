from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from app import promotions
from app.exporting import zip_name, zip_of
from tests.app.synthetic_desk import SyntheticDesk


def promoted(pages: Any, desk: SyntheticDesk) -> Any:
    at = pages(desk, "prediction")
    at.button(key="promote").click().run()
    at.text_input(key="reason").set_value("a *good* customer").run()
    at.segmented_control(key="severity").set_value("blocker").run()
    at.button(key="save-case").click().run()
    return at.switch_page("views/obvious.py").run()


def test_an_empty_set_says_how_it_gets_its_first_case(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "obvious")
    assert at.subheader[0].value == "No cases yet"
    assert "promote it" in at.markdown[-1].value


def test_a_case_stands_there_with_who_why_and_how_bad(pages: Any, desk: SyntheticDesk) -> None:
    at = promoted(pages, desk)
    assert at.subheader[0].value == "1 case that no model may get wrong: 1 blocker"
    row = at.dataframe[0].value.iloc[0]
    assert (row["severity"], row["reason"], row["who"]) == ("Blocker", "a *good* customer", promotions.me())


def test_a_case_is_retired_and_brought_back(pages: Any, desk: SyntheticDesk) -> None:
    at = promoted(pages, desk)
    at.session_state["cases-0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at.run()
    at.button(key="retire").click().run()
    assert at.subheader[0].value == "No cases yet"
    at.button(key="undo").click().run()
    assert at.subheader[0].value.startswith("1 case")


def test_the_download_is_a_folder_and_the_same_bytes_each_time(pages: Any, desk: SyntheticDesk) -> None:
    promoted(pages, desk)
    cases = promotions.listed().answer
    assert zip_of(cases) == zip_of(cases)
    with zipfile.ZipFile(io.BytesIO(zip_of(cases))) as packed:
        names = set(packed.namelist())
    assert {f"obvious_set/{name}" for name in ("cases.jsonl", "schema.json", "test_obvious.py", "conftest.py")} <= names
    assert zip_name(cases).startswith("obvious_set-")


def test_a_store_that_is_something_else_is_refused(
    pages: Any, desk: SyntheticDesk, monkeypatch: Any, tmp_path: Any
) -> None:
    (tmp_path / "notes.db").write_text("not a store, a text that is long enough to be read")
    monkeypatch.setenv("MISPREDICT_STORE", str(tmp_path / "notes.db"))
    at = pages(desk, "obvious")
    assert "can't be read" in at.error[0].value
    assert "which is not a store" in at.error[0].value.replace("\\", "")


def test_a_check_of_a_file_that_is_no_model_says_so(pages: Any, desk: SyntheticDesk, tmp_path: Any) -> None:
    (tmp_path / "model.txt").write_text("hello")
    at = promoted(pages, desk)
    at.text_input(key="check-path").set_value(str(tmp_path / "model.txt")).run()
    at.button(key="check").click().run()
    for _ in range(100):
        if at.error:
            break
        at.run()
    assert "failed" in at.error[0].value


def test_a_case_leads_to_its_prediction(pages: Any, desk: SyntheticDesk) -> None:
    at = promoted(pages, desk)
    row = at.dataframe[0].value["row"].iloc[0]
    at.session_state["cases-0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at.run()
    at.button(key="see-case").click().run()
    assert row in at.subheader[0].value


def test_a_server_that_others_reach_offers_no_path_of_a_model(
    pages: Any, desk: SyntheticDesk, monkeypatch: Any
) -> None:
    monkeypatch.setenv("MISPREDICT_UPLOAD", "off")
    at = promoted(pages, desk)
    assert "MISPREDICT_UPLOAD=on" in at.info[-1].value
    assert [one.key for one in at.text_input] == []
    monkeypatch.setattr("app.checking.models_of", lambda _: {"Live model": Path("model.txt")})
    at.run()
    assert list(at.segmented_control(key="check-model").options) == ["Live model"]
    assert "MISPREDICT_UPLOAD=on" in at.caption[-1].value
