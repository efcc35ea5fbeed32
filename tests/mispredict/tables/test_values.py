import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mispredict.tables import open_table
from mispredict.tables.values import LONGEST, values_of


def values(tmp_path, column, most=3):
    path, seen = tmp_path / "t.parquet", []
    pq.write_table(pa.table({"c": column}), path)
    found = values_of(open_table(str(path)), "c", most=most, report=seen.append)
    return found, seen


@pytest.mark.parametrize(
    ("column", "found"),
    [
        (["b", "a", None, "b"], ["b", "a"]),
        ([1.0, float("nan"), 0.0], [1.0, 0.0]),
        ([True, False, True], [True, False]),
        ([1, 2, 3, 4], []),
        (["short", "x" * (LONGEST + 1)], []),
        ([[1], [2]], []),
        ([{"a": 1}], []),
        ([None, None], []),
    ],
    ids=["text", "missing", "truths", "too many", "too long", "lists", "structs", "empty"],
)
def test_the_different_values_of_what_can_be_a_target(tmp_path, column, found):
    assert values(tmp_path, column)[0] == found


def test_the_share_that_was_read_ends_at_the_whole(tmp_path):
    found, seen = values(tmp_path, [0, 1] * 50_000)
    assert found == [0, 1]
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
