from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest

from app import promotions
from app.exporting import plain_text, zip_of
from mispredict.obvious.store import open_store
from tests.app.synthetic_desk import SyntheticDesk


def promoted(pages: Any, desk: SyntheticDesk, **fields: str) -> Any:
    at = pages(desk, "prediction")
    at.button(key="promote").click().run()
    at.text_input(key="reason").set_value("a *good* customer").run()
    for key, text in fields.items():
        at.text_input(key=key).set_value(text).run()
    at.segmented_control(key="severity").set_value("blocker").run()
    at.button(key="save-case").click().run()
    return at.switch_page("views/obvious.py").run()


def case_of_the_set() -> Any:
    return promotions.listed().answer.cases[0]


def opened(at: Any) -> Any:
    at.query_params["case"] = case_of_the_set().id
    at.query_params["inv"] = at.session_state["at.inv"]
    return at.run()


def test_an_empty_set_says_how_it_gets_its_first_case(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, "obvious")
    assert at.subheader[0].value == "No cases yet"
    assert "promote it" in at.markdown[-1].value


def test_a_case_stands_there_with_who_why_and_how_bad(pages: Any, desk: SyntheticDesk) -> None:
    at = promoted(pages, desk, owner="team risk", tags="cards, big")
    assert at.subheader[0].value == "1 case that no model may get wrong: 1 blocker"
    row = at.dataframe[0].value.iloc[0]
    assert (row["severity"], row["reason"], row["who"]) == ("Blocker", "a *good* customer", promotions.me())
    assert (row["owner"], row["tags"]) == ("team risk", "cards, big")


def test_the_set_is_searched_filtered_and_grouped(pages: Any, desk: SyntheticDesk) -> None:
    at = promoted(pages, desk, owner="team risk", incident="INC-7")
    for text, found in (("inc-7 GOOD", 1), ("inc-8", 0), ("*", 1)):
        at.text_input(key="seek").set_value(text).run()
        assert len(at.dataframe[0].value) == found
    at.text_input(key="seek").set_value("").run()
    at.pills(key="seek-severity").set_value(["minor"]).run()
    assert len(at.dataframe[0].value) == 0
    at.pills(key="seek-severity").set_value([]).run()
    at.selectbox(key="seek-group").set_value("incident").run()
    groups = at.dataframe[0].value
    assert groups[["group", "cases"]].to_numpy().tolist() == [["INC-7", 1]]


def test_an_opened_case_shows_its_row_why_and_its_history(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(promoted(pages, desk, owner="team risk"))
    case = case_of_the_set()
    frozen = next(d.value for d in at.dataframe if list(d.value.columns) == ["column", "value"])
    assert list(frozen["column"]) == list(case.row)
    said = " ".join(m.value for m in at.markdown)
    assert "a \\*good\\* customer" in said
    assert "Owner: team risk" in said
    assert "promote by" in said


def test_an_edit_is_kept_with_the_old_and_the_new(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(promoted(pages, desk))
    case = case_of_the_set()
    at.text_area[0].set_value("better words")
    next(b for b in at.button if b.label == "Save").click().run()
    assert case_of_the_set().reason == "better words"
    assert any("is changed" in s.value for s in at.success)
    assert "better words" in promotions.history(case.id).answer.lines[1]


def test_the_second_of_two_editors_is_told_and_nothing_is_overwritten(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(promoted(pages, desk))
    at.text_area[0].set_value("mine")
    case = case_of_the_set()
    theirs = promotions.edit(case, {"reason": "theirs"}, seen=promotions.listed().answer.seen(case.id), by="bob")
    assert theirs.failure is None
    next(b for b in at.button if b.label == "Save").click().run()
    said = at.error[0].value.replace("\\", "")
    for part in ("bob changed", "'theirs'", "'mine'"):
        assert part in said
    assert case_of_the_set().reason == "theirs"


def test_a_case_is_retired_and_brought_back(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(promoted(pages, desk))
    at.button(key="retire").click().run()
    assert at.subheader[0].value == "No cases yet"
    at.button(key="undo").click().run()
    assert at.subheader[0].value.startswith("1 case")


def test_the_download_is_a_folder_and_the_same_bytes_each_time(pages: Any, desk: SyntheticDesk) -> None:
    promoted(pages, desk)
    kept = promotions.listed().answer
    assert zip_of(kept.cases) == zip_of(kept.cases)
    with zipfile.ZipFile(io.BytesIO(zip_of(kept.cases))) as packed:
        names = set(packed.namelist())
    assert {f"obvious_set/{name}" for name in ("cases.jsonl", "schema.json", "test_obvious.py", "conftest.py")} <= names
    assert plain_text(kept.cases, "csv").startswith(b"id,expect.kind,")
    assert promotions.listed().answer is kept


def test_a_store_that_is_something_else_is_refused(
    pages: Any, desk: SyntheticDesk, monkeypatch: Any, tmp_path: Any
) -> None:
    (tmp_path / "notes.db").write_text("not a store, a text that is long enough to be read")
    monkeypatch.setenv("MISPREDICT_STORE", str(tmp_path / "notes.db"))
    at = pages(desk, "obvious")
    assert "can't be read" in at.error[0].value
    assert "which is not a store" in at.error[0].value.replace("\\", "")


def checked_with(at: Any, model: Path) -> Any:
    at.text_input(key="check-path").set_value(str(model)).run()
    at.button(key="check").click().run()
    for _ in range(100):
        if at.error or at.session_state["note.check_drawn"] if "note.check_drawn" in at.session_state else at.error:
            break
        at.run()
    return at


def test_a_check_of_a_file_that_is_no_model_says_so(pages: Any, desk: SyntheticDesk, tmp_path: Any) -> None:
    (tmp_path / "model.txt").write_text("hello")
    at = checked_with(promoted(pages, desk), tmp_path / "model.txt")
    assert "failed" in at.error[0].value


@pytest.mark.parametrize("result", ["✓ passed", "✕ failed"])
def test_a_checked_model_is_a_column_of_the_matrix(pages: Any, desk: SyntheticDesk, tmp_path: Any, result: str) -> None:
    at = promoted(pages, desk)
    case, right = case_of_the_set(), result == "✓ passed"
    model = model_that_answers(case, case.expect.of if right else 1 - case.expect.of)
    model.save_model(tmp_path / "model.txt")
    at = checked_with(at, tmp_path / "model.txt")
    row = at.dataframe[0].value.iloc[0]
    assert row["run1"] == result
    said = at.markdown[1].value.replace("\\", "")
    assert ("gets 1 case right" if right else "breaks **1** of 1 case") in said
    assert [run.model for run in promotions.listed().answer.runs] == ["model.txt"]
    at.pills(key="seek-broken").set_value("Broken only").run()
    assert len(at.dataframe[0].value) == (0 if right else 1)


def model_that_answers(case: Any, label: int) -> lightgbm.Booster:
    numbers = [name for name, dtype in case.dtypes.items() if dtype.startswith(("float", "int"))]
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(60, len(numbers))), columns=numbers)
    labels = np.r_[np.full(58, label), [1 - label, 1 - label]]
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    return lightgbm.train(settings, lightgbm.Dataset(rows, labels), 3)


def test_a_case_leads_to_its_prediction(pages: Any, desk: SyntheticDesk) -> None:
    at = promoted(pages, desk)
    row = case_of_the_set().source.row
    opened(at).button(key="see-case").click().run()
    assert row in at.subheader[0].value


def test_a_case_that_is_all_but_there_already_is_pointed_out(pages: Any, desk: SyntheticDesk) -> None:
    promoted(pages, desk)
    at = pages(desk, "prediction")
    at.button(key="promote").click().run()
    at.text_input(key="reason").set_value("again").run()
    at.selectbox(key="expect").set_value("at_least").run()
    at.button(key="save-case").click().run()
    assert "which is there already" in at.success[0].value


def test_a_server_that_others_reach_offers_no_path_of_a_model(
    pages: Any, desk: SyntheticDesk, monkeypatch: Any
) -> None:
    monkeypatch.setenv("MISPREDICT_UPLOAD", "off")
    at = promoted(pages, desk)
    assert "MISPREDICT_UPLOAD=on" in at.info[-1].value
    assert "check-path" not in [one.key for one in at.text_input]
    monkeypatch.setattr("app.checking.models_of", lambda _: {"Live model": Path("model.txt")})
    at.run()
    assert list(at.pills(key="check-models").options) == ["Live model"]
    assert any("MISPREDICT_UPLOAD=on" in one.value for one in at.caption)


def test_the_store_is_where_the_page_says(pages: Any, desk: SyntheticDesk) -> None:
    promoted(pages, desk)
    from app.places import default_store

    assert len(open_store(default_store()).list()) == 1
