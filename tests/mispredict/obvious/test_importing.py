import json
from dataclasses import replace

import pandas as pd
import pytest

from mispredict.bad_input import BadInput, StoreRefused
from mispredict.obvious.cells import encode
from mispredict.obvious.importing import import_source
from mispredict.obvious.layout import columns_of, flat
from mispredict.obvious.plain_files import write_plain


def imported(file, frozen=None):
    return import_source(file, verified=True, by="bob", frozen=frozen)


@pytest.fixture
def frozen(payment):
    """Return a function that freezes payments by their ids, as an investigation does."""

    def freeze(rows):
        if "nobody" in rows:
            raise BadInput("no row with the id 'nobody'", needed="an id", do="")
        return tuple(replace(payment, id=row) for row in rows)

    return freeze


def test_a_parquet_file_of_cases_reads_back(tmp_path, case_of):
    found = [case_of("a", tags=("x", "y")), case_of("b", expect="between:0.1:0.9")]
    rows = [flat(case) for case in found]
    frame = pd.DataFrame([{c: encode(row.get(c)) for c in columns_of(rows)} for row in rows])
    frame.to_parquet(tmp_path / "set.parquet")
    assert imported(tmp_path / "set.parquet") == tuple(found)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{broken", "line 2: "),
        ("[1]", "line 2: a list"),
        ('{"expect": {}}', "line 2: a case without"),
        ("again", "line 2: the case tx-1"),
    ],
)
def test_one_bad_line_is_named_and_nothing_is_imported(tmp_path, case_of, line, said):
    file = write_plain([case_of()], tmp_path / "set.jsonl")
    file.write_text(file.read_text() + (file.read_text() if line == "again" else line))
    with pytest.raises(StoreRefused, match=rf"set\.jsonl: {said}.*nothing was imported"):
        imported(file)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text + "1,2\r\n", "line 4: 2 cells"),
        (lambda text: text.replace("id,", "reason,", 1), "same column twice"),
        (lambda text: text.replace("major", "mega"), "line 2: the severity 'mega'"),
        (lambda text: text.replace('"[0, 1]"', '"[0, 1"'), "line 2: .*0, 1"),
        (
            lambda text: text.replace("label,1", "label,7").replace("label,0", "label,7"),
            "line 2: .*expects the class 7",
        ),
        (lambda text: "", "no record"),
    ],
)
def test_a_bad_cell_is_named_with_its_line(tmp_path, case_of, change, said):
    file = write_plain([case_of("a"), case_of("b")], tmp_path / "set.csv")
    file.write_bytes(change(file.read_bytes().decode()).encode())
    with pytest.raises(StoreRefused, match=said):
        imported(file)


def test_other_files_are_refused(tmp_path):
    (tmp_path / "set.xlsx").write_bytes(b"PK")
    (tmp_path / "set.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreRefused, match=r"a file of the kind '\.xlsx'"):
        imported(tmp_path / "set.xlsx")
    with pytest.raises(StoreRefused, match="no Parquet file"):
        imported(tmp_path / "set.parquet")
    with pytest.raises(StoreRefused, match="can't be read"):
        imported(tmp_path / "nowhere.csv")


def test_a_list_of_rows_is_promoted(tmp_path, frozen):
    (tmp_path / "rows.csv").write_text(
        'row,reason,severity,expect,tags,owner\n7/2,refused a card,blocker,at_most:0.2,"a, b",ann\np8,blocked,,,,\n'
    )
    first, second = imported(tmp_path / "rows.csv", frozen)
    assert (first.source.row, first.severity, first.expect.kind, first.tags, first.owner, first.promoted_by) == (
        *("7/2", "blocker", "at_most", ("a", "b"), "ann", "bob"),
    )
    assert (second.severity, second.expect.kind, second.tags, second.owner) == ("major", "label", (), None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"row": "a"}', "line 1: no reason"),
        ('{"row": "a", "reason": "x"}\n{"reason": "x"}', "line 2: no row"),
        ('{"row": "a", "reason": "x", "amount": 1}', "line 1: the column 'amount'"),
        ('{"row": "a", "reason": "x", "expect": "at_least:2"}', "line 1: "),
        ('{"row": "a", "reason": "x", "severity": "mega"}', "line 1: the severity 'mega'"),
        ('{"row": "a", "reason": "x"}\n{"row": "a", "reason": "y"}', "line 2: what line 1 says already"),
        ('{"row": "nobody", "reason": "x"}', "no row with the id"),
    ],
)
def test_a_bad_list_is_named_and_nothing_is_promoted(tmp_path, frozen, text, said):
    (tmp_path / "rows.jsonl").write_text(text)
    with pytest.raises(BadInput) as refusal:
        imported(tmp_path / "rows.jsonl", frozen)
    assert said in refusal.value.found


def test_a_list_without_an_investigation_says_what_it_needs(tmp_path):
    (tmp_path / "rows.jsonl").write_text(json.dumps({"row": "a", "reason": "x"}))
    with pytest.raises(StoreRefused, match=r"say --from investigation\.toml"):
        imported(tmp_path / "rows.jsonl")
