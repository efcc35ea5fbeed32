"""A cohort's figures are those of a bare computation over its rows, however the rows came in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss, roc_auc_score

from mispredict.bad_input import RuleRefused
from mispredict.cohorts.estimates import chance_of_so_many, difference_of_rates, wilson
from mispredict.cohorts.moments import Moments, moments_of
from mispredict.cohorts.selection import EVERYTHING, Selection, from_text
from mispredict.errors.promises import Recalibration
from mispredict.scan.scored import Scored

NORTH = Selection(rule="shop = north")


def test_figures_are_those_of_the_rows(opened, table):
    rows = table[(table["shop"] == "north") & (table["amount"] > 60)]
    found = opened.cohort(Selection(rule="shop = north and amount > 60"))
    error = (rows["p"] >= 0.5) != (rows["y"] == 1)
    assert (found.rows, found.errors, found.of_rows) == (len(rows), int(error.sum()), len(table))
    assert found.expected_errors == pytest.approx(np.minimum(rows["p"], 1 - rows["p"]).sum(), abs=1e-6)
    assert found.metrics.log_loss == pytest.approx(log_loss(rows["y"], rows["p"]), abs=1e-6)
    assert found.metrics.roc_auc == pytest.approx(roc_auc_score(rows["y"], rows["p"]))
    assert found.metrics.accuracy == pytest.approx(1 - error.mean())
    assert found.cost == pytest.approx(rows["paid"][error].sum())
    assert (found.promised, found.came) == (pytest.approx(rows["p"].mean(), abs=1e-6), rows["y"].mean())
    surprise = -np.log(np.where(rows["y"] == 1, rows["p"], 1 - rows["p"]))
    assert found.surprise == pytest.approx(surprise.sum(), abs=1e-5)
    assert found.worst == tuple(rows["key"][error].iloc[np.argsort(-surprise[error])[:20]])
    assert {(c.truth, c.predicted): c.rows for c in found.confusion}[1, 0] == int(((rows["y"] == 1) & error).sum())
    assert sum(one.rows for one in found.calibration) == len(rows)
    assert found.error_rate.low < error.mean() < found.error_rate.high
    assert found.sentence.startswith(f"{len(rows)} of 3,000 rows: `shop = north and amount > 60`: {error.sum()} errors")


def test_a_planted_rule_is_far_above_what_was_promised_and_another_is_not(opened):
    assert opened.cohort(NORTH).surprising.z > 8
    assert opened.cohort(NORTH).surprising.p_value < 1e-6
    east = opened.cohort(Selection(rule="shop = east"))
    assert east.surprising.p_value > 0.01
    assert "corrected for nothing" in " ".join(east.notes)


def test_all_rows_are_the_scan(opened):
    found, scan = opened.cohort(EVERYTHING), opened.scan()
    assert (found.rows, found.errors, found.share_of_errors) == (scan.rows, scan.errors, 1.0)
    assert found.metrics == scan.metrics
    assert (found.cost, found.apart, found.surprising) == (found.of_cost, (), None)
    assert opened.cohort(Selection(rule="all rows")).rows == scan.rows


def test_no_row_is_an_answer(opened):
    found = opened.cohort(Selection(rule="shop = nort"))
    assert (found.rows, found.errors, found.expected_errors) == (0, 0, 0.0)
    assert found.sentence == "no row of 3,000: `shop = nort`"
    assert found.error_rate is None
    assert found.excess is None
    assert found.metrics is None
    assert found.surprising is None
    assert found.promised is None
    assert any("the nearest is 'north'" in note for note in found.notes)


def test_missing_values_are_asked_for_by_name(opened, table):
    gaps = int(table["amount"].isna().sum())
    assert opened.cohort(Selection(rule="amount is missing")).rows == gaps
    assert opened.cohort(Selection(rule="amount > 0")).rows == len(table) - gaps


def test_ids_that_are_gone_are_counted_and_nothing_is_tested_on_picked_rows(opened):
    found = opened.cohort(Selection(ids=("k1", "k2", "k2", "nobody")))
    assert found.rows == 2
    assert "1 of 3 ids are not among the labelled rows" in found.notes
    assert found.surprising is None
    assert any("no p-value" in note for note in found.notes)


def test_rule_and_ids_hold_together(opened, table):
    ids = tuple(table["key"][:50])
    found = opened.cohort(Selection(rule="shop = south", ids=ids))
    assert found.rows == int((table["shop"][:50] == "south").sum())


def test_the_worst_of_a_selection_are_listed(opened, table):
    listed = opened.ranked(of=NORTH)
    north = table[table["shop"] == "north"]
    assert listed.total == int(((north["p"] >= 0.5) != (north["y"] == 1)).sum())
    assert set(listed.rows["shop"]) == {"north"}
    some = tuple(listed.rows["id"][:3])
    assert tuple(opened.ranked(of=Selection(ids=some)).rows["id"]) == some


@pytest.mark.parametrize("ask", ["cohort", "ranked"])
@pytest.mark.parametrize(
    ("of", "message"),
    [
        (Selection(rule="amonut > 3"), "nearest: 'amount'"),
        (Selection(rule="   "), "an empty rule"),
        (Selection(cluster=99), "no cluster 100"),
    ],
)
def test_what_is_not_there_is_refused(opened, of, message, ask):
    with pytest.raises(RuleRefused, match=message):
        opened.cohort(of) if ask == "cohort" else opened.ranked(of=of)


def test_two_cohorts_stand_side_by_side(opened, table):
    found = opened.compare_cohorts(NORTH, Selection(rule="shop = south or amount > 100"))
    one = table[table["shop"] == "north"]
    two = table[(table["shop"] == "south") | (table["amount"] > 100)]
    assert found.overlap == len(one.index.intersection(two.index))
    rate = found.differences[0]
    assert (rate.first, rate.second) == (found.first.error_rate.value, found.second.error_rate.value)
    assert rate.difference.low < rate.first - rate.second < rate.difference.high
    means = {one.name: one for one in found.differences}
    assert means["mean probability"].first == pytest.approx(one["p"].mean(), abs=1e-6)
    assert means["log loss"].second == pytest.approx(log_loss(two["y"], two["p"]), abs=1e-6)
    assert found.z > 5
    assert found.p_value < 1e-6


def test_a_cohort_and_itself_do_not_differ(opened):
    found = opened.compare_cohorts(NORTH, NORTH)
    assert found.overlap == found.first.rows
    assert all(one.difference.low == one.difference.high == 0 for one in found.differences)
    assert found.z is None


def test_a_comparison_with_nothing_says_so(opened):
    found = opened.compare_cohorts(NORTH, Selection(rule="amount < 0"))
    assert found.differences == ()
    assert found.sentence == "no row of `amount < 0`, so there is nothing to compare"


def scored(rows: int, seed: int) -> Scored:
    rng = np.random.default_rng(seed)
    p = rng.random(rows)
    truth = (rng.random(rows) < p).astype(np.int64)
    ids = np.arange(rows).astype(str).astype(object)
    return Scored(pd.DataFrame(index=range(rows)), ids, truth, np.column_stack([1 - p, p]), np.ones(rows), (0, 1))


@given(st.lists(st.integers(0, 400), max_size=6), st.randoms(use_true_random=False))
def test_sums_are_the_same_in_any_batches_and_any_order(cuts, random):
    rows = scored(400, 1)
    pieces = np.split(np.arange(400), sorted(cuts))
    random.shuffle(pieces)
    merged = sum((moments_of(rows.take(piece), Recalibration(0.3, 0.9)) for piece in pieces), Moments())
    assert merged == moments_of(rows, Recalibration(0.3, 0.9))


@pytest.mark.parametrize("rows", [30, 2_000])
def test_the_chance_is_that_of_drawn_worlds(rows):
    rng = np.random.default_rng(2)
    chance = rng.beta(0.3, 3.0, rows)
    probabilities = np.column_stack([1 - chance, chance])
    drawn = (rng.random((20_000, rows)) < chance).sum(axis=1)
    calls = Scored(
        *(pd.DataFrame(index=range(rows)), np.arange(rows).astype(object), np.zeros(rows, dtype=np.int64)),
        *(probabilities, np.ones(rows), (0, 1), 1.0),
    )
    sums = moments_of(calls, Recalibration())
    many = int(np.quantile(drawn, 0.97))
    _, found = chance_of_so_many(Moments(**{**vars(sums), "errors": many}))
    simulated = (drawn >= many).mean()
    assert simulated - 0.005 <= found <= simulated * (2.5 if rows == 30 else 1.15) + 0.003


def test_intervals_of_a_difference_cover_it():
    rng = np.random.default_rng(3)
    one, two, inside = rng.binomial(300, 0.1, 2_000), rng.binomial(500, 0.06, 2_000), 0
    for first, second in zip(one.tolist(), two.tolist(), strict=True):
        parts = (Moments(300, first), Moments(500, second), Moments())
        gap = difference_of_rates(parts).difference
        inside += gap.low <= 0.04 <= gap.high
    assert 0.93 <= inside / 2_000 <= 0.975


def test_wilsons_interval_is_the_published_one():
    assert wilson(0, 10).low == 0.0
    assert (wilson(81, 263).low, wilson(81, 263).high) == (
        pytest.approx(0.2553, abs=1e-4),
        pytest.approx(0.3662, abs=1e-4),
    )


@pytest.mark.parametrize(
    "of", [EVERYTHING, NORTH, Selection(cluster=0), Selection("n > 1", 3, ("a", "😀 'b'")), Selection(rule='x = "é"')]
)
def test_a_selection_travels_as_text(of):
    assert from_text(of.to_text()) == of


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"rule":3}', '{"ids":"a"}', '{"cluster":true}', '{"x":1}', "[" * 10**5]
)
def test_a_text_that_is_no_selection_is_refused(text):
    with pytest.raises(RuleRefused, match="a selection that can't be read"):
        from_text(text)


def test_a_curve_of_few_rows_proves_less():
    sums = moments_of(scored(400, 5), Recalibration())
    many = Moments(**{**vars(sums), "errors": sums.errors + 40})
    assert chance_of_so_many(many)[1] < chance_of_so_many(many, learned=400)[1] < 0.5
    assert chance_of_so_many(many, learned=400)[0] == pytest.approx(chance_of_so_many(many)[0] / np.sqrt(2))
