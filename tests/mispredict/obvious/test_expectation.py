import re
from dataclasses import replace

import pytest

from mispredict.obvious.expectation import FORMS, Expectation, ExpectationRefused, from_json, parse

CLASSES = (0, 1)


def test_a_label_is_the_second_class_from_the_threshold_on():
    expect = Expectation("label", 1, threshold=0.3)
    assert expect.holds([0.7, 0.3], CLASSES)
    assert not expect.holds([0.71, 0.29], CLASSES)


def test_a_label_of_many_classes_is_the_likeliest():
    expect = Expectation("label", "b")
    assert expect.holds([0.3, 0.4, 0.3], ("a", "b", "c"))
    assert not expect.holds([0.5, 0.4, 0.1], ("a", "b", "c"))


@pytest.mark.parametrize(
    ("expect", "holding", "failing"),
    [
        (Expectation("at_least", 1, 0.8), (0.8, 1.0), (0.79,)),
        (Expectation("at_most", 1, 0.2), (0.0, 0.2), (0.21,)),
        (Expectation("between", 1, (0.2, 0.4)), (0.2, 0.4), (0.19, 0.41)),
    ],
)
def test_limits_include_themselves(expect, holding, failing):
    assert all(expect.holds([1 - p, p], CLASSES) for p in holding)
    assert not any(expect.holds([1 - p, p], CLASSES) for p in failing)


@pytest.mark.parametrize("text", ["label", "at_least:0.1", "at_most:0.9", "between:0:1"])
def test_an_answer_that_is_no_number_never_holds(text, payment):
    assert not parse(text, payment).holds([float("nan"), float("nan")], CLASSES)


def test_limits_are_for_the_event_and_a_label_for_the_truth(payment):
    assert parse("label", payment) == Expectation("label", 0, threshold=0.5)
    assert parse("at_most:0.2", payment) == Expectation("at_most", 1, 0.2)
    assert parse("between:0.1:0.2", payment) == Expectation("between", 1, (0.1, 0.2))


def test_limits_of_many_classes_are_for_the_truth(payment):
    row = replace(payment, classes=("a", "b", "c"), truth="c")
    assert parse("at_least:0.5", row) == Expectation("at_least", "c", 0.5)


@pytest.mark.parametrize("text", ["", "labels", "label:1", "at_least", "at_least:0.1:0.2", "between:0.1", "above:1"])
def test_an_unknown_form_is_refused_with_the_forms(text, payment):
    with pytest.raises(
        ExpectationRefused,
        match=re.escape(f"needed: {FORMS}; do: say"),
    ):
        parse(text, payment)


@pytest.mark.parametrize("text", ["at_least:x", "at_least:1.2", "at_most:-0.1", "at_most:nan", "between:0.2:inf"])
def test_a_limit_that_is_no_probability_is_refused(text, payment):
    with pytest.raises(ExpectationRefused, match="from 0 to 1"):
        parse(text, payment)


def test_limits_the_wrong_way_round_are_refused(payment):
    with pytest.raises(ExpectationRefused, match=r"found: between 0\.9 and 0\.1; needed: the lower limit first"):
        parse("between:0.9:0.1", payment)


@pytest.mark.parametrize("text", ["label", "at_least:0.1", "at_most:0.9", "between:0.25:0.75"])
def test_json_reads_back(text, payment):
    assert from_json(parse(text, payment).to_json()) == parse(text, payment)


@pytest.mark.parametrize(
    "found",
    [
        None,
        {"kind": "above_case", "class": 1},
        {"kind": "label"},
        {"kind": "label", "class": [1]},
        {"kind": "label", "class": 1, "threshold": "x"},
        {"kind": "label", "class": 1, "value": 0.5},
        {"kind": "at_least", "class": 1, "value": True},
        {"kind": "between", "class": 1, "value": [0.1]},
    ],
)
def test_json_that_is_no_expectation_is_refused(found):
    with pytest.raises(ExpectationRefused):
        from_json(found)


def test_words_lay_side_by_side():
    expect = Expectation("label", "good")
    assert expect.wanted() == "the answer 'good'"
    assert expect.given([0.25, 0.75], ("good", "bad")) == "the answer 'bad' (a probability of 'good' of 0.25)"
    assert Expectation("at_most", 1, 0.2).wanted() == "a probability of 1 of at most 0.2"
