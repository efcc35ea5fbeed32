import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mispredict.bad_input import TableRefused
from mispredict.tables import Table, json_lines, open_table

Opened = Callable[..., Table]


def columns_of(table: Table) -> dict[str, list[object]]:
    return {name: [v for b in table.batches() for v in b.column(name).to_pylist()] for name in table.schema.names}


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_values_keep_their_types(opened: Opened) -> None:
    rows = [
        {"n": 1, "x": 1, "t": "2026-05-01T10:00:00Z", "b": True, "s": "007", "m": 1, "none": None, "l": [1, 2]},
        {"n": 2**60, "x": 0.5, "t": "2026-05-01T10:00:01.25+02:00", "b": None, "s": "1", "m": "a", "none": None},
        {"n": -3, "x": None, "t": None, "b": False, "s": "", "m": False, "none": None},
    ]
    table = opened(lines(*rows), "rows.jsonl")
    found = columns_of(table)
    assert found["n"] == [1, 2**60, -3]
    assert found["x"] == [1.0, 0.5, None]
    assert found["b"] == [True, None, False]
    assert found["s"] == ["007", "1", ""]
    assert found["m"] == ["1", "a", "false"]
    assert found["none"] == [None] * 3
    assert found["l"] == ["[1, 2]", None, None]
    assert table.schema.field("t").type == pa.timestamp("us", "UTC")
    assert [str(v) for v in found["t"]][1] == "2026-05-01 08:00:01.250000+00:00"


def test_nested_objects_are_opened_and_named_by_their_last_key_where_that_is_one(opened: Opened) -> None:
    table = opened(
        lines({"id": 7, "features": {"age": 3, "id": 9}}, {"features": {"age": None, "city": "x"}, "id": 8}),
        "rows.jsonl",
    )
    assert columns_of(table) == {"id": [7, 8], "age": [3.0, None], "features.id": [9.0, None], "city": [None, "x"]}


def test_types_are_decided_over_all_batches_and_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "BATCH_LINES", 2)
    (tmp_path / "1.jsonl").write_text(lines({"a": 1, "b": None}, {"a": 2}, {"a": None}, {"a": 2.5, "b": "x"}))
    (tmp_path / "2.jsonl").write_text(lines({"a": "none", "b": 4}))
    found = columns_of(open_table(str(tmp_path / "*.jsonl")))
    assert found == {"a": ["1", "2", None, "2.5", "none"], "b": [None, None, None, "x", "4"]}


def test_integers_that_no_float_holds_stay_text_beside_fractions(opened: Opened) -> None:
    table = opened(lines({"a": 2**53 + 1}, {"a": 0.5}, {"a": 2**70}), "rows.jsonl")
    assert columns_of(table) == {"a": [str(2**53 + 1), "0.5", str(2**70)]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"a": 1}\n{"a": \n', "rows.jsonl, line 2: no JSON; needed: one JSON object a line"),
        ('{"a": 1}\n\n[1]\n', "rows.jsonl, line 3: JSON, but no object"),
        (b'{"a": 1}\n{"a": "\xff"}\n', "rows.jsonl, line 2: bytes that are no UTF-8"),
        ("[" * 100_000, "rows.jsonl, line 1: values nested too deeply"),
        ('{"a": 1}\n{"a": 2', "rows.jsonl, line 2: no JSON"),
        ('{"": 1}\n', "rows.jsonl has no name for column 1 of 1"),
        ("{}\n", "rows.jsonl has no rows"),
        ("", "rows.jsonl is empty"),
        (b"PAR1....", "rows.jsonl holds Parquet, not CSV text"),
    ],
)
def test_what_is_wrong_is_said_with_the_line(opened: Opened, content: bytes | str, message: str) -> None:
    with pytest.raises(TableRefused) as refused:
        opened(content, "rows.jsonl")
    assert message in str(refused.value)


def test_files_of_one_table_have_the_same_columns(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text(lines({"a": 1}))
    (tmp_path / "2.jsonl").write_text(lines({"b": 1}))
    with pytest.raises(TableRefused, match=r"2\.jsonl lacks the column 'a'"):
        open_table(str(tmp_path))


plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "é", "x.y"]), plain, min_size=1), min_size=1, max_size=8))
def test_every_value_is_there_again(opened: Opened, rows: list[dict[str, object]]) -> None:
    found = columns_of(opened(lines(*rows), "rows.jsonl"))
    for name, values in found.items():
        wanted = [row.get(name) for row in rows]
        assert [v is None for v in values] == [w is None for w in wanted]
        for value, want in zip(values, wanted, strict=True):
            if isinstance(value, str) and not isinstance(want, str):
                assert value == json.dumps(want)
            elif value is not None and not hasattr(value, "tzinfo"):
                assert value == want
