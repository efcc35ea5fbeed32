"""What is said to a model, a table or a row that something is wrong with."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.svm import SVC

from explainers import EXPLAINERS, Unsupported, explain, subject_of, unseen
from explainers.dtypes import UnfitColumn

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]
METHODS = tuple(EXPLAINERS)


@pytest.mark.parametrize(
    ("name", "otherwise"),
    [
        ("lightgbm", "missing"),
        ("xgboost", "missing"),
        ("histogram, categories", "missing"),
        ("pipeline of forest", "none of the known ones"),
        ("pipeline of components and logistic", "none of the known ones"),
        ("pipeline of histogram", "the code -1"),
        ("pipeline of target codes and forest", "an average one"),
    ],
)
def test_an_unseen_category_is_said(name: str, otherwise: str, fit: Fit, rows_of: Rows) -> None:
    row = rows_of(name).iloc[[1]].assign(city="Paris")
    said = f"city = 'Paris' was not seen in training; the model takes it as {otherwise}"
    assert unseen(subject_of(fit(name)), row.iloc[0]) == (said,)
    assert unseen(subject_of(fit(name)), rows_of(name).iloc[0]) == ()
    two = pd.concat([row, rows_of(name).iloc[[2]]]).astype({"channel": object, "city": object})
    found = explain(fit(name), two, rows_of(name), method="shap")
    assert [said in one.notes for one in found] == [True, False]


def test_a_category_that_the_encoder_refuses_is_named(rows_of: Rows) -> None:
    rows = rows_of("lightgbm")[["city", "speed"]]
    for encoder in (OneHotEncoder(), OrdinalEncoder()):
        coder = make_column_transformer((encoder, ["city"]), remainder="passthrough")
        model = make_pipeline(coder, LogisticRegression()).fit(rows, rows["speed"] > 0)
        with pytest.raises(UnfitColumn, match=r"column 'city' holds 'Paris', which its encoder did not learn.* 'Bonn'"):
            explain(model, rows.iloc[[0]].assign(city="Paris"), rows, method="linear")


def test_a_dropped_or_rare_category_is_no_unseen_one() -> None:
    rows = pd.DataFrame({"city": ["Oslo"] * 20 + ["Rome"] * 15 + ["Lima"] * 2, "x": np.arange(37.0)})
    coder = make_column_transformer(
        (OneHotEncoder(drop="first", min_frequency=5, handle_unknown="infrequent_if_exist"), ["city"])
    )
    subject = subject_of(make_pipeline(coder, LogisticRegression()).fit(rows, rows["x"] % 2 > 0))
    assert [unseen(subject, row) for _, row in rows.iloc[[0, 20, 36]].iterrows()] == [()] * 3
    assert unseen(subject, pd.Series({"city": "Bonn"}))[0].endswith("takes it as one of the rare ones")


def test_columns_taken_by_place_are_said() -> None:
    import lightgbm

    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 2)), columns=["amount", "age"])
    truth = (rows["amount"] > 0).to_numpy()
    data = lightgbm.Dataset(rows.to_numpy(), truth)
    models = (
        RandomForestClassifier(3).fit(rows.to_numpy(), truth),
        lightgbm.train({"objective": "binary", "verbose": -1}, data, 3),
    )
    for model in models:
        one = explain(subject_of(model, columns=["amount", "age"]), rows.iloc[:1], rows, method="walk")[0]
        assert "the model learned from an array without names; its columns are taken by their place" in one.notes
    with pytest.raises(Unsupported, match="the model reads 2 columns and 3 names were given"):
        subject_of(models[0], columns=["amount", "age", "speed"])
    named = explain(RandomForestClassifier(3).fit(rows, truth), rows.iloc[:1], rows, method="walk")[0]
    assert not any("without names" in note for note in named.notes)


def test_a_hole_inside_a_pipeline_is_named(rows_of: Rows) -> None:
    rows = rows_of("logistic")
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, rows["amount"] > 0)
    holed = rows.iloc[:3].copy()
    holed.loc[1, "speed"] = np.nan
    for method in ("linear", "shap", "lime"):
        with pytest.raises(UnfitColumn, match=r"column 'speed' has missing values; the model needs a value in every"):
            explain(model, holed, rows, method=method)


def test_of_two_holes_the_one_that_hurts_is_named(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of logistic").iloc[:8].copy()  # age and amount are imputed, speed is not
    rows.loc[3, ["age", "speed"]] = np.nan
    with pytest.raises(UnfitColumn, match="column 'speed' has missing values"):
        subject_of(fit("pipeline of logistic")).predict_proba(rows)


@pytest.mark.filterwarnings("ignore:overflow encountered in cast:RuntimeWarning")  # scikit-learn's own, as it refuses
def test_a_number_beyond_32_bits_is_named(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest").iloc[:2].assign(amount=1e300)
    with pytest.raises(UnfitColumn, match=r"column 'amount' holds 1e\+300, which is too large for 32 bits"):
        subject_of(fit("forest")).predict_proba(rows)


def test_a_background_of_one_row_or_none(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("neighbours")
    one = explain(fit("neighbours"), rows.iloc[:1], rows.iloc[[7]], method="shap")[0]
    assert one.base == pytest.approx(fit("neighbours").predict_proba(rows.iloc[[7]])[0, 1])
    with pytest.raises(Unsupported, match=r"needs? .*background"):
        explain(fit("neighbours"), rows.iloc[:1], rows.iloc[:0], method="shap")
    with pytest.raises(Unsupported, match=r"lime varies a row .* and found (0|none)"):
        explain(fit("neighbours"), rows.iloc[:1], rows.iloc[:0], method="lime")
    terms = explain(fit("logistic"), rows_of("logistic").iloc[:1], rows_of("logistic").iloc[[7]], method="linear")[0]
    assert terms.base == pytest.approx(fit("logistic").decision_function(rows_of("logistic").iloc[[7]])[0])


def _one_class_booster() -> Any:
    import lightgbm

    return lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(np.zeros((30, 2)), np.ones(30))


@pytest.mark.parametrize(
    "make",
    [
        lambda: RandomForestClassifier(2).fit([[0], [1]], ["a", "a"]),
        lambda: DummyClassifier().fit([[0], [1]], ["a", "a"]),
        lambda: make_pipeline(StandardScaler(), RandomForestClassifier(2)).fit([[0], [1]], ["a", "a"]),
        _one_class_booster,
    ],
)
def test_a_model_of_one_class_is_refused(make: Callable[[], Any]) -> None:
    with pytest.raises(Unsupported, match=r"learned one class only \(.*\) and answers it for every row"):
        subject_of(make())


def test_a_score_a_pair_of_classes_is_no_score_of_a_class(rows_of: Rows) -> None:
    rows = rows_of("logistic")
    truth = np.digitize(rows["amount"], [-0.4, 0.0])
    pairs = SVC(decision_function_shape="ovo").fit(rows, truth)
    assert pairs.decision_function(rows).shape == (500, 3)  # as many pairs as classes: looks right, and isn't
    assert subject_of(pairs).margins(rows) is None
    with pytest.raises(Unsupported, match="SVC answers no probabilities"):
        explain(pairs, rows.iloc[:1], rows, method="shap")
    classes = SVC(decision_function_shape="ovr").fit(rows, truth)
    one = explain(classes, rows.iloc[:1], rows.iloc[100:], method="shap", class_index=2)[0]
    assert one.score == pytest.approx(classes.decision_function(rows.iloc[:1])[0, 2])


def test_a_constant_model_gives_nothing_to_anyone(fit: Fit, rows_of: Rows) -> None:
    one = explain(fit("dummy"), rows_of("dummy").iloc[:1], rows_of("dummy").iloc[50:], method="shap")[0]
    assert set(one.values.values()) == {0.0}
    assert one.base == pytest.approx(one.score)


@pytest.mark.parametrize("method", ["linear", "walk"])
def test_ten_thousand_columns_are_explained_in_seconds(method: str) -> None:
    values = np.random.default_rng(0).normal(size=(60, 10_000)).astype(np.float32)
    rows = pd.DataFrame(values, columns=[f"c{i}" for i in range(10_000)])
    model = LogisticRegression(max_iter=20) if method == "linear" else RandomForestClassifier(5, random_state=0)
    model.fit(rows, values[:, 0] > 0)
    began = time.perf_counter()
    one = explain(model, rows.iloc[:1], rows.iloc[1:], method=method)[0]
    assert time.perf_counter() - began < 5
    assert len(one.values) == 10_000
    assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-6)


def test_a_scan_of_a_model_without_probabilities_says_to_calibrate_it(fit: Fit, rows_of: Rows) -> None:
    from mispredict import Investigation
    from mispredict.bad_input import ModelRefused

    rows = rows_of("SVC").assign(label=0)
    rows.loc[::2, "label"] = 1
    with pytest.raises(ModelRefused, match=r"SVC answers no probabilities .*; do: calibrate it with scikit-learn"):
        Investigation(model=fit("SVC"), rows=rows, target="label").scan()
