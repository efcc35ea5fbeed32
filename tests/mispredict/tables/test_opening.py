from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mispredict.bad_input import TableRefused
from mispredict.tables import Table, open_table, opening
from mispredict.tables.columns import MAX_COLUMNS

Opened = Callable[..., Table]


def parquet(table: pa.Table, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return sink.getvalue().to_pybytes()


ROWS = parquet(pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\n", "rows.parquet holds text, not Parquet"),
        (b"", "rows.parquet is empty"),
        (b"\x89PNG\r\n\x1a\n....", "rows.parquet holds a PNG image, not Parquet"),
        (b"PK\x03\x04......", "rows.parquet holds a zip archive, not Parquet"),
        (b"\x1f\x8b......", "rows.parquet holds gzip-compressed data, not Parquet"),
        (b"<!DOCTYPE html><html>", "rows.parquet holds an HTML page, not Parquet"),
        (b"PARE....PARE", "rows.parquet holds encrypted Parquet, not Parquet"),
        (ROWS[:-20], "rows.parquet is damaged"),
        (ROWS[: len(ROWS) // 2], "rows.parquet is damaged"),
        (parquet(pa.table({"a": pa.array([], pa.int64())})), "rows.parquet has no rows"),
        (parquet(pa.table([pa.array([1]), pa.array([2])], ["a", "a"])), "the column name 'a' more than once"),
        (parquet(pa.table([pa.array([1]), pa.array([2])], ["a", " "])), "no name for column 2 of 2"),
    ],
)
def test_what_is_no_parquet_table_is_said(opened: Opened, content: bytes, message: str) -> None:
    with pytest.raises(TableRefused) as refused:
        opened(content, "rows.parquet")
    assert message in str(refused.value)


def test_a_missing_file_names_the_nearest_one(opened: Opened, tmp_path: Path) -> None:
    opened(ROWS, "payments.parquet")
    with pytest.raises(TableRefused, match=r"there is no file .*payment\.parquet \(nearest: 'payments\.parquet'\)"):
        open_table(str(tmp_path / "payment.parquet"))


def test_an_unknown_ending_says_what_the_file_holds(opened: Opened) -> None:
    with pytest.raises(TableRefused, match=r"rows\.xlsx ends in \.xlsx and holds a zip archive"):
        opened(b"PK\x03\x04....", "rows.xlsx")


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe.parquet")
    with pytest.raises(TableRefused, match="is not an ordinary file"):
        open_table(str(tmp_path / "pipe.parquet"))


def test_a_footer_that_promises_far_more_than_the_file_holds_is_refused(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    zeros = parquet(pa.table({"a": np.zeros(1_000_000), "b": np.zeros(1_000_000)}), compression="zstd")
    assert opened(zeros, "rows.parquet").rows == 1_000_000  # a constant column alone is no crime
    monkeypatch.setattr(opening, "_BOMB_BYTES", 10_000_000)
    with pytest.raises(TableRefused, match="claims 1,000,000 rows of 2 columns"):
        opened(zeros, "rows.parquet")


def test_too_many_columns_are_refused(opened: Opened) -> None:
    with pytest.raises(TableRefused, match="20,001 columns; needed: at most 20,000"):
        opened(",".join(f"c{i}" for i in range(MAX_COLUMNS + 1)) + "\n")


def test_files_of_one_table_must_agree_and_the_odd_one_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1], "b": [2.0]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"b": [4.0], "a": [3]}), tmp_path / "2.parquet")
    table = open_table(str(tmp_path / "*.parquet"))
    assert [b.to_pydict() for b in table.batches()] == [{"a": [1], "b": [2.0]}, {"a": [3], "b": [4.0]}]
    pq.write_table(pa.table({"a": ["x"], "b": [4.0]}), tmp_path / "3.parquet")
    with pytest.raises(TableRefused, match=r"3\.parquet has string in column 'a' where 1\.parquet has int64"):
        open_table(str(tmp_path))
    pq.write_table(pa.table({"a": [1]}), tmp_path / "3.parquet")
    with pytest.raises(TableRefused, match=r"3\.parquet lacks the column 'b'"):
        open_table(str(tmp_path))


def test_an_empty_folder_a_mixed_one_and_a_pattern_without_files(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match=r"has no \.parquet, \.csv or \.jsonl file"):
        open_table(str(tmp_path))
    with pytest.raises(TableRefused, match=r"no \.parquet, \.csv or \.jsonl file matches"):
        open_table(str(tmp_path / "*.parquet"))
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "b.parquet").write_bytes(ROWS)
    with pytest.raises(TableRefused, match="both Parquet and CSV"):
        open_table(str(tmp_path))


def test_pandas_metadata_and_index_columns_are_left_aside(tmp_path: Path) -> None:
    rows = pd.DataFrame({"a": pd.Categorical(["x", "y"])}, index=[7, 9])
    rows.to_parquet(tmp_path / "rows.parquet")
    table = open_table(str(tmp_path / "rows.parquet"))
    assert table.schema.names == ["a"]
    assert table.schema.metadata is None
    assert table.take(np.array([1, 0]))["a"].tolist() == ["y", "x"]


def test_a_url_without_fsspec_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(TableRefused, match="run: pip install fsspec"):
        open_table("s3://bucket/rows.parquet")
