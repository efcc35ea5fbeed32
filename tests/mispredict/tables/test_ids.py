import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import TableRefused
from mispredict.tables import table_of
from mispredict.tables.ids import check_ids, ids_of, positions_of


def test_ids_are_text_of_the_column_or_of_the_position() -> None:
    rows = pd.DataFrame({"n": [7, 2**60], "f": [1.0, 2.0], "s": ["a", "01"]}, index=[4, 5])
    assert ids_of(rows, "n").tolist() == ["7", str(2**60)]
    assert ids_of(rows, "f").tolist() == ["1", "2"]
    assert ids_of(rows, "s").tolist() == ["a", "01"]
    assert ids_of(rows, None).tolist() == ["4", "5"]


def test_a_missing_id_names_its_row() -> None:
    with pytest.raises(TableRefused, match="the id 'i' is missing in row 2"):
        check_ids(table_of(pd.DataFrame({"i": ["a", None]})), "i")


def test_duplicates_are_counted_and_the_first_are_named() -> None:
    ids = [f"r{i}" for i in range(100_000)]
    check_ids(table_of(pd.DataFrame({"i": ids})), "i")
    ids[99_999] = "r17"
    ids[70_000] = "r17"
    with pytest.raises(TableRefused, match=r"more than once in 2 rows: 'r17' in rows 18 and 70001"):
        check_ids(table_of(pd.DataFrame({"i": ids})), "i")


def test_positions_are_found_for_ids_that_are_there() -> None:
    table = table_of(pd.DataFrame({"i": np.arange(100_000) * 2}))
    assert positions_of(table, "i", ["0", "199998", "3", "x"]) == {"0": 0, "199998": 99_999}
    assert positions_of(table, None, ["5", "100000", "-1", "x"]) == {"5": 5}
