from __future__ import annotations

import dataclasses

import pytest

from app.blocks.findings import findings
from app.cohort_figures import differences_of, figures_of
from app.saying import cluster_sentence, cohort_sentence, comparison_sentence, folded, slice_sentence
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.errors.findings import Cluster, Condition, Slice
from tests.app.synthetic_desk import SyntheticDesk

RULE = (Condition("channel", "=", "app"), Condition("amount", ">", 312.5))


def found_slice(**other: object) -> Slice:
    whole = Slice(
        "channel = 'app' and amount > 312.5", RULE, 87, 61, 9.4, 51.6, 40.0, 60.0, 20.0, 0.0002, 9.0, 5.9, 11.0,
        "more errors",
    )  # fmt: skip
    return dataclasses.replace(whole, **other)  # type: ignore[arg-type]


def found_cluster(**other: object) -> Cluster:
    whole = Cluster(
        0, 58, "app", "", RULE, 0.9, 0.8, 11.0, 87, 61, 9.4, 0.0002, 9.0, 5.9, (), ("r1",), ("r1", "r2")
    )  # fmt: skip
    return dataclasses.replace(whole, **other)  # type: ignore[arg-type]


SENTENCE = (
    "87 of 30,000 rows: channel = app and amount > 312.5: 61 errors where 9.4 were expected "
    "(6.5 ×; p < 0.001 after correction; held out 5.9 ×)"
)


def test_a_slice_is_one_plain_sentence() -> None:
    assert slice_sentence(found_slice(), 30_000) == SENTENCE


def test_a_slice_without_held_out_rows_and_at_the_floor_says_so() -> None:
    said = slice_sentence(found_slice(heldout_ratio=None, p_adjusted=0.005), 30_000, 0.005)
    assert said.endswith("(6.5 ×; p ≤ 0.005 after correction)")


def test_a_slice_of_events_says_in_which_way_it_stands_out() -> None:
    assert slice_sentence(found_slice(way="fewer events"), 30_000) == f"{SENTENCE}; it has fewer events than promised"


def test_a_shape_is_told_with_the_rule_that_comes_near_it() -> None:
    said = slice_sentence(found_slice(shape="oblique", shape_words="amount + 3 age > 9", recall=0.714), 30_000)
    assert said == f"{SENTENCE}. The rule comes near: amount + 3 age > 9; it holds 71.4 % of that"


def test_a_cluster_says_its_own_errors_and_then_its_rule() -> None:
    assert cluster_sentence(found_cluster(), 30_000) == f"58 errors made for the same reasons; {SENTENCE}"


def test_a_cluster_without_a_rule_says_so() -> None:
    said = cluster_sentence(found_cluster(conditions=(), size=1), 30_000)
    assert said == "1 error made for the same reasons; no rule describes them"


@pytest.fixture(scope="module")
def desk() -> SyntheticDesk:
    return SyntheticDesk()


def test_a_cohort_says_its_p_is_of_one_rule(desk: SyntheticDesk) -> None:
    said = cohort_sentence(desk.cohort(Selection(rule="app_release = '9.1'")))
    assert said.startswith(
        "182 of 1,200 rows: app_release = '9.1': 121 errors where 70.9 were expected (1.7 ×; p < 0.001"
    )
    assert said.endswith("for this rule alone)")


def test_no_row_at_all_is_counted_and_not_divided(desk: SyntheticDesk) -> None:
    nobody = desk.cohort(Selection(rule="amount > 1e9"))
    assert cohort_sentence(nobody).startswith("0 of 1,200 rows: amount > 1e9: 0 errors where 0 were expected")
    assert [figure.value for figure in figures_of(nobody)] == ["0", "0", "–", "0.0 %", "–", "–"]
    assert "nothing to compare" in comparison_sentence(desk.compare_cohorts(nobody.selection, EVERYTHING), "all rows")


def test_two_cohorts_are_told_with_their_difference_and_its_interval(desk: SyntheticDesk) -> None:
    found = desk.compare_cohorts(Selection(rule="app_release = '9.1'"), EVERYTHING)
    said = comparison_sentence(found, "all rows")
    assert said.startswith("These rows are wrong in 66.5 %, all rows in 18.0 %: +48.5 points (+")
    assert said.endswith("182 rows in both.")
    table = differences_of(found)
    assert table.iloc[0, :4].tolist() == ["error rate", "66.5 %", "18.0 %", "+48.5 points"]
    assert table["interval"].iloc[0].endswith(" points")
    assert table["here"].iloc[1] == f"{found.differences[1].first:.4f}"
    assert (table["interval"].str.contains(" to ")).all()


def test_rules_for_nearly_the_same_rows_are_told_but_not_all_of_many() -> None:
    assert folded(found_slice(also=("a in (1, 2)", "b > 3"))) == "a in (1, 2); b > 3"
    assert folded(found_slice(also=tuple("abcde"))) == "a; b; c; and 2 more"


def test_every_finding_has_its_sentence(desk: SyntheticDesk) -> None:
    for one in findings(desk.groups()):
        assert "121 errors where 70.9 were expected" in one.plain(1_200)
