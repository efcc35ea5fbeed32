import csv
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mispredict.bad_input import OutputRefused, TableRefused
from mispredict.tables import Table, open_table
from mispredict.tables.csv_text import BLOCK_BYTES

Opened = Callable[..., Table]


def columns_of(table: Table) -> dict[str, list[object]]:
    return {name: [v for b in table.batches() for v in b.column(name).to_pylist()] for name in table.schema.names}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n3\n", "rows.csv, line 3: 1 fields; needed: 2 fields"),
        ("a,b\n1,2,3\n4,5\n", "rows.csv, line 2: 3 fields; needed: 2 fields"),
        ('a,b\n1,"x\ny"\n\n3\n', "rows.csv, line 5: 1 fields"),
        ('"a\nq",b\n1\n', "rows.csv, line 3: 1 fields"),
        ('a,b\n1,"x\n3,4\n', "rows.csv, line 2: a row that can't be read (a quote that is never closed)"),
        ("a,b\n1,x\n2,\x00\n", "rows.csv, line 3: a NUL byte in column 'b'"),
        (b"a,b\n1,x\n2,caf\xe9\n", "rows.csv, line 3: a byte in column 'b' that is no UTF-8"),
        ("a,b\n", "rows.csv has a header and no rows"),
        ("a,b", "rows.csv has a header and no rows"),
        ("", "rows.csv is empty"),
        (" \n\n ", "rows.csv is empty"),
        ("a,,c\n1,2,3\n", "rows.csv has no name for column 2 of 3"),
        ("a,b,\n1,2,3\n", "rows.csv has no name for column 3 of 3"),
        ("a,b,a\n1,2,3\n", "rows.csv has the column name 'a' more than once"),
        ("a,b\n1,2\n".encode("utf-16"), "rows.csv holds UTF-16 text, not CSV text"),
        (b"\x89PNG\r\n\x1a\n....", "rows.csv holds a PNG image, not CSV text"),
        (b"\x1f\x8b\x08....", "rows.csv holds gzip-compressed data"),
        (b"PK\x03\x04....", "rows.csv holds a zip archive"),
        (b"PAR1....PAR1", "rows.csv holds Parquet, not CSV text"),
    ],
)
def test_what_is_wrong_is_said_with_the_line_of_the_file(opened: Opened, content: bytes | str, message: str) -> None:
    with pytest.raises(TableRefused) as refused:
        opened(content)
    assert message in str(refused.value)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_line_ends_and_delimiters_are_found_out(opened: Opened, ends: str, delimiter: str) -> None:
    table = opened(ends.join(delimiter.join(row) for row in (("a", "b"), ("1", "x"), ("2", "y"))))
    assert columns_of(table) == {"a": [1, 2], "b": ["x", "y"]}


def test_a_byte_order_mark_is_no_part_of_the_first_name(opened: Opened) -> None:
    assert opened(b"\xef\xbb\xbfa,b\n1,2\n").schema.names == ["a", "b"]


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", ""], pa.int64(), [1, -2, None]),
        (["9007199254740993", "", "1"], pa.int64(), [9007199254740993, None, 1]),
        (["18446744073709551616", "1"], pa.string(), ["18446744073709551616", "1"]),
        (["9007199254740993", "0.5"], pa.string(), ["9007199254740993", "0.5"]),
        (["1", "2.5", "-1e3"], pa.float64(), [1.0, 2.5, -1000.0]),
        (["1.5", "inf"], pa.float64(), [1.5, np.inf]),
        (["007", "12"], pa.string(), ["007", "12"]),
        (["0x1F", "12"], pa.string(), ["0x1F", "12"]),
        (["NA", "None", "null", "1"], pa.string(), ["NA", "None", "null", "1"]),
        (["true", "False", ""], pa.bool_(), [True, False, None]),
        (["true", "1"], pa.string(), ["true", "1"]),
        (["01/02/2024", "03/04/2024"], pa.string(), ["01/02/2024", "03/04/2024"]),
        (["", ""], pa.float64(), [None, None]),
    ],
)
def test_types_are_decided_over_all_values_and_lose_none(
    opened: Opened, cells: list[str], kind: pa.DataType, values: list[object]
) -> None:
    table = opened("id,x\n" + "".join(f"r{i},{cell}\n" for i, cell in enumerate(cells)))
    assert table.schema.field("x").type == kind
    assert columns_of(table)["x"] == values


def test_iso_times_become_timestamps_with_and_without_a_zone(opened: Opened) -> None:
    table = opened("a,b\n2024-01-02,2024-01-02T03:04:05Z\n2024-01-02 03:04:05.5,2024-01-02T03:04:05+02:00\n")
    assert [str(kind) for kind in table.schema.types] == ["timestamp[us]", "timestamp[us, tz=UTC]"]


def test_a_type_that_breaks_late_is_still_seen(opened: Opened) -> None:
    rows = BLOCK_BYTES // 60
    table = opened("id,x\n" + "".join(f"{'r' * 50}{i},{i}\n" for i in range(rows)) + "last,oops\n")
    assert table.schema.field("x").type == pa.string()
    assert table.rows == rows + 1


def test_a_folder_of_csv_files_is_one_table_of_one_type(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,0\n")
    (tmp_path / "b.csv").write_text("x;y\n1.5;1\n")
    table = open_table(str(tmp_path))
    assert columns_of(table) == {"x": [1.0, 1.5], "y": [0, 1]}
    (tmp_path / "c.csv").write_text("x,z\n1,0\n")
    with pytest.raises(TableRefused, match=r"c\.csv has another header than a\.csv: they differ in 'y', 'z'"):
        open_table(str(tmp_path))


def test_the_typed_copy_is_made_once_and_leaves_nothing_beside(opened: Opened, cache: Path) -> None:
    first = opened("a\n1\n")
    made = list((cache / "tables").iterdir())
    assert [file.suffix for file in made] == [".parquet"]
    stood = made[0].stat().st_mtime_ns
    assert opened("a\n1\n").sha256 == first.sha256
    assert made[0].stat().st_mtime_ns == stood
    with pytest.raises(TableRefused):
        opened("a,b\n1,2\n3\n")
    assert list((cache / "tables").iterdir()) == made


def test_a_cache_that_cannot_hold_the_copy_is_said(opened: Opened, cache: Path) -> None:
    cache.mkdir()
    (cache / "tables").write_text("in the way")
    with pytest.raises(OutputRefused, match="can't be written"):
        opened("a\n1\n")


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
def test_any_text_is_read_as_the_standard_library_reads_it(tmp_path: Path, rows: list[tuple[str, str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *(("k" + a, "k" + b, c) for a, b, c in rows)])
    file = tmp_path / "any.csv"
    file.write_bytes(text.getvalue().encode())
    expected = list(csv.reader(io.StringIO(text.getvalue(), newline="")))[1:]
    read = columns_of(open_table(str(file)))
    assert list(zip(read["a"], read["b"], strict=True)) == [(a, b) for a, b, _ in expected]
    if pa.types.is_string(open_table(str(file)).schema.field("c").type):
        assert read["c"] == [c or None for _, _, c in expected]
