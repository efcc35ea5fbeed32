import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import ModelRefused
from mispredict.obvious.check import check
from mispredict.obvious.junit import junit_xml


def by_amount(rows, classes):
    """Answer with a probability of the event that is a hundredth of the amount."""
    assert classes == (0, 1)
    event = rows["amount"].to_numpy(dtype=float) / 100
    return np.column_stack([1 - event, event])


def amounts(case_of, payment, *values, **why):
    rows = (replace(payment, values={**payment.values, "amount": v}) for v in values)
    return [case_of(f"of {row.values['amount']}", row=row, **why) for row in rows]


def test_each_case_is_held_to_the_model(case_of, payment):
    result = check(amounts(case_of, payment, 20.0, 80.0), by_amount, model="m.txt")
    assert [o.status for o in result.outcomes] == ["passed", "failed"]
    assert [o.score for o in result.outcomes] == [pytest.approx(0.8), pytest.approx(0.2)]
    assert result.outcomes[1].wanted == "the answer 0"
    assert result.outcomes[1].given.startswith("the answer 1")
    assert result.exit_code() == 1


@pytest.mark.parametrize("severity", ["blocker", "major", "minor"])
def test_a_failure_of_any_severity_counts(case_of, payment, severity):
    assert check(amounts(case_of, payment, 80.0, severity=severity), by_amount).exit_code() == 1
    assert check(amounts(case_of, payment, 20.0, severity=severity), by_amount).exit_code() == 0


def test_only_failures_that_are_bad_enough_end_with_1(case_of, payment):
    result = check(amounts(case_of, payment, 80.0, severity="major"), by_amount)
    assert [result.exit_code(least) for least in ("minor", "major", "blocker")] == [1, 1, 0]


def pair(case_of, payment, more, less, by=""):
    """Return two cases, the first of which must score above the second."""
    low = case_of("low", row=replace(payment, values={**payment.values, "amount": less}), expect="at_most:1")
    row = replace(payment, values={**payment.values, "amount": more})
    return case_of("high", row=row, expect=f"above_case:{low.id}{by}"), low


@pytest.mark.parametrize(
    ("more", "less", "by", "status"),
    [(60.0, 40.0, "", "passed"), (40.0, 60.0, "", "failed"), (50.0, 50.0, "", "failed"), (60.0, 40.0, ":0.3", "failed"),
     (90.0, 40.0, ":0.3", "passed")],
)  # fmt: skip
def test_a_case_must_score_above_another_one(case_of, payment, more, less, by, status):
    high, low = pair(case_of, payment, more, less, by)
    outcome = check([high, low], by_amount).outcomes[0]
    assert outcome.status == status
    assert f"above that of the case {low.id}" in outcome.wanted
    assert f"for {low.id}" in outcome.given


def test_a_comparison_with_a_case_that_is_gone_or_refused_is_not_checked(case_of, payment):
    high, low = pair(case_of, payment, 60.0, 40.0)
    alone = check([high], by_amount).outcomes[0]
    assert alone.status == "unchecked"
    assert f"the case {low.id} that it must be above is not in the set" in alone.error
    other = replace(low, model=replace(low.model, classes=("a", "b")), expect=replace(low.expect, of="b"))
    assert (
        "has no class 1" in check([high, other], lambda rows, classes: np.full((len(rows), 2), 0.5)).outcomes[0].error
    )


def test_a_case_that_expired_is_still_what_another_one_is_compared_with(case_of, payment):
    high, low = pair(case_of, payment, 60.0, 40.0)
    outcomes = check([high, replace(low, expires="2020-01-01")], by_amount).outcomes
    assert [o.status for o in outcomes] == ["passed", "expired"]


def test_the_model_sees_the_types_that_were_frozen(case_of):
    seen = []

    def predict(rows, classes):
        seen.append(rows)
        return np.array([[0.9, 0.1]])

    check([case_of()], predict)
    assert seen[0].dtypes.astype(str).to_dict() == {"amount": "float64", "channel": "category", "age": "float64"}
    assert list(seen[0]["channel"].cat.categories) == ["web", "app"]
    assert pd.isna(seen[0].loc[0, "age"])


def test_a_case_without_a_column_that_the_model_needs_could_not_be_checked(case_of, payment):
    lacking = replace(payment, values={"channel": "app"}, dtypes={"channel": "str"}, categories={})

    def needs_amount(rows, classes):
        if "amount" not in rows:
            raise ValueError("the rows lack 'amount'")
        return by_amount(rows, classes)

    result = check([case_of("a", row=lacking), case_of("b", row=lacking), case_of("c")], needs_amount)
    assert [o.status for o in result.outcomes] == ["unchecked", "unchecked", "passed"]
    assert result.outcomes[0].error == "could not be checked: the rows lack 'amount'"
    assert result.exit_code() == 1


def test_many_cases_without_a_column_ask_the_model_a_few_times_only(case_of, payment):
    asked = []

    def refuses(rows, classes):
        asked.append(len(rows))
        raise ValueError("the rows lack 'income'")

    result = check(amounts(case_of, payment, *map(float, range(100))), refuses)
    assert result.count("unchecked") == 100
    assert asked == [100, 1, 1, 1]


def test_one_row_that_the_model_refuses_spoils_no_other(case_of, payment):
    def refuses_big(rows, classes):
        if (rows["amount"] > 90).any():
            raise ValueError(f"too big: {rows['amount'].max()}")
        return by_amount(rows, classes)

    cases = amounts(case_of, payment, 10.0, 95.0, 20.0, 99.0, 30.0)
    result = check(cases, refuses_big)
    assert [o.status for o in result.outcomes] == ["passed", "unchecked", "passed", "unchecked", "passed"]


def test_answers_that_are_no_probabilities_could_not_be_checked(case_of):
    for answer in (np.array([[np.nan, 0.5]]), np.array([[1.0]]), np.array([0.1, 0.9])):
        assert check([case_of()], lambda rows, classes, a=answer: a).count("unchecked") == 1


def test_a_model_that_can_not_be_opened_is_no_failed_case(case_of):
    def refuse(rows, classes):
        raise ModelRefused("half a file", needed="a whole one", do="copy it again")

    with pytest.raises(ModelRefused):
        check([case_of()], refuse)


def test_an_expired_case_is_told_and_not_held_against_the_model(case_of, payment):
    cases = amounts(case_of, payment, 80.0, expires="2020-01-31") + amounts(
        case_of, payment, 70.0, expires="2999-01-31"
    )
    result = check(cases, by_amount)
    assert [o.status for o in result.outcomes] == ["expired", "failed"]
    assert result.outcomes[0].error == "expired on 2020-01-31"


def test_json_says_it_all(case_of, payment):
    found = json.loads(json.dumps(check(amounts(case_of, payment, 20.0, 80.0), by_amount, model="m.txt").to_json()))
    assert [found[k] for k in ("model", "cases", "passed", "failed", "unchecked", "expired")] == [
        "m.txt",
        2,
        1,
        1,
        0,
        0,
    ]
    assert [r["passed"] for r in found["results"]] == [True, False]


def test_junit_has_a_test_a_case_and_survives_hostile_text(case_of, payment):
    reason = "]]> <script>&amp; \x00\x1b[31m \ud800 \ufffe é"
    cases = amounts(case_of, payment, 20.0, 80.0, reason=reason) + amounts(case_of, payment, 1.0, expires="2020-01-31")
    suite = ET.fromstring(junit_xml([check(cases, by_amount)]).encode("utf-8"))
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert [[e.tag for e in test] for test in suite] == [[], ["failure"], ["skipped"]]
    assert "]]> <script>&amp; \ufffd\ufffd[31m" in suite[1][0].text


def test_junit_calls_what_could_not_be_checked_an_error(case_of):
    suite = ET.fromstring(junit_xml([check([case_of()], lambda rows, classes: np.array([[np.nan, 1.0]]))]))
    assert suite.get("errors") == "1"
    assert "could not be checked" in suite[0][0].get("message")
