"""Rules are read as people type them, checked against the columns, and never run."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mispredict.bad_input import RuleRefused
from mispredict.cohorts.judging import holds
from mispredict.cohorts.language import DEEPEST, parse_rule
from mispredict.cohorts.rule import EVERY_ROW, Comparison, Either, Every, Not, Rule, normal, rule_source
from mispredict.cohorts.tokens import LONGEST
from mispredict.errors.findings import Condition
from mispredict.errors.predicates import holds as conditions_hold
from mispredict.errors.predicates import rule_text

ROWS = pd.DataFrame(
    {
        "amount": [0.0, 10.0, np.nan, 300.5],
        "n": [2**60 + 1, 2**60, 3, -3],
        "channel": ["app", None, "web", "app"],
        "kind": pd.Categorical(["x", "y", None, "x"]),
        "gift": [True, False, True, False],
        "gaps": np.array([True, None, False, True], dtype=object),
        "code": ["007", "7", "1e3", None],
        "at": pd.to_datetime(["2026-01-01 00:00", "2026-01-02 12:00", None, "2026-01-03 00:00"]),
        "zoned": pd.to_datetime(["2026-01-01 00:00", "2026-01-02 12:00", None, "2026-01-03 00:00"]).tz_localize("UTC"),
        "net amount": [1, 2, 3, 4],
        "it's `odd` \\ not": [1, 2, 3, 4],
        "größe": [1, 2, 3, 4],
        "not": [1, 2, 3, 4],
    }
)
KINDS = {
    **dict.fromkeys(ROWS.columns, "number"),
    "channel": "text",
    "kind": "category",
    "gift": "bool",
    "gaps": "bool",
    "code": "text",
    "at": "time",
    "zoned": "time",
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('amount > 300 and channel == "app"', "0001"),
        ("amount >= 0 AND amount < 10", "1000"),
        ("amount != 0", "0101"),
        ("amount <> 0", "0101"),
        ("not (amount > 3)", "1000"),
        ("not amount > 3", "1000"),
        ("not not amount > 3", "0101"),
        ("amount between 0 and 10", "1100"),
        ("amount not between 0 and 10", "0001"),
        ("amount is missing", "0010"),
        ("amount is not missing", "1101"),
        ("amount is present", "1101"),
        ("not (amount is missing)", "1101"),
        ("amount is missing or channel is null", "0110"),
        ("amount > 3 or channel = web", "0111"),
        ("amount > 3 and channel = web", "0000"),
        ("channel = app", "1001"),
        ("channel = 'app'", "1001"),
        ("channel not in (app, shop)", "0010"),
        ("channel > 'b'", "0010"),
        ("kind in (x, y)", "1101"),
        ("kind != x", "0100"),
        ("n = 1152921504606846977", "1000"),
        ("n <= 1152921504606846976", "0111"),
        ("n > 2.5", "1110"),
        ("n = 2.5", "0000"),
        ("n < 1e400", None),
        ("n < 1" + "0" * 400, "1111"),
        ("amount < 1" + "0" * 400, "1101"),
        ("amount > -inf", "1101"),
        ("n = -3", "0001"),
        ("gift = true", "1010"),
        ("gift = 'True'", "1010"),
        ("gift = 1", "1010"),
        ("gift != FALSE", "1010"),
        ("gaps = 1", "1001"),
        ("gaps = false", "0010"),
        ("n = true", "0000"),
        ("code = '007'", "1000"),
        ("at > '2026-01-01'", "0101"),
        ("at <= '2026-01-02T13:00+01:00'", "1100"),
        ("zoned <= '2026-01-02 12:00'", "1100"),
        ("zoned > '2026-01-02T13:00:00+01:00'", "0001"),
        ("`net amount` >= 3", "0011"),
        (r"`it's \`odd\` \\ not` = 1", "1000"),
        ("größe = 4", "0001"),
        ("`not` = 4", "0001"),
        ("amount≥10", "0101"),
        ("all rows", "1111"),
        ("(((amount > 3)))", "0101"),
    ],
)
def test_a_rule_holds_for_its_rows(source: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(RuleRefused):
            parse_rule(source, KINDS)
        return
    assert holds(parse_rule(source, KINDS), ROWS).tolist() == [sign == "1" for sign in expected]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("", "an empty rule"),
        (" \n ", "an empty rule"),
        ("amount >", r"at character 9 .* the end of the rule; needed: a value"),
        ("amonut > 3", r"no column of the table \(nearest: 'amount'\)"),
        ("channel = 'app", r"at character 11 .* a quote that is not closed"),
        ("`net amount > 3", "a quote that is not closed"),
        ("__import__('os')", "'__import__', which is no column"),
        ("amount.__class__ = 1", "no column"),
        ("amount > 3\x00", r"a control character \(U\+0000\)"),
        ("amount > \ud800", "a control character"),
        ("😀 > 3", "at character 1 of the rule: '😀'"),
        ("channel = '😀", "not closed"),
        ("amount > 1e999", "needed: one below 1.8e308"),
        ("amount > 1,000", r"','"),
        ("amount > 3ds", "'3ds', which is no number"),
        ("amount = '300'", "a column of numbers; needed: a number, without quotes"),
        ("amount = null", "write amount is missing"),
        ("channel = 5", "a column of text; needed: text in quotes; do: write '5'"),
        ("channel = amount", "two columns can't be compared; do: write 'amount' if the text is meant"),
        ("gift = yes", "needed: true or false"),
        ("at > '2026-02-30'", "a column of times"),
        ("at > 2026", "a column of times"),
        ("300 < amount", "put the column first"),
        ("'amount' > 3", "quotes are for text"),
        ("amount & n", "do: write and"),
        ("amount > 3 n = 4", "and, or, or the end of the rule"),
        ("(amount > 3", "a closing parenthesis for the one at character 1"),
        ("amount > 3)", r"'\)'"),
        ("channel in app", "a list in parentheses"),
        ("channel in ()", "a value to compare"),
        ("amount is 3", "missing or present"),
        ("amount between 3", "and, with the upper end"),
        (r"channel = '\ud800'", "needed: a character of Unicode"),
        ("(" * 10_000 + "amount > 3" + ")" * 10_000, "a rule of 20,010 characters"),
        ("(" * 5_000, f"at most {DEEPEST} parentheses and nots"),
        ("not " * 2_000 + "n = 1", f"at most {DEEPEST} parentheses and nots"),
        ("n = 1 or " * 2_000, "a rule of 18,000 characters"),
    ],
)
def test_what_is_no_rule_is_refused_in_words(source: str, message: str) -> None:
    with pytest.raises(RuleRefused, match=message):
        parse_rule(source, KINDS)


def test_lists_and_the_like_can_only_be_asked_whether_they_are_there() -> None:
    kinds = {"tags": "other"}
    assert parse_rule("tags is missing", kinds) == Comparison("tags", "is missing")
    with pytest.raises(RuleRefused, match="neither numbers nor text"):
        parse_rule("tags = 1", kinds)


def test_a_rule_as_long_as_may_be_is_read() -> None:
    source = " or ".join(["n = 1"] * (LONGEST // 9))
    assert len(source) <= LONGEST
    assert not holds(parse_rule(source, KINDS), ROWS).any()


@pytest.mark.parametrize(
    "conditions",
    [
        [Condition("channel", "=", "app"), Condition("amount", ">", 312.5)],
        [Condition("channel", "in", ["app", "web"]), Condition("n", "<=", 3)],
        [Condition("kind", "is missing", None), Condition("gift", "=", value=True)],
        [Condition("at", "<=", "2026-01-02 12:00:00")],
        [Condition("amount", ">", 1e-7), Condition("amount", "<=", 1e21)],
        [],
    ],
)
def test_what_the_search_prints_can_be_read_back(conditions: list[Condition]) -> None:
    for source in (rule_text(conditions), rule_source(conditions)):
        assert (holds(parse_rule(source, KINDS), ROWS) == conditions_hold(conditions, ROWS)).all()


def test_odd_names_and_values_of_conditions_can_be_read_back() -> None:
    names = ["net amount", "not", "it's `odd` \\ not"]
    conditions = [Condition(name, ">", 1) for name in names] + [Condition("channel", "!=", 'it\'s "so" \\n\n\u200b😀')]
    rule = parse_rule(rule_source(conditions), KINDS)
    assert holds(rule, ROWS).tolist() == conditions_hold(conditions, ROWS).tolist()
    assert isinstance(rule, Every)
    assert [part.values[0] for part in rule.parts if isinstance(part, Comparison)][-1] == 'it\'s "so" \\n\n\u200b😀'


VALUES = {
    "amount": st.floats(allow_nan=False) | st.integers(-(2**70), 2**70),
    "n": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "channel": st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["app", "web", "true"]),
    "gift": st.booleans() | st.integers(0, 1),
    "at": st.datetimes().map(lambda time: time.replace(year=2026).isoformat(sep=" ")),
    "it's `odd` \\ not": st.integers(0, 5),
}


@st.composite
def comparisons(draw: st.DrawFn) -> Rule:
    column = draw(st.sampled_from(sorted(VALUES)))
    sign = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in", "not in", "is missing", "is present"]))
    if sign.startswith("is"):
        return Comparison(column, sign)
    several = st.lists(VALUES[column], min_size=1, max_size=3 if "in" in sign else 1)
    return Comparison(column, sign, tuple(draw(several)))


RULES = st.recursive(
    comparisons() | st.just(EVERY_ROW),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Every(tuple(parts)))
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: Either(tuple(parts)))
        | inner.map(Not)
    ),
    max_leaves=8,
)


@given(RULES)
def test_a_rule_that_is_written_is_read_back_the_same_and_chooses_the_same_rows(rule: Rule) -> None:
    source = rule_source(rule)
    if len(source) <= LONGEST:
        read = parse_rule(source, KINDS)
        assert rule_source(read) == rule_source(normal(rule))
        assert (holds(read, ROWS) == holds(rule, ROWS)).all()


@given(st.text(max_size=60))
def test_any_text_is_a_rule_or_refused(source: str) -> None:
    try:
        rule = parse_rule(source, KINDS)
    except RuleRefused:
        return
    assert holds(rule, ROWS).dtype == bool


def test_judging_leaves_the_frame_alone() -> None:
    before = ROWS.copy(deep=True)
    holds(parse_rule("n > 2.5 and gaps = true or kind = x", KINDS), ROWS)
    pd.testing.assert_frame_equal(ROWS, before)
