from __future__ import annotations

import pandas as pd
import pytest

from app.cells import pictured
from app.values import kind_of, seen, step_for

PNG = b"\x89PNG\r\n\x1a\n.."


def test_columns_with_a_picture_are_found() -> None:
    rows = pd.DataFrame({"a": [None, PNG], "b": ["x", "y"]})
    assert pictured(rows, ["a", "b", "absent"]) == ("a",)


@pytest.mark.parametrize(
    ("cell", "dtype", "kind"),
    [
        (1.5, "number", "number"), (2**60, "number", "text"), (float("inf"), "number", "text"),
        (True, "bool", "choice"), (None, "category", "choice"), ("[1]", "other", "text"),
    ],
)  # fmt: skip
def test_a_value_is_put_in_as_its_column_holds_it(cell: object, dtype: str, kind: str) -> None:
    assert kind_of(cell, dtype) == kind


def test_the_values_seen_come_after_the_rows_own_and_once() -> None:
    rows = pd.DataFrame({"c": ["b", "b", "a", None]})
    assert seen(rows, "c", first=("z", None)) == ["z", "b", "a"]
    assert seen(rows, "absent", first=("z", "z")) == ["z"]
    assert seen(pd.DataFrame({"c": [1, 1]}), "c", first=(True,)) == [True, 1]


@pytest.mark.parametrize(("cell", "step"), [(-312.5, 10.0), (0.0, 1.0), (123456, 10000), ("x", 1.0)])
def test_a_step_is_about_a_tenth(cell: object, step: float) -> None:
    assert step_for(cell) == step
