"""Wrappers open where they answer what is inside, exactly, and name themselves and their models where they don't."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from explainers import EXPLAINERS, explain, subject_of
from explainers.wrappers import why_closed

Rows = Callable[[str], pd.DataFrame]
SAMPLE = Path(__file__).parents[2] / "sample_data"


def _data(rows_of: Rows) -> tuple[pd.DataFrame, pd.Series]:
    rows = rows_of("logistic")
    return rows, (rows["amount"] + 0.3 * rows["age"] > 0).astype(int)


@pytest.mark.parametrize(
    ("wrap", "method"),
    [
        (lambda m: FrozenEstimator(m), "walk"),
        (lambda m: GridSearchCV(m, {"max_depth": [2, 3]}, cv=2), "walk"),
        (lambda m: RandomizedSearchCV(m, {"max_depth": [2]}, n_iter=1, cv=2), "walk"),
        (lambda m: FixedThresholdClassifier(m, threshold=0.2), "walk"),
        (lambda m: FixedThresholdClassifier(FrozenEstimator(m)), "eli5"),
        (lambda m: make_pipeline(StandardScaler(), GridSearchCV(m, {"max_depth": [3]}, cv=2)), "walk"),
        (lambda m: GridSearchCV(make_pipeline(StandardScaler(), m), {}, cv=2), "shap"),
    ],
    ids=["frozen", "grid", "random", "threshold", "twice", "inside", "outside"],
)
def test_what_answers_as_the_model_inside_is_explained_as_that(
    wrap: Callable[[Any], Any], method: str, rows_of: Rows
) -> None:
    rows, truth = _data(rows_of)
    model = wrap(DecisionTreeClassifier(max_depth=3, random_state=0).fit(rows, truth)).fit(rows, truth)
    one = explain(model, rows.iloc[[4]], rows, method=method)[0]
    assert one.score == pytest.approx(model.predict_proba(rows.iloc[[4]])[0, 1])
    assert one.base + sum(one.values.values()) == pytest.approx(one.score)


def test_a_booster_that_was_searched_for_inside_a_pipeline_answers_log_odds(rows_of: Rows) -> None:
    import lightgbm

    rows, truth = _data(rows_of)
    booster = lightgbm.LGBMClassifier(n_estimators=4, min_child_samples=5, verbose=-1)
    scaled = StandardScaler().set_output(transform="pandas")
    model = make_pipeline(scaled, GridSearchCV(booster, {"num_leaves": [4]}, cv=2)).fit(rows, truth)
    one = explain(model, rows.iloc[[4]], rows, method="walk")[0]
    event = model.predict_proba(rows.iloc[[4]])[0, 1]
    assert (one.unit, one.score) == ("log-odds", pytest.approx(np.log(event / (1 - event))))


@pytest.mark.parametrize(
    "inside",
    [
        LinearSVC(),
        RidgeClassifier(),
        SVC(kernel="linear"),
        LogisticRegression(),
        make_pipeline(StandardScaler(), PCA(2), LogisticRegression()),
    ],
    ids=lambda m: type(m).__name__,
)
def test_one_sigmoid_over_a_linear_model_is_linear_in_log_odds(inside: Any, rows_of: Rows) -> None:
    rows, truth = _data(rows_of)
    noisy = truth ^ (np.arange(len(rows)) % 9 == 0)
    model = make_pipeline(StandardScaler(), CalibratedClassifierCV(inside, ensemble=False, cv=3)).fit(
        rows.to_numpy(), noisy
    )
    named = subject_of(model, columns=list(rows.columns))
    for k in (0, 1):
        one = explain(named, rows.iloc[[4]], rows.iloc[50:], method="linear", class_index=k)[0]
        odds = np.log(model.predict_proba(rows.to_numpy()))
        assert one.unit == "log-odds"
        assert one.score == pytest.approx(odds[4, k] - odds[4, 1 - k])
        assert one.base + sum(one.values.values()) == pytest.approx(one.score)
        assert one.base == pytest.approx((odds[50:, k] - odds[50:, 1 - k]).mean())


@pytest.mark.parametrize("settings", [{"ensemble": True}, {"ensemble": False, "method": "isotonic"}], ids=str)
def test_other_calibration_is_refused_by_name_and_sampled(settings: dict[str, Any], rows_of: Rows) -> None:
    rows, truth = _data(rows_of)
    model = CalibratedClassifierCV(LinearSVC(), cv=3, **settings).fit(rows, truth)
    assert "CalibratedClassifierCV recalibrates LinearSVC, and what one of them says is not its answer" in str(
        EXPLAINERS["linear"].refusal(model)
    )
    one = explain(model, rows.iloc[[4]], rows.iloc[50:70], method="shap")[0]
    assert one.unit == "probability"
    assert one.base + sum(one.values.values()) == pytest.approx(model.predict_proba(rows.iloc[[4]])[0, 1])


def test_adaboosts_decision_function_is_its_log_odds(rows_of: Rows) -> None:
    rows, truth = _data(rows_of)
    model = AdaBoostClassifier(n_estimators=3, random_state=0).fit(rows, truth)
    probability = model.predict_proba(rows)
    assert np.log(probability[:, 1] / probability[:, 0]) == pytest.approx(model.decision_function(rows))


def test_a_wrapper_names_itself_and_each_kind_inside_once(fit: Callable[[str], Any]) -> None:
    assert why_closed(fit("forest")) is None
    assert str(why_closed(fit("stacking"))).startswith(
        "StackingClassifier learns from the answers of DecisionTreeClassifier, RandomForestClassifier, "
        "LogisticRegression, and what one of them says is not its answer; use shap or lime"
    )


def _incident() -> tuple[pd.DataFrame, pd.Series, list[str]]:
    from sample_data.features import CATEGORICAL, FEATURES

    rows = pd.read_parquet(SAMPLE / "training.parquet").iloc[:1_500].reset_index(drop=True)
    return rows[list(FEATURES)], rows["is_fraud"], list(CATEGORICAL)


def _encoded(last: Any, categories: list[str]) -> Any:
    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), PCA(5))
    coder = make_column_transformer(
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=30), categories), remainder=numbers
    )
    return make_pipeline(coder, last)


def test_the_incidents_categories_and_holes_go_through_components_and_wrappers() -> None:
    rows, truth, categories = _incident()
    assert rows.isna().any().any()
    linear = _encoded(CalibratedClassifierCV(LinearSVC(), ensemble=False, cv=2), categories).fit(rows, truth)
    forest = _encoded(GridSearchCV(RandomForestClassifier(8, max_depth=6), {}, cv=2), categories).fit(rows, truth)
    for model, method in ((linear, "linear"), (linear, "shap"), (forest, "walk")):
        for one in explain(model, rows.iloc[:3], rows.iloc[100:400], method=method):
            assert set(one.values) == set(rows.columns)
            assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-9)
    voting = VotingClassifier([("one", forest), ("two", linear)], voting="soft").fit(rows, truth)
    one = explain(voting, rows.iloc[:1], rows.iloc[100:110], method="shap")[0]
    assert one.base + sum(one.values.values()) == pytest.approx(voting.predict_proba(rows.iloc[:1])[0, 1])
    odd = rows.iloc[:1].astype({categories[0]: object}).assign(**{categories[0]: "never seen"})
    notes = explain(forest, odd, rows, method="walk")[0].notes
    assert (
        f"{categories[0]} = 'never seen' was not seen in training; the model takes it as one of the rare ones" in notes
    )
