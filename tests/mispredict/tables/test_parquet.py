import os
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mispredict.bad_input import TableRefused
from mispredict.tables import Table, open_table, to_frame

ROWS = 1_000


@pytest.fixture
def table(tmp_path: Path) -> Table:
    for part, first in enumerate((0, 600)):
        count = 600 if part == 0 else 400
        values = np.arange(first, first + count)
        rows = pa.table({"n": values, "half": values / 2, "word": [f"w{v}" for v in values]})
        pq.write_table(rows, tmp_path / f"{part}.parquet", row_group_size=128)
    return open_table(str(tmp_path))


def test_batches_hold_every_row_in_order_and_only_the_columns_asked_for(table: Table) -> None:
    batches = list(table.batches(["half", "n"], size=100))
    assert all(b.schema.names == ["half", "n"] and b.num_rows <= 100 for b in batches)
    assert np.concatenate([b.column("n").to_numpy() for b in batches]).tolist() == list(range(ROWS))
    assert table.rows == ROWS


def test_take_answers_rows_in_the_order_asked_with_their_positions(table: Table) -> None:
    positions = np.array([999, 0, 600, 599, 0])
    rows = table.take(positions, ["word", "n"])
    assert rows["n"].tolist() == rows.index.tolist() == positions.tolist()
    assert rows["word"].tolist() == [f"w{p}" for p in positions]


def test_take_of_nothing_has_the_columns_and_no_rows(table: Table) -> None:
    rows = table.take(np.array([], dtype=np.int64))
    assert rows.shape == (0, 3)
    assert rows["half"].dtype == np.float64


def test_a_position_outside_of_the_table_is_an_index_error(table: Table) -> None:
    with pytest.raises(IndexError, match="1000 rows"):
        table.take(np.array([ROWS]))


def test_frames_count_on_from_the_first_position(table: Table) -> None:
    batch = next(table.batches(size=10))
    assert to_frame(batch, 40).index.tolist() == list(range(40, 50))


def test_whole_numbers_beyond_float64_stay_exact_beside_missing_ones(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": pa.array([2**53 + 1, None], pa.int64())}), tmp_path / "n.parquet")
    assert open_table(str(tmp_path)).take(np.array([0]))["n"].tolist() == [2**53 + 1]
    assert to_frame(next(open_table(str(tmp_path)).batches()), 0)["n"].tolist()[0] == 2**53 + 1


def test_decimals_and_empty_columns_become_numbers(tmp_path: Path) -> None:
    rows = pa.table({"d": pa.array([Decimal(1), Decimal(2)]), "none": pa.nulls(2)})
    pq.write_table(rows, tmp_path / "d.parquet")
    frame = open_table(str(tmp_path)).take(np.arange(2))
    assert frame.dtypes.tolist() == [np.float64, np.float64]
    assert frame["d"].tolist() == [1.0, 2.0]


def test_a_file_that_changes_after_opening_is_refused(table: Table, tmp_path: Path) -> None:
    os.utime(tmp_path / "0.parquet", ns=(1, 1))
    with pytest.raises(TableRefused, match=r"0\.parquet changed since it was opened"):
        next(table.batches())


def test_a_page_that_was_damaged_after_writing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    rows = pa.table({"n": np.random.default_rng(0).integers(0, 2**60, 5_000)})
    pq.write_table(rows, file, write_page_checksum=True, compression="none", use_dictionary=False)
    content = bytearray(file.read_bytes())
    content[10_000] ^= 1
    file.write_bytes(content)
    with pytest.raises(TableRefused, match=r"rows\.parquet is damaged"):
        list(open_table(str(file)).batches())
