"""Conditions hold for the rows that they say, and read as people write them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.findings import Condition, Op
from mispredict.errors.predicates import holds, rule_text

ROWS = pd.DataFrame(
    {
        "amount": [0.0, 10.0, np.nan, 300.5],
        "items": [1, 2, 2, 3],
        "channel": ["app", None, "web", "app"],
        "kind": pd.Categorical(["x", "y", None, "x"]),
        "gift": [True, False, True, False],
        "at": pd.to_datetime(["2026-01-01 00:00", "2026-01-02 12:00", None, "2026-01-03 00:00"]),
    }
)


@pytest.mark.parametrize(
    ("column", "op", "value", "expected"),
    [
        ("amount", "<=", 10, [1, 1, 0, 0]),
        ("amount", ">", 10, [0, 0, 0, 1]),
        ("amount", "=", 0, [1, 0, 0, 0]),
        ("amount", "!=", 0, [0, 1, 0, 1]),
        ("amount", "in", [0, 300.5], [1, 0, 0, 1]),
        ("amount", "is missing", None, [0, 0, 1, 0]),
        ("items", "=", 2, [0, 1, 1, 0]),
        ("channel", "=", "app", [1, 0, 0, 1]),
        ("channel", "!=", "app", [0, 0, 1, 0]),
        ("channel", "in", ["web", "shop"], [0, 0, 1, 0]),
        ("channel", "is missing", None, [0, 1, 0, 0]),
        ("kind", "=", "x", [1, 0, 0, 1]),
        ("gift", "=", True, [1, 0, 1, 0]),
        ("at", "<=", "2026-01-02 12:00:00", [1, 1, 0, 0]),
        ("at", ">", "2026-01-01 00:00:00", [0, 1, 0, 1]),
    ],
)
def test_a_condition_holds_for_its_rows(column: str, op: Op, value: Any, expected: list[int]) -> None:
    assert holds([Condition(column, op, value)], ROWS).tolist() == [bool(one) for one in expected]


def test_conditions_hold_together_and_none_holds_for_all() -> None:
    both = [Condition("channel", "=", "app"), Condition("amount", ">", 10)]
    assert holds(both, ROWS).tolist() == [False, False, False, True]
    assert holds([], ROWS).all()


def test_a_rule_reads_as_people_write_it() -> None:
    conditions = [
        Condition("channel", "in", ["app", "web"]),
        Condition("amount", ">", 312.5),
        Condition("items", "<=", 3),
        Condition("kind", "is missing", None),
        Condition("gift", "=", value=True),
    ]
    text = "channel in ('app', 'web') and amount > 312.5 and items <= 3 and kind is missing and gift = 'True'"
    assert rule_text(conditions) == text
    assert rule_text([]) == "all rows"
