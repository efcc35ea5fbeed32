import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from mispredict.errors.findings import Condition
from mispredict.errors.predicates import rule_text
from mispredict.parity.quantiles import adjusted, quantile_pairs
from mispredict.parity.spans import slices_of, spans_of


def test_intervals_cover_and_p_values_are_even_where_nothing_differs() -> None:
    rng, covered, p_values = np.random.default_rng(0), [], []
    for _ in range(400):
        one, other = rng.beta(0.5, 4, 2_000), rng.beta(0.5, 4, 3_000)
        (pair,) = quantile_pairs(one, other, quantiles=[0.95])
        covered.append(pair.offline_low <= beta.ppf(0.95, 0.5, 4) <= pair.offline_high)
        p_values.append(pair.p_value)
    assert 0.93 <= np.mean(covered) <= 0.985
    assert np.abs(np.sort(p_values) - np.arange(1, 401) / 400).max() < 1.63 / np.sqrt(400)


def test_a_tail_that_grew_is_other_and_a_median_that_stayed_is_not() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.beta(0.5, 4, 20_000), rng.beta(0.5, 4, 20_000)
    other[: 20_000 // 50] = rng.uniform(0.9, 1, 400)
    found = {pair.quantile: pair.is_other for pair in adjusted(quantile_pairs(one, other))}
    assert found == {0.5: False, 0.9: False, 0.95: True, 0.99: True}


def test_ties_scores_that_are_none_and_few_scores() -> None:
    same = np.full(5_000, 0.25)
    (pair, *_) = quantile_pairs(same, np.append(same, np.nan))
    assert (pair.p_value, pair.beyond_offline, pair.beyond_online, pair.entries) == (1.0, 0.5, 0.5, 5_000)
    assert [pair.quantile for pair in quantile_pairs(np.arange(250.0), np.arange(99.0))] == [0.5]
    assert quantile_pairs(np.empty(0), same) == []
    assert adjusted([]) == []


def test_spans_are_few_and_of_one_width() -> None:
    rng = np.random.default_rng(0)
    day = 86_400e6
    when, scores = rng.uniform(0, 10 * day, 20_000), rng.uniform(size=20_000)
    late = np.where(when > 7 * day, scores**0.25, scores)
    spans = spans_of((when, scores), (when, late))
    assert len(spans) == 40
    assert (spans[0].begin, spans[0].end) == ("1970-01-01 00:00", "1970-01-01 06:00")
    assert sum(one.entries for one in spans) == 20_000
    other = [one.begin for one in spans if any(pair.is_other for pair in one.pairs)]
    assert other == [one.begin for one in spans if one.begin >= "1970-01-08"]
    assert spans_of((np.full(9, np.nan), np.ones(9)), (np.full(9, np.nan), np.ones(9))) == ()


@pytest.mark.parametrize("level", ["b", 2, True])
def test_a_slice_that_differs_comes_first(level: object) -> None:
    rng = np.random.default_rng(0)
    other = {"b": "a", 2: 1, True: False}[level]  # type: ignore[index]
    rows = pd.DataFrame({"k": [level, other] * 2_000, "many": range(4_000), "x": rng.normal(size=4_000)})
    scores = rng.uniform(size=4_000)
    moved = np.where(rows["k"] == level, scores**0.5, scores)
    found = slices_of((rows, scores), (rows, moved), ["many", "x", "k"])
    assert found[0].group == rule_text((Condition("k", "=", level),))
    assert found[0].is_other
    assert not any(one.is_other for one in found if one.group != found[0].group)
