"""Fitted models of every library behind one door, and the columns that they are fed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.decomposition import KernelPCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from explainers import EXPLAINERS, Subject, Unsupported, explain, subject_of
from explainers.dtypes import UnfitColumn

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]
FAMILIES = {
    "forest": "trees",
    "pipeline of histogram": "trees",
    "pipeline of logistic": "linear",
    "pipeline of net": "neural",
    "neighbours": "other",
    "lightgbm": "trees",
    "xgboost": "trees",
    "catboost": "trees",
    "onnx net": "neural",
}


def _answers(subject: Any, rows: pd.DataFrame) -> np.ndarray:
    """Return probabilities, or margins of a model that has no probabilities."""
    margins_only = getattr(subject, "no_probabilities", "")
    return np.asarray(subject.margins(rows) if margins_only else subject.predict_proba(rows))


def test_every_model_answers_probabilities_or_says_that_it_has_none(model: Any, table: pd.DataFrame) -> None:
    subject = subject_of(model)
    if getattr(subject, "no_probabilities", ""):
        with pytest.raises(Unsupported, match=r"answers no probabilities .* wrap it in CalibratedClassifierCV"):
            subject.predict_proba(table)
        assert subject.margins(table).shape == (len(table),)
        return
    found = subject.predict_proba(table)
    assert isinstance(subject, Subject)
    assert found.shape == (len(table), len(subject.classes))
    assert found.sum(axis=1) == pytest.approx(np.ones(len(table)), abs=1e-6)
    assert found.dtype == np.float64


def test_no_rows_have_no_probabilities(model: Any, table: pd.DataFrame) -> None:
    subject = subject_of(model)
    if getattr(subject, "no_probabilities", ""):
        return
    assert subject.predict_proba(table.iloc[:0]).shape == (0, len(subject.classes))


def test_a_subject_comes_back_as_it_is(model: Any) -> None:
    subject = subject_of(model)
    assert subject_of(subject) is subject


@pytest.mark.parametrize(("name", "family"), FAMILIES.items())
def test_families(name: str, family: str, fit: Fit) -> None:
    assert subject_of(fit(name)).family == family


def test_what_a_table_looks_like_on_disk_changes_no_answer(model: Any, table: pd.DataFrame) -> None:
    """CSV and Parquet bring text for categories, Arrow and nullable types, extra columns and another order."""
    subject = subject_of(model)
    own = _answers(subject, table)
    texts = table.astype(dict.fromkeys(table.select_dtypes("category"), "str"))
    arrow = pa.Table.from_pandas(texts).to_pandas(types_mapper=pd.ArrowDtype)
    nullable = texts.convert_dtypes().assign(extra="x")[[*table.columns[::-1], "extra"]]
    objects = texts.astype(object)
    for other in (texts, arrow, nullable, objects):
        assert _answers(subject, other) == pytest.approx(own, abs=1e-6)


def test_prepared_keeps_the_category_order_that_was_learned(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    turned = rows.assign(channel=rows["channel"].cat.set_categories(["app", "web", "shop"]))
    for name in ("lightgbm", "xgboost"):
        subject = subject_of(fit(name))
        assert list(subject.prepared(turned)["channel"].cat.categories) == ["web", "shop", "app"]
        assert subject.predict_proba(turned) == pytest.approx(subject.predict_proba(rows))


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "histogram, categories"])
def test_an_unseen_category_counts_as_missing(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name).iloc[:20]
    unseen, missing = rows.assign(channel="fax"), rows.assign(channel=pd.Series([None] * 20, dtype="str"))
    subject = subject_of(fit(name))
    assert subject.predict_proba(unseen) == pytest.approx(subject.predict_proba(missing))


def test_a_native_boosters_categories_are_those_of_the_classifier_in_memory(rows_of: Rows) -> None:
    import lightgbm

    rows = rows_of("lightgbm").assign(other=pd.Categorical(["same"] * 500))
    truth = (rows["amount"] > 20).astype(int)
    model = lightgbm.LGBMClassifier(n_estimators=5, min_child_samples=5, verbose=-1).fit(rows, truth)
    loaded = subject_of(lightgbm.Booster(model_str=model.booster_.model_to_string()))
    texts = rows.astype(dict.fromkeys(rows.select_dtypes("category"), "str"))
    assert loaded.predict_proba(texts) == pytest.approx(model.predict_proba(rows))


def test_a_missing_column_is_named(model: Any, table: pd.DataFrame) -> None:
    with pytest.raises(UnfitColumn, match=r"column 'amount' is absent") as caught:
        _answers(subject_of(model), table.drop(columns="amount"))
    assert caught.value.column == "amount"


@pytest.mark.parametrize("name", ["forest", "pipeline of logistic", "lightgbm", "xgboost", "catboost", "onnx net"])
def test_text_where_numbers_were_learned_is_named(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name).assign(amount="much")
    with pytest.raises(UnfitColumn, match=r"column 'amount' holds text such as 'much'; the model needs numbers"):
        subject_of(fit(name)).predict_proba(rows)


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "pipeline of forest", "histogram, categories"])
def test_numbers_where_text_was_learned_are_named(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name).assign(channel=3)
    with pytest.raises(
        UnfitColumn, match=r"column 'channel' holds numbers such as .*3.*; the model needs text such as"
    ):
        subject_of(fit(name)).predict_proba(rows)


@pytest.mark.parametrize("name", ["forest", "pipeline of forest", "xgboost"])
def test_infinity_is_named(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name)
    rows.loc[3, "amount"] = np.inf
    with pytest.raises(UnfitColumn, match=r"column 'amount' holds an infinite value; the model needs finite numbers"):
        subject_of(fit(name)).predict_proba(rows)


def test_a_hole_that_the_model_cannot_take_is_named(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("neighbours")
    rows.loc[5, "age"] = np.nan
    with pytest.raises(UnfitColumn, match=r"column 'age' has missing values; the model needs a value in every row"):
        subject_of(fit("neighbours")).predict_proba(rows)


def test_a_column_with_nothing_in_it_is_a_number_that_is_missing(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    empty = rows.assign(age=pd.Series([None] * len(rows), dtype=object))
    nans = rows.assign(age=np.nan)
    subject = subject_of(fit("lightgbm"))
    assert subject.predict_proba(empty) == pytest.approx(subject.predict_proba(nans))


def test_categories_of_catboost_are_text_and_whole_numbers_have_no_point() -> None:
    catboost = pytest.importorskip("catboost")
    codes = pd.DataFrame({"code": [1, 2, 3] * 20, "x": np.arange(60.0)})
    truth = (codes["code"] == 2).astype(int)
    model = catboost.CatBoostClassifier(iterations=5, verbose=0, allow_writing_files=False)
    subject = subject_of(model.fit(codes, truth, cat_features=["code"]))
    own = model.predict_proba(codes)
    assert subject.predict_proba(codes.astype({"code": "float64"})) == pytest.approx(own)
    holed = codes.assign(code=codes["code"].astype("Int64").mask(codes.index == 0))
    assert subject.prepared(holed)["code"].tolist()[:3] == ["nan", "2", "3"]


def test_a_forest_that_learned_again_is_described_anew(rows_of: Rows) -> None:
    rows = rows_of("forest")
    model = RandomForestClassifier(3, random_state=0).fit(rows, np.arange(len(rows)) % 2)
    assert subject_of(model).columns == tuple(rows.columns)
    model.fit(rows.iloc[:, ::-1], np.arange(len(rows)) % 3)
    assert subject_of(model).columns == tuple(rows.columns[::-1])
    assert subject_of(model).classes == (0, 1, 2)
    assert subject_of(model, columns=[f"n{i}" for i in range(rows.shape[1])]).columns[0] == "n0"


def test_names_can_be_given_to_a_model_that_learned_from_an_array() -> None:
    values = np.random.default_rng(0).normal(size=(80, 2))
    model = DecisionTreeClassifier().fit(values, values[:, 0] > 0)
    assert subject_of(model).columns == ("x0", "x1")
    named = subject_of(model, columns=["amount", "age"])
    rows = pd.DataFrame(values, columns=["amount", "age"])
    assert (named.predict_proba(rows) == model.predict_proba(values)).all()
    assert explain(named, rows.iloc[:1], rows, method="walk")[0].values.keys() == {"amount", "age"}


def test_xgboost_of_an_array_can_be_named() -> None:
    xgboost = pytest.importorskip("xgboost")
    values = np.random.default_rng(0).normal(size=(80, 2))
    booster = xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(values, values[:, 0] > 0), 3)
    rows = pd.DataFrame(values, columns=["amount", "age"])
    named = subject_of(booster, columns=["amount", "age"])
    assert named.predict_proba(rows)[:, 1] == pytest.approx(booster.predict(xgboost.DMatrix(values)))


def test_a_search_opens_to_its_best_model(rows_of: Rows) -> None:
    rows = rows_of("forest")
    found = GridSearchCV(DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2).fit(rows, rows["amount"] > 20)
    assert subject_of(found).estimator is found.best_estimator_


def test_a_pipeline_that_mixes_columns_is_explained_by_asking_it(rows_of: Rows) -> None:
    rows = rows_of("forest")
    model = make_pipeline(KernelPCA(2), LogisticRegression()).fit(rows, rows["amount"] > 20)
    assert "KernelPCA mixes 4 columns" in str(EXPLAINERS["linear"].refusal(model))
    one = explain(model, rows.iloc[:1], rows.iloc[1:], method="shap")[0]
    assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-6)


class _Coin:
    classes_ = np.array(["no", "yes"])
    feature_names_in_ = ("amount",)

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        return np.column_stack([1 - rows["amount"], rows["amount"]])


def test_anything_with_probabilities_classes_and_names_is_taken() -> None:
    subject = subject_of(_Coin())
    assert (subject.family, subject.classes, subject.columns) == ("other", ("no", "yes"), ("amount",))
    assert subject.predict_proba(pd.DataFrame({"amount": [0.25]})).tolist() == [[0.75, 0.25]]


def _lightgbm_regression() -> Any:
    import lightgbm

    return lightgbm.train(
        {"verbose": -1}, lightgbm.Dataset(np.random.default_rng(0).normal(size=(60, 2)), np.arange(60)), 2
    )


def _xgboost_hinge() -> Any:
    xgboost = pytest.importorskip("xgboost")
    data = xgboost.DMatrix(np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 2)
    return xgboost.train({"objective": "binary:hinge"}, data, 2)


def _xgboost_codes() -> Any:
    xgboost = pytest.importorskip("xgboost")
    codes = np.random.default_rng(0).integers(0, 4, size=(60, 1)).astype(float)
    data = xgboost.DMatrix(codes, codes[:, 0] > 1, feature_types=["c"], feature_names=["city"], enable_categorical=True)
    return xgboost.train({"objective": "binary:logistic"}, data, 2)


def _hard_votes() -> Any:
    return VotingClassifier([("one", LogisticRegression())], voting="hard").fit([[0], [1]], [0, 1])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: object(), "object can't be opened: it has no predict_proba and no classes_ and no feature_names_in_"),
        (DecisionTreeClassifier, "DecisionTreeClassifier is not fitted; fit it first"),
        (lambda: LinearRegression().fit([[0], [1]], [0, 1]), "LinearRegression is no classifier"),
        (lambda: KNeighborsClassifier(1).fit([[0], [1]], [[0, 1], [1, 1]]), "answers several targets at once"),
        (
            lambda: DecisionTreeClassifier().fit([[0], [1]], ["a", "a"]),
            r"one class only \('a'\) and answers it for every",
        ),
        (_hard_votes, "VotingClassifier answers neither probabilities nor a decision function, only classes"),
        (lambda: GridSearchCV(DecisionTreeClassifier(), {}), "GridSearchCV holds no fitted model; fit it first"),
        (_lightgbm_regression, "answers no class probabilities: its objective is 'regression'"),
        (_xgboost_hinge, "answers no class probabilities: its objective is 'binary:hinge'"),
        (_xgboost_codes, r"categorical columns \(city\) and its file doesn't say in which order"),
    ],
)
def test_what_is_no_fitted_classifier_is_refused(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(Unsupported, match=said):
        subject_of(make())


def test_a_histogram_reads_text_where_it_learned_categories() -> None:
    rows = pd.DataFrame({"city": pd.Categorical(["Oslo", "Rome", "Lima"] * 40), "x": np.arange(120.0)})
    model = HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype").fit(
        rows, rows["city"] == "Rome"
    )
    texts = rows.assign(city=rows["city"].astype("str"))
    assert (subject_of(model).predict_proba(texts) == model.predict_proba(rows)).all()
