from itertools import product

import pyarrow as pa
import pytest

from mispredict.tables.csv_kinds import Kind, kind_of, wider

KINDS: tuple[Kind, ...] = ("none", "whole", "big", "number", "truth", "time", "zoned", "text")


@pytest.mark.parametrize("one", KINDS)
def test_merging_kinds_does_not_depend_on_the_order(one: Kind) -> None:
    for other, third in product(KINDS, repeat=2):
        assert wider(one, other) == wider(other, one)
        assert wider(wider(one, other), third) == wider(one, wider(other, third))


def test_missing_cells_say_nothing() -> None:
    assert kind_of(pa.array([None, None], pa.string())) == "none"
    assert kind_of(pa.array([None, "1"])) == "whole"
