import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mispredict.bad_input import OutputRefused, StoreRefused
from mispredict.obvious import export as exporting
from mispredict.obvious import sums
from mispredict.obvious.export import export
from mispredict.obvious.importing import import_folder, import_source

FILES = ["README.md", "SHA256SUMS", "cases.jsonl", "conftest.py", "schema.json", "test_obvious.py"]
TEXTS = st.text(st.characters(codec=None, exclude_categories=[]))  # lone surrogates too


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tests" / "obvious"


def test_the_folder_holds_the_contract_s_files_and_nothing_else(folder, case_of):
    export([case_of("b"), case_of("a")], folder)
    assert sorted(p.name for p in folder.iterdir()) == FILES
    assert [p.name for p in folder.parent.iterdir()] == ["obvious"]
    lines = (folder / "cases.jsonl").read_text().splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert ids == sorted(ids)
    assert len(ids) == 2


def test_a_new_folder_has_the_rights_of_any_other(folder, case_of, tmp_path, monkeypatch):
    # Asking for the mask means setting it for a moment, for every thread.
    monkeypatch.setattr(os, "umask", lambda _: pytest.fail("the mask of the whole process was changed"))
    export([case_of()], folder)
    (tmp_path / "any").mkdir()
    assert folder.stat().st_mode == (tmp_path / "any").stat().st_mode


def test_a_line_has_the_contract_s_keys_in_its_order(folder, case_of):
    export([case_of()], folder)
    case = json.loads((folder / "cases.jsonl").read_text())
    contract = ["id", "row", "expect", "severity", "reason", "promoted_by", "promoted_at", "incident", "expires"]
    assert list(case) == [*contract, "source", "model", "owner", "tags", "explanation", "schema"]


def test_the_schema_has_every_column_s_type(folder, case_of, payment):
    narrow = replace(payment, dtypes={**payment.dtypes, "amount": "float32"})
    export([case_of(), case_of("narrow", row=narrow)], folder)
    schema = json.loads((folder / "schema.json").read_text())
    assert schema["columns"] == {"amount": "float32 | float64", "channel": "category", "age": "float64"}
    assert len(schema["types"]) == 2
    assert all(types["channel"]["categories"] == ["web", "app"] for types in schema["types"].values())


def test_the_code_is_the_same_whatever_the_cases_say(tmp_path, case_of, payment):
    hostile = replace(payment, values={**payment.values, "amount": '"""; import os; os.abort()'})
    export([case_of()], tmp_path / "tame")
    export([case_of('"""; import os', row=hostile, reason='"""\nimport os\\')], tmp_path / "hostile")
    for name in ("test_obvious.py", "conftest.py", "README.md"):
        assert (tmp_path / "tame" / name).read_bytes() == (tmp_path / "hostile" / name).read_bytes()


def test_the_order_of_the_cases_changes_no_byte(tmp_path, case_of):
    cases = [case_of("a"), case_of("b"), case_of("c")]
    one, other = export(cases, tmp_path / "one"), export(cases[::-1], tmp_path / "other")
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in FILES)


def test_an_import_returns_what_was_exported(folder, case_of, payment):
    narrow = replace(payment, dtypes={**payment.dtypes, "amount": "float32"})
    cases = [case_of("a"), case_of("b", row=narrow, expect="between:0.1:0.2", incident="INC-7", severity="minor")]
    assert import_folder(export(cases, folder)) == tuple(sorted(cases, key=lambda c: c.id))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=TEXTS, column=TEXTS, reason=TEXTS.filter(str.strip))
def test_any_text_survives_the_folder(tmp_path, case_of, payment, cell, column, reason):
    row = replace(payment, values={column: cell}, dtypes={column: "object"}, categories={})
    folder = tmp_path / "any"
    assert import_folder(export([case_of(row=row, reason=reason)], folder)) == (
        case_of_that(case_of, row, reason, folder),
    )


def case_of_that(case_of, row, reason, folder):
    """Return the case that was exported, at the time that it was exported with."""
    return replace(case_of(row=row, reason=reason), promoted_at=import_folder(folder)[0].promoted_at)


def test_exporting_again_replaces_the_cases_and_keeps_what_is_not_ours(folder, case_of):
    export([case_of("old")], folder)
    (folder / "test_more.py").write_text("# ours")
    (folder / "conftest.py").write_text("def load_model(): ...  # edited")
    (folder / "test_obvious.py").write_text("# damaged")
    export([case_of("new")], folder)
    assert [c.source.row for c in import_folder(folder)] == ["new"]
    assert sorted(p.name for p in folder.iterdir()) == sorted([*FILES, "test_more.py"])
    assert (folder / "test_more.py").read_text() == "# ours"
    assert (folder / "conftest.py").read_text() == "def load_model(): ...  # edited"
    sums.verify(folder)
    lines = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert lines == {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in FILES if n != "SHA256SUMS"}
    assert "test_case" in (folder / "test_obvious.py").read_text()


def test_a_conftest_that_nobody_edited_is_brought_up_to_date(folder, case_of, monkeypatch):
    with monkeypatch.context() as older:
        older.setitem(exporting.FIXED, "conftest.py", "README.md")  # any other text
        export([case_of()], folder)
    export([case_of()], folder)
    assert "def load_model" in (folder / "conftest.py").read_text()


@pytest.mark.parametrize("stop_after", range(1, 7))
def test_a_folder_that_was_left_in_the_middle_can_be_read(folder, case_of, payment, monkeypatch, stop_after):
    other = replace(payment, values={"amount": 1}, dtypes={"amount": "int64"}, categories={})
    export([case_of("old")], folder)
    replaced = []

    def replace_or_die(self, target):
        if len(replaced) == stop_after:
            raise KeyboardInterrupt
        replaced.append(target)
        os.replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_or_die)
    with pytest.raises(KeyboardInterrupt):
        export([case_of("new", row=other)], folder)
    assert [c.source.row for c in import_folder(folder)] in (["old"], ["new"])
    assert sorted(p.name for p in folder.iterdir()) == FILES
    sums.verify(folder)


def test_a_new_folder_that_was_not_finished_is_not_there(folder, case_of, monkeypatch):
    def die(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", die)
    with pytest.raises(KeyboardInterrupt):
        export([case_of()], folder)
    assert list(folder.parent.iterdir()) == []


def test_an_empty_folder_is_filled(folder, case_of):
    folder.mkdir(parents=True)
    assert len(import_folder(export([case_of()], folder))) == 1


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, case_of):
    (tmp_path / "schema.json").write_text("{}")
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputRefused, match=r"holds something else; needed: .* do: name another folder; nothing was"):
        export([case_of()], tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["schema.json", "thesis.txt"]


def test_a_file_in_the_way_is_left_alone(tmp_path, case_of):
    (tmp_path / "obvious").write_text("a file")
    with pytest.raises(OutputRefused, match="something else"):
        export([case_of()], tmp_path / "obvious")
    with pytest.raises(OutputRefused, match="can't be written"):
        export([case_of()], tmp_path / "obvious" / "below")


def test_a_set_without_cases_is_not_exported(folder):
    with pytest.raises(OutputRefused, match="a set without cases"):
        export([], folder)
    assert not folder.exists()


def test_a_bad_line_is_named_and_nothing_is_imported(folder, case_of):
    export([case_of("a"), case_of("b")], folder)
    file = folder / "cases.jsonl"
    first, second = file.read_text().splitlines()
    for bad in (
        "{",
        "[]",
        '{"id": 1}',
        second.replace('"major"', '"awful"'),
        second.replace('"schema": "', '"schema": "x'),
    ):
        file.write_text(f"{first}\n{bad}\n")
        with pytest.raises(StoreRefused, match=r"cases\.jsonl: line 2: "):
            import_folder(folder)


def test_a_case_that_stands_there_twice_is_refused(folder, case_of):
    file = export([case_of()], folder) / "cases.jsonl"
    file.write_text(file.read_text() * 2)
    with pytest.raises(StoreRefused, match="twice"):
        import_folder(folder)


def test_a_folder_that_is_no_export_or_of_another_form_is_refused(tmp_path, folder, case_of):
    with pytest.raises(StoreRefused, match=r"no schema\.json of an obvious set"):
        import_folder(tmp_path)
    schema = export([case_of()], folder) / "schema.json"
    schema.write_text(schema.read_text().replace("obvious@1", "obvious@2"))
    with pytest.raises(StoreRefused, match="the form mispredict/obvious@2"):
        import_folder(folder)
    with pytest.raises(OutputRefused, match="mispredict/obvious@2"):
        export([case_of()], folder)


def test_a_file_that_was_changed_by_hand_is_refused_unless_that_is_meant(folder, case_of):
    export([case_of()], folder)
    sums.verify(folder)
    (folder / "conftest.py").write_text("def load_model(): ...")
    sums.verify(folder)
    cases = (folder / "cases.jsonl").read_text()
    (folder / "cases.jsonl").write_text(cases.replace("a good customer", "nobody"))
    with pytest.raises(StoreRefused, match=r"cases\.jsonl, which is not the file that was exported"):
        import_source(folder, verified=True, by="bob", frozen=None)
    assert import_source(folder, verified=False, by="bob", frozen=None)[0].reason == "nobody"
    (folder / "cases.jsonl").write_text(cases)
    (folder / "README.md").unlink()
    with pytest.raises(StoreRefused, match="README"):
        sums.verify(folder)
