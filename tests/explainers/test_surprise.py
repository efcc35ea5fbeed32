"""Contributions to the surprise against Shapley's formula, and against what a scan counts."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Unsupported, explain, subject_of
from explainers.surprise import explain_surprise, surprises

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


class Plane:
    """Says 1 the likelier, the larger a + b; `noise` it never reads."""

    classes_ = ("no", "yes")
    feature_names_in_ = ("a", "b", "noise")

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        event = 1 / (1 + np.exp(-(rows["a"] + rows["b"]).to_numpy()))
        return np.column_stack([1 - event, event])


class Certain(Plane):
    """Answers 0 or 1, and nothing between."""

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        event = (rows["a"] > 0).to_numpy(dtype=np.float64)
        return np.column_stack([1 - event, event])


def _table() -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(3).normal(size=(30, 3)), columns=["a", "b", "noise"])


def test_contributions_add_up_to_the_rows_own_surprise(model: Any, table: pd.DataFrame) -> None:
    subject = subject_of(model)
    if getattr(subject, "no_probabilities", ""):
        with pytest.raises(Unsupported, match="answers no probabilities"):
            explain_surprise(model, table.iloc[:1], table, truth=[0])
        return
    last = len(subject.classes) - 1
    before = table.copy(deep=True)
    found = explain_surprise(model, table.iloc[:2], table.iloc[50:70], truth=[0, last])
    chances = subject.predict_proba(table.iloc[:2])
    for one, own in zip(found, (chances[0, 0], chances[1, last]), strict=True):
        assert one.score == pytest.approx(-np.log(max(own, 1e-15)), rel=1e-5, abs=1e-6)
        assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-4)
        assert list(one.values) == list(subject.columns)
        assert (one.unit, one.method, one.additive) == ("nats", "surprise", True)
    assert [e.class_ for e in found] == [subject.classes[0], subject.classes[last]]
    pd.testing.assert_frame_equal(table, before)


def test_it_is_shapleys_formula_over_the_background(fit: Fit, rows_of: Rows) -> None:
    row, background = rows_of("neighbours").iloc[[4]], rows_of("neighbours").iloc[100:120]
    subject = subject_of(fit("neighbours"))
    expected = np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        mixed = background.copy()
        before = surprises(subject, mixed, 1).mean()
        for j in order:
            mixed.iloc[:, j] = row.iloc[0, j]
            after = surprises(subject, mixed, 1).mean()
            expected[j] += (after - before) / len(orders)
            before = after
    one = explain_surprise(fit("neighbours"), row, background, truth=[1])[0]
    assert list(one.values.values()) == pytest.approx(expected, abs=1e-9)
    assert one.base == pytest.approx(surprises(subject, background, 1).mean())
    assert one.quality == {"standard_error": 0.0}
    assert one.notes == (
        "Shapley values of the surprise, against 20 of 20 background rows, in every combination of columns: exact for "
        "these rows",
    )


def test_columns_that_push_away_from_the_truth_are_positive() -> None:
    row = pd.DataFrame({"a": [3.0], "b": [-2.5], "noise": [9.0]}, index=[7])
    no, yes = (explain_surprise(Plane(), row, _table(), truth=[k])[0] for k in (0, 1))
    assert no.values["a"] > 0.5
    assert no.values["b"] < -0.5
    assert yes.values["a"] < -0.5
    assert yes.values["b"] > 0.5
    assert no.values["noise"] == yes.values["noise"] == 0.0
    assert (no.row, no.class_, yes.class_) == ("7", "no", "yes")


def test_the_surprise_is_the_one_that_a_scan_counts() -> None:
    from mispredict.scan.scored import Scored

    table, truth = _table(), np.arange(30) % 2
    for model in (Plane(), Certain()):
        chances, cost = model.predict_proba(table), np.ones(30)
        scored = Scored(table, np.arange(30).astype(str), truth, chances, cost, model.classes_)
        found = explain_surprise(model, table, table, truth=truth)
        assert [e.score for e in found] == pytest.approx(scored.surprise.tolist(), abs=1e-12)


def test_wide_rows_are_sampled_with_an_error_bar_and_a_seed() -> None:
    from sklearn.linear_model import LogisticRegression

    table = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 12)), columns=[f"c{i}" for i in range(12)])
    model = LogisticRegression().fit(table, table["c0"] * table["c1"] + table["c2"] > 0)
    one, same, other = (
        explain_surprise(model, table.iloc[[0]], table.iloc[1:], truth=[0], seed=s)[0] for s in (1, 1, 2)
    )
    assert one == same
    assert one.values != other.values
    assert 0 < one.quality["standard_error"] < 0.2
    assert "standard error at most" in one.notes[0]
    assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-9)


def test_no_rows_have_no_surprise() -> None:
    assert explain_surprise(Plane(), _table().iloc[:0], _table(), truth=[]) == []


@pytest.mark.parametrize(
    ("others", "truth", "reason"),
    [
        (9, [1], "2 rows need as many true classes, and found 1"),
        (9, [1, 2], "the model has 2 classes, there is no class number 2"),
        (0, [1, 0], "measured against background rows, and found none"),
    ],
)
def test_what_cannot_be_explained_is_refused(others: int, truth: list[int], reason: str) -> None:
    with pytest.raises(Unsupported, match=reason):
        explain_surprise(Plane(), _table().iloc[:2], _table().iloc[:others], truth=truth)


@pytest.mark.parametrize("method", ["walk", "shap", "lime", "linear", "eli5"])
def test_no_method_answers_for_a_score_in_nats(method: str, fit: Fit, rows_of: Rows) -> None:
    name = "logistic" if method == "linear" else "tree"
    with pytest.raises(Unsupported, match="nats"):
        explain(fit(name), rows_of(name).iloc[:1], rows_of(name), method=method, unit="nats")
