import pandas as pd
import pytest

from mispredict.tables import table_of
from mispredict.tables.near_ids import near_ids

TABLE = table_of(pd.DataFrame({"id": [f"p{n:06d}" for n in range(60_001, 90_001)]}))


@pytest.mark.parametrize(
    ("wanted", "among"),
    [("p088l98", "p088198"), ("q088198", "p088198"), ("p88198", "p088198"), ("xp088198", "p088198")],
)
def test_a_slip_of_the_pen_is_found(wanted, among):
    assert among in near_ids(TABLE, "id", wanted)


def test_an_id_like_none_names_none():
    assert near_ids(TABLE, "id", "😀") == ()


def test_ids_longer_than_compared_and_numbers_work():
    table = table_of(pd.DataFrame({"id": [7, 1234, 99_999_999]}))
    assert near_ids(table, "id", "1235")[0] == "1234"
    assert near_ids(table, "id", "1" * 200) == ("1234",)
