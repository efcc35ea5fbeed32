"""Linear terms against the formula written by hand, and eli5's answers held to the model's score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron, RidgeClassifier, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from explainers import Unsupported, explain, subject_of
from explainers.eli5_weights import check_readable, weights_of
from explainers.opened import opened

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


def test_a_term_is_coefficient_times_distance_from_the_average(fit: Fit, rows_of: Rows) -> None:
    model, rows = fit("logistic"), rows_of("logistic")
    one = explain(model, rows.iloc[:1], rows.iloc[100:], method="linear")[0]
    by_hand = model.coef_[0] * (rows.iloc[0] - rows.iloc[100:].mean())
    assert one.values == pytest.approx(by_hand.to_dict(), abs=1e-12)
    assert one.unit == "log-odds"
    assert one.notes == ("terms are measured from the average of 400 background rows",)


def test_without_a_background_terms_are_measured_from_zero(fit: Fit, rows_of: Rows) -> None:
    model, rows = fit("logistic"), rows_of("logistic")
    one = explain(model, rows.iloc[:1], rows.iloc[:0], method="linear")[0]
    assert one.base == pytest.approx(model.intercept_[0])
    assert one.notes == ("terms are measured from zero",)


def test_one_hot_terms_are_summed_to_their_column(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of logistic")
    found = explain(fit("pipeline of logistic"), rows.iloc[1:3], rows, method="linear")
    swapped = rows.iloc[1:3].assign(channel=rows["channel"].iloc[[2, 1]].to_numpy())
    again = explain(fit("pipeline of logistic"), swapped, rows, method="linear")
    assert again[0].values["channel"] == pytest.approx(found[1].values["channel"])
    assert again[0].values["amount"] == pytest.approx(found[0].values["amount"])


def test_a_linear_score_that_is_no_log_odds_is_called_a_margin(rows_of: Rows) -> None:
    rows = rows_of("logistic")
    truth = (rows["amount"] > 0).astype(int)
    units = {"modified_huber": "margin", "log_loss": "log-odds"}
    for loss, unit in units.items():
        model = SGDClassifier(loss=loss, random_state=0).fit(rows, truth)
        assert explain(model, rows.iloc[:20], rows, method="linear")[0].unit == unit


def test_eli5_on_xgboost_gets_its_base_score_back(fit: Fit, rows_of: Rows) -> None:
    name = "xgboost, numbers"
    rows = rows_of(name).iloc[:3]
    found = explain(fit(name), rows, rows, method="eli5")
    own = np.log(subject_of(fit(name)).predict_proba(rows)[:, 1] / subject_of(fit(name)).predict_proba(rows)[:, 0])
    assert [e.base + sum(e.values.values()) for e in found] == pytest.approx(own, abs=1e-4)


def test_eli5s_walk_of_a_forest_is_ours(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of forest").iloc[:3]
    theirs, ours = (explain(fit("pipeline of forest"), rows, rows, method=m) for m in ("eli5", "walk"))
    for a, b in zip(theirs, ours, strict=True):
        assert a.values == pytest.approx(b.values, abs=1e-9)


def test_eli5s_silent_error_is_a_refusal_with_its_reason(fit: Fit, rows_of: Rows) -> None:
    door = opened(subject_of(fit("neighbours")))
    with pytest.raises(Unsupported, match=r"eli5 can't explain KNeighborsClassifier: estimator .* is not supported"):
        weights_of(door, door.matrix(rows_of("neighbours").iloc[:1])[0], 1, "probability")
    with pytest.raises(Unsupported, match="it reads linear models and few kinds of trees"):
        check_readable(door)


@pytest.mark.parametrize(
    "model",
    [
        SVC(kernel="linear"),
        LinearSVC(),
        RidgeClassifier(),
        Perceptron(),
        SGDClassifier(loss="hinge", random_state=0),
        make_pipeline(StandardScaler(), SGDClassifier(loss="hinge", alpha=0.1, random_state=0)),
    ],
    ids=lambda m: type(m).__name__,
)
def test_a_model_without_probabilities_is_explained_in_margin_and_said_so(model: Any, rows_of: Rows) -> None:
    rows = rows_of("logistic")
    model.fit(rows, rows["amount"] > 0)
    for method in ("linear", "shap"):
        one = explain(model, rows.iloc[:1], rows.iloc[100:], method=method)[0]
        assert one.unit == "margin"
        assert one.base + sum(one.values.values()) == pytest.approx(model.decision_function(rows.iloc[:1])[0])
        assert any("answers no probabilities; its margin is explained" in note for note in one.notes)
        assert one.values["constant"] == pytest.approx(0, abs=1e-12)
    with pytest.raises(Unsupported, match=r"no probabilities .* wrap it in CalibratedClassifierCV to have them"):
        explain(model, rows.iloc[:1], rows, method="lime")
    with pytest.raises(Unsupported, match=r"no probabilities|adds up in margin for this model, not in probability"):
        explain(model, rows.iloc[:1], rows, method="shap", unit="probability")


def test_three_classes_have_a_margin_each(fit: Fit, rows_of: Rows) -> None:
    name = "pipeline of logistic, 3 classes"
    rows = rows_of(name)
    scores = [explain(fit(name), rows.iloc[:1], rows, method="linear", class_index=k)[0].score for k in range(3)]
    assert scores == pytest.approx(fit(name).decision_function(rows.iloc[:1])[0])


def test_a_bare_logistic_model_of_an_array(rows_of: Rows) -> None:
    values = rows_of("logistic").to_numpy()
    model = LogisticRegression().fit(values, values[:, 0] > 0)
    rows = pd.DataFrame(values, columns=["x0", "x1", "x2", "x3"])
    one = explain(model, rows.iloc[:1], rows, method="linear")[0]
    assert one.base + sum(one.values.values()) == pytest.approx(model.decision_function(values[:1])[0])
