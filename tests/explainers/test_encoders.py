"""Every setting of scikit-learn's encoders: what is traced is what comes out, and sparse output changes no number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
    TargetEncoder,
)

from explainers import Unsupported, explain
from explainers.columns import Encoded, raw_columns, trace

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]
CITIES = pd.DataFrame(
    {
        "city": ["Oslo"] * 30 + ["Rome"] * 20 + ["Lima"] * 8 + ["Bonn"] * 2,
        "open": ["yes", "no"] * 30,
        "floor": [1, 2, 3, 4, 5, 6] * 10,
    }
)
HOLED = CITIES.assign(city=CITIES["city"].where(CITIES.index % 7 > 0, None))
TRUTH = np.arange(60) % 3 // 2


def _follow(step: Any, rows: pd.DataFrame, y: Any = TRUTH) -> tuple[list[Encoded], np.ndarray]:
    made = step.fit(rows, y).transform(rows)
    found = trace([step], raw_columns(list(rows.columns)))
    made = made.toarray() if hasattr(made, "toarray") else np.asarray(made)
    assert made.shape[1] == len(found)
    return found, made


@pytest.mark.parametrize("rows", [CITIES, HOLED], ids=["full", "holed"])
@pytest.mark.parametrize(
    "encoder",
    [
        OneHotEncoder(),
        OneHotEncoder(drop="first"),
        OneHotEncoder(drop="if_binary"),
        OneHotEncoder(min_frequency=10, handle_unknown="infrequent_if_exist"),
        OneHotEncoder(max_categories=2, sparse_output=False),
        OneHotEncoder(min_frequency=10, drop="first"),
        OneHotEncoder(sparse_output=False).set_output(transform="pandas"),
    ],
    ids=str,
)
def test_a_one_hot_column_is_1_where_the_row_holds_one_of_its_categories(encoder: Any, rows: pd.DataFrame) -> None:
    found, made = _follow(encoder, rows)
    for column, values in zip(found, made.T, strict=True):
        assert column.kind == "one-hot"
        members = [level for level, _ in column.levels]
        own = [(None if pd.isna(v) else v) in members for v in rows[column.raw]]
        assert values.tolist() == pytest.approx(np.array(own, dtype=float).tolist())


@pytest.mark.parametrize("rows", [CITIES, HOLED], ids=["full", "holed"])
@pytest.mark.parametrize(
    "encoder",
    [
        OrdinalEncoder(encoded_missing_value=-2),
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
        OrdinalEncoder(min_frequency=10, handle_unknown="use_encoded_value", unknown_value=np.nan),
        OrdinalEncoder(max_categories=3),
        OrdinalEncoder(categories=[["Rome", "Oslo", "Bonn", "Lima", np.nan], ["yes", "no"], [1, 2, 3, 4, 5, 6]]),
        TargetEncoder(cv=StratifiedKFold(2)),
    ],
    ids=lambda e: type(e).__name__,
)
def test_codes_are_the_encoders_own(encoder: Any, rows: pd.DataFrame) -> None:
    found, made = _follow(encoder, rows)
    for column, values in zip(found, made.T, strict=True):
        codes = dict(column.levels)
        own = [codes[None if pd.isna(v) else v] for v in rows[column.raw]]
        assert values.astype(float).tolist() == pytest.approx(own, nan_ok=True)


def test_target_codes_of_three_classes_come_one_a_class() -> None:
    found, made = _follow(TargetEncoder(cv=StratifiedKFold(2)), CITIES, np.arange(60) % 3)
    assert [c.raw for c in found] == ["city"] * 3 + ["open"] * 3 + ["floor"] * 3
    for column, values in zip(found, made.T, strict=True):
        assert [dict(column.levels)[v] for v in CITIES[column.raw]] == pytest.approx(list(values))


NUMBERS = pd.DataFrame({"a": np.arange(60.0), "b": np.where(np.arange(60) % 4, np.arange(60) * 2.0, np.nan)})


@pytest.mark.parametrize(
    ("step", "raw"),
    [
        (make_column_transformer((OneHotEncoder(), ["open"]), remainder="passthrough"), "open open city floor"),
        (
            make_column_transformer((StandardScaler(), ["floor"]), remainder=OrdinalEncoder()),
            "floor city open",
        ),
        (
            make_column_transformer(
                (StandardScaler(), make_column_selector(dtype_include="number")),
                (OneHotEncoder(), make_column_selector(pattern="open")),
            ),
            "floor open open",
        ),
        (
            make_pipeline(
                make_column_transformer((OrdinalEncoder(), ["city", "open"]), remainder="passthrough").set_output(
                    transform="pandas"
                ),
                make_column_transformer((OneHotEncoder(), ["ordinalencoder__open"]), remainder="passthrough"),
            ),
            "open open city floor",
        ),
        (make_column_transformer((TargetEncoder(), []), (OneHotEncoder(), ["open"])), "open open"),
        (
            ColumnTransformer([("one", OneHotEncoder(), ["city"]), ("two", "drop", ["open"])], sparse_threshold=0),
            "city city city city",
        ),
    ],
    ids=["passthrough", "estimator", "selectors", "nested", "empty", "dense"],
)
def test_column_transformers_keep_their_columns_order(step: Any, raw: str) -> None:
    found, _ = _follow(step, CITIES)
    assert " ".join(c.raw for c in found) == raw


def test_the_weights_of_branches_are_undone() -> None:
    union = FeatureUnion(
        [("scaled", StandardScaler()), ("own", "passthrough")], transformer_weights={"scaled": 3.0, "own": 0.5}
    )
    found, made = _follow(union, NUMBERS)
    for column, values in zip(found, made.T, strict=True):
        assert [column.undo(v) for v in values] == pytest.approx(list(NUMBERS[column.raw]), nan_ok=True)


def test_imputers_indicators_and_bins() -> None:
    found, _ = _follow(SimpleImputer(add_indicator=True).set_output(transform="pandas"), NUMBERS)
    assert [(c.raw, c.kind) for c in found] == [("a", "number"), ("b", "number"), ("b", "missing")]
    found, _ = _follow(MissingIndicator(features="all"), NUMBERS)
    assert [(c.raw, c.kind) for c in found] == [("a", "missing"), ("b", "missing")]
    bins = KBinsDiscretizer(3, encode="onehot", quantile_method="averaged_inverted_cdf")
    assert [c.raw for c in _follow(bins, CITIES[["floor"]])[0]] == ["floor"] * 3


def test_a_function_without_names_asks_for_them() -> None:
    nameless = FunctionTransformer(lambda rows: np.hstack([rows, rows])).fit(NUMBERS[["a"]])
    with pytest.raises(Unsupported, match="FunctionTransformer doesn't say what columns it makes; give it feature_nam"):
        trace([nameless], raw_columns(["a"]))
    named = FunctionTransformer(
        lambda rows: np.hstack([rows, rows]), feature_names_out=lambda _, names: [*names, "again"]
    )
    assert [c.raw for c in _follow(named, NUMBERS[["a"]])[0]] == ["a", "a"]
    one_to_one = FunctionTransformer(lambda rows: rows * 2, feature_names_out="one-to-one")
    assert [(c.raw, c.kind) for c in _follow(one_to_one, NUMBERS)[0]] == [("a", "opaque"), ("b", "opaque")]


def _last(name: str) -> Any:
    if name == "net":
        return MLPClassifier((4,), solver="lbfgs", max_iter=15, max_fun=15_000, random_state=0)
    return LogisticRegression() if name == "logistic" else RandomForestClassifier(5, max_depth=4, random_state=0)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("logistic", "linear"),
        ("logistic", "shap"),
        ("logistic", "lime"),
        ("logistic", "eli5"),
        ("forest", "walk"),
        ("forest", "shap"),
        ("forest", "eli5"),
        ("net", "shap"),
        ("net", "lime"),
    ],
)
def test_sparse_output_changes_no_number(name: str, method: str, rows_of: Rows) -> None:
    rows = rows_of("lightgbm").fillna({"age": 0.0})
    truth = (rows["amount"] > 20) ^ (rows["channel"] == "app")
    answers = []
    for sparse, threshold in ((True, 1.0), (False, 0.0)):
        coder = ColumnTransformer(
            [("categories", OneHotEncoder(sparse_output=sparse, handle_unknown="ignore"), ["channel", "city"])],
            remainder=StandardScaler(),
            sparse_threshold=threshold,
        )
        model = make_pipeline(coder, _last(name)).fit(rows, truth)
        model.steps[-1] = (model.steps[-1][0], answers[0][0] if answers else model.steps[-1][1])  # the same weights
        answers.append((model.steps[-1][1], explain(model, rows.iloc[:2], rows.iloc[50:], method=method)))
    for one, other in zip(answers[0][1], answers[1][1], strict=True):
        assert one.values == pytest.approx(other.values, abs=1e-9)
        assert (one.base, one.score) == pytest.approx((other.base, other.score), abs=1e-12)
