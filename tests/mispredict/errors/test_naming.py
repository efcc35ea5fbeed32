"""Short names: what a rule's rows are called where the whole rule has no room."""

from __future__ import annotations

from typing import Any

import pytest

from mispredict.errors.findings import Condition, Op
from mispredict.errors.naming import LONGEST, short_name, short_names


def rule(*parts: tuple[str, Op, Any]) -> tuple[Condition, ...]:
    return tuple(Condition(*part) for part in parts)


@pytest.mark.parametrize(
    ("conditions", "name"),
    [
        (rule(("channel", "=", "app"), ("amount", ">", 312.5)), "app, amount > 312"),
        (rule(("amount", ">", 10), ("amount", "<=", 20)), "amount 10 to 20"),
        (rule(("version", "=", "5.12")), "version = 5.12"),
        (rule(("flag", "=", "yes"), ("age", "<=", 1200)), "flag = yes, age <= 1,200"),
        (rule(("income", "is missing", None)), "no income"),
        (rule(("city", "in", ["Bern", "Basel"])), "Bern/Basel"),
        (rule(("code", "in", ["a1", "b2"])), "code a1/b2"),
        (rule(("flag", "=", True)), "flag = True"),
        ((), "no rule"),
    ],
)
def test_a_rule_in_a_few_words(conditions: tuple[Condition, ...], name: str) -> None:
    assert short_name(conditions) == name


def test_long_rules_are_cut_and_no_name_stands_twice() -> None:
    long = rule(("a_very_long_name_of_a_column", "=", "a very long value that goes on"), ("second", ">", 123456.789))
    names = short_names([long, long, long, ()])
    assert len(set(names)) == 4
    assert all(len(name) <= LONGEST for name in names)


def test_a_name_is_one_line() -> None:
    parts = [rule(("a\nb", "=", "first\n second")), rule(("a\nb", ">", 3))]
    assert short_names(parts) == ["first second", "a b > 3"]
