"""A small table with every kind of column, and one fitted model of every kind that the explainers open."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

NUMBERS = ["amount", "age", "speed", "constant"]
CATEGORIES = ["channel", "city"]


@cache
def _table() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    n = 500
    table = pd.DataFrame(
        {
            "amount": rng.lognormal(3, 1, n),
            "channel": pd.Categorical(rng.choice(["web", "app", "shop"], n), categories=["web", "shop", "app"]),
            "age": rng.normal(40, 12, n),
            "city": rng.choice(["Oslo", "Rome", "Lima", "Bonn"], n),
            "speed": rng.normal(size=n),
            "constant": 1.0,
        }
    )
    return table.assign(city=table["city"].astype("category"))


def full_table() -> pd.DataFrame:
    """Return 500 rows with no value missing."""
    return _table().copy()


def holed_table() -> pd.DataFrame:
    """Return the same rows with missing numbers and categories."""
    table = full_table()
    table.loc[::6, "age"] = np.nan
    table.loc[::9, "channel"] = np.nan
    return table


def scaled_numbers() -> pd.DataFrame:
    """Return the numbers, each with mean 0 and spread 1."""
    from sklearn.preprocessing import scale

    return pd.DataFrame(scale(full_table()[NUMBERS]), columns=NUMBERS)


def two_classes() -> np.ndarray:
    table = _table()
    signal = (table["amount"] > 20) ^ (table["channel"] == "app")
    noise = np.random.default_rng(1).random(len(table)) < 0.1
    return (signal ^ noise).to_numpy().astype(int)


def three_classes() -> np.ndarray:
    return two_classes() + ((_table()["age"] > 45) & (_table()["city"] != "Rome")).to_numpy().astype(int)


def encoder(numbers: Any = "passthrough") -> Any:
    """Return the unfitted encoder of the pipelines: one-hot categories, imputed and scaled numbers."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    filled = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    return make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), CATEGORIES), (filled, ["age", "amount"]), remainder=numbers
    )


def piped(model: Any, y: np.ndarray) -> Any:
    """Return the model behind the encoder, fitted on the table with holes."""
    from sklearn.pipeline import make_pipeline

    return make_pipeline(encoder(), model).fit(holed_table(), y)


def _tree() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=5, random_state=0).fit(full_table()[NUMBERS], two_classes())


def _forest() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(15, max_depth=6, random_state=0).fit(full_table()[NUMBERS], two_classes())


def _extra() -> Any:
    from sklearn.ensemble import ExtraTreesClassifier

    model = ExtraTreesClassifier(15, max_depth=6, class_weight="balanced", random_state=0)
    return model.fit(full_table()[NUMBERS], three_classes())


def _boosting(y: np.ndarray) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(n_estimators=10, random_state=0).fit(full_table()[NUMBERS], y)


def _histogram(y: np.ndarray) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=10, min_samples_leaf=5, categorical_features="from_dtype")
    return model.fit(holed_table(), y)


def _histogram_piped() -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    coder = make_column_transformer(
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), CATEGORIES), remainder="passthrough"
    )
    return make_pipeline(coder, HistGradientBoostingClassifier(max_iter=10)).fit(holed_table(), two_classes())


def _forest_piped() -> Any:
    from sklearn.ensemble import RandomForestClassifier

    return piped(RandomForestClassifier(15, max_depth=6, random_state=0), two_classes())


def _logistic(y: np.ndarray) -> Any:
    from sklearn.linear_model import LogisticRegression

    return piped(LogisticRegression(max_iter=500), y)


def _logistic_bare() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(scaled_numbers(), two_classes())


def _net(y: np.ndarray) -> Any:
    import warnings

    from sklearn.neural_network import MLPClassifier

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fifty rounds don't converge, and needn't
        return piped(MLPClassifier((8,), max_iter=50, random_state=0), y)


def _neighbours() -> Any:
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(9).fit(full_table()[NUMBERS], two_classes())


def _lightgbm(y: np.ndarray, objective: dict[str, Any]) -> Any:
    import lightgbm

    settings = {"verbose": -1, "min_data_in_leaf": 5, "num_leaves": 8, "min_data_per_group": 5, **objective}
    booster = lightgbm.train(settings, lightgbm.Dataset(holed_table(), y), 10)
    return lightgbm.Booster(model_str=booster.model_to_string())


def _xgboost(y: np.ndarray, objective: dict[str, Any]) -> Any:
    xgboost = pytest.importorskip("xgboost")
    data = xgboost.DMatrix(holed_table(), y, enable_categorical=True)
    booster = xgboost.train({"max_depth": 4, **objective}, data, 10)
    loaded = xgboost.Booster()
    loaded.load_model(booster.save_raw())
    return loaded


def _xgboost_numbers() -> Any:
    xgboost = pytest.importorskip("xgboost")
    model = xgboost.XGBClassifier(n_estimators=10, max_depth=4, random_state=0)
    return model.fit(full_table()[NUMBERS], two_classes())


def _catboost(y: np.ndarray) -> Any:
    catboost = pytest.importorskip("catboost")
    model = catboost.CatBoostClassifier(iterations=10, depth=4, verbose=0, allow_writing_files=False, thread_count=2)
    return model.fit(_texts(holed_table()), y, cat_features=CATEGORIES)


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{c: ["nan" if pd.isna(v) else v for v in table[c]] for c in CATEGORIES})


def _catboost_numbers() -> Any:
    catboost = pytest.importorskip("catboost")
    model = catboost.CatBoostClassifier(iterations=10, depth=4, verbose=0, allow_writing_files=False, thread_count=2)
    return model.fit(full_table()[NUMBERS], two_classes())


def _onnx() -> Any:
    import warnings

    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from explainers.subject import onnx_subject

    table = full_table()[NUMBERS].astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = make_pipeline(StandardScaler(), MLPClassifier((8,), max_iter=50, random_state=0))
        net.fit(table.to_numpy(), two_classes())
    graph = to_onnx(net, table.to_numpy()[:1], options={"zipmap": False})
    return onnx_subject(graph.SerializeToString(), columns=NUMBERS)


MODELS: dict[str, Callable[[], Any]] = {
    "tree": _tree,
    "forest": _forest,
    "extra trees, 3 classes": _extra,
    "boosting": lambda: _boosting(two_classes()),
    "boosting, 3 classes": lambda: _boosting(three_classes()),
    "histogram, categories": lambda: _histogram(two_classes()),
    "histogram, 3 classes": lambda: _histogram(three_classes()),
    "pipeline of histogram": _histogram_piped,
    "pipeline of forest": _forest_piped,
    "pipeline of logistic": lambda: _logistic(two_classes()),
    "pipeline of logistic, 3 classes": lambda: _logistic(three_classes()),
    "logistic": _logistic_bare,
    "pipeline of net": lambda: _net(two_classes()),
    "neighbours": _neighbours,
    "lightgbm": lambda: _lightgbm(two_classes(), {"objective": "binary"}),
    "lightgbm, 3 classes": lambda: _lightgbm(three_classes(), {"objective": "multiclass", "num_class": 3}),
    "xgboost": lambda: _xgboost(two_classes(), {"objective": "binary:logistic"}),
    "xgboost, 3 classes": lambda: _xgboost(three_classes(), {"objective": "multi:softprob", "num_class": 3}),
    "xgboost, numbers": _xgboost_numbers,
    "catboost": lambda: _catboost(two_classes()),
    "catboost, numbers": _catboost_numbers,
    "onnx net": _onnx,
}
