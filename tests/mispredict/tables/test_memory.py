import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import TableRefused
from mispredict.tables import table_of


def test_a_frame_is_a_table_whose_positions_count_from_zero() -> None:
    rows = pd.DataFrame({"a": [1, 2, 3], "c": pd.Categorical(["x", None, "y"])}, index=[5, 5, 9])
    before = rows.copy()
    table = table_of(rows)
    assert table.rows == 3
    assert [b.num_rows for b in table.batches(size=2)] == [2, 1]
    assert table.take(np.array([2, 0]))["c"].tolist() == ["y", "x"]
    assert table.take(np.array([], dtype=int)).shape == (0, 2)
    pd.testing.assert_frame_equal(rows, before)


def test_one_cell_makes_another_digest() -> None:
    rows = pd.DataFrame({"a": np.zeros(200_000)})
    changed = rows.copy()
    changed.loc[123_456, "a"] = 1e-9
    assert table_of(rows).sha256 == table_of(rows.copy()).sha256
    assert table_of(rows).sha256 != table_of(changed).sha256


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (pd.DataFrame({"a": []}), "the frame has no rows"),
        (pd.DataFrame({"a": [1, "x", 2.5]}, dtype=object), "a column of mixed types"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a' more than once"),
    ],
)
def test_frames_that_are_no_tables_are_refused(rows: pd.DataFrame, message: str) -> None:
    with pytest.raises(TableRefused, match=message):
        table_of(rows)
