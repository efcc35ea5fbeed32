"""The models of the zoo, each with its rows, and what each method says to each of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest

from tests.explainers.zoo import MODELS as PLAIN
from tests.explainers.zoo import NUMBERS, full_table, holed_table, scaled_numbers
from tests.explainers.zoo_wrapped import ON_NUMBERS, WRAPPED

os.environ.setdefault("OMP_NUM_THREADS", "1")  # on 500 rows threads wait for each other longer than they work

MODELS: dict[str, Callable[[], Any]] = {**PLAIN, **WRAPPED}


# which method refuses which model, and what it says; every other pair of the two works
NOT_LINEAR = "isn't linear, it has no terms"
NO_TREES = "the walk follows trees"
NOT_FOR_ELI5 = "eli5 can't explain"
PRODUCTS = "PolynomialFeatures mixes 4 columns"
NO_PROBABILITIES = "answers no probabilities"


def _closed(reason: str) -> dict[str, str]:
    """Return the refusals of a wrapper, which name it and what is inside."""
    return dict.fromkeys(("walk", "linear", "eli5"), reason)


REFUSALS: dict[str, dict[str, str]] = {
    "tree": {"linear": NOT_LINEAR},
    "forest": {"linear": NOT_LINEAR},
    "extra trees, 3 classes": {"linear": NOT_LINEAR},
    "boosting": {"linear": NOT_LINEAR},
    "boosting, 3 classes": {"linear": NOT_LINEAR, "eli5": "more than two classes"},
    "histogram, categories": {"linear": NOT_LINEAR, "eli5": NOT_FOR_ELI5},
    "histogram, 3 classes": {"linear": NOT_LINEAR, "eli5": NOT_FOR_ELI5},
    "pipeline of histogram": {"linear": NOT_LINEAR, "eli5": NOT_FOR_ELI5},
    "pipeline of forest": {"linear": NOT_LINEAR},
    "pipeline of logistic": {"walk": NO_TREES},
    "pipeline of logistic, 3 classes": {"walk": NO_TREES},
    "logistic": {"walk": NO_TREES},
    "pipeline of net": {"walk": NO_TREES, "linear": NOT_LINEAR, "eli5": NOT_FOR_ELI5},
    "neighbours": {"walk": NO_TREES, "linear": NOT_LINEAR, "eli5": NOT_FOR_ELI5},
    "lightgbm": {"linear": NOT_LINEAR},
    "lightgbm, 3 classes": {"linear": NOT_LINEAR},
    "xgboost": {"linear": NOT_LINEAR, "eli5": "categorical splits"},
    "xgboost, 3 classes": {"linear": NOT_LINEAR, "eli5": "categorical splits"},
    "xgboost, numbers": {"linear": NOT_LINEAR},
    "catboost": {"walk": "can't read CatBoost's trees", "linear": NOT_LINEAR, "eli5": "a CatBoost model doesn't show"},
    "catboost, numbers": {"linear": NOT_LINEAR, "eli5": "a CatBoost model doesn't show"},
    "onnx net": {"walk": "can't read an ONNX graph", "linear": NOT_LINEAR, "eli5": "an ONNX model doesn't show"},
    "pipeline of components and logistic": {"walk": NO_TREES},
    "pipeline of components and forest": {"linear": NOT_LINEAR},
    "pipeline of products and logistic": {"walk": NO_TREES, "linear": PRODUCTS, "eli5": PRODUCTS},
    "pipeline of target codes and forest": {"linear": NOT_LINEAR},
    "pipeline of linear SVC": {"walk": NO_TREES, "lime": NO_PROBABILITIES, "eli5": NOT_FOR_ELI5},
    "SVC": {"walk": NO_TREES, "lime": NO_PROBABILITIES, "linear": NOT_LINEAR, "eli5": NOT_FOR_ELI5},
    "pipeline of calibrated linear SVC": {"walk": NO_TREES, "eli5": "doesn't see the sigmoid"},
    "pipeline of calibrated forests": _closed("CalibratedClassifierCV recalibrates RandomForestClassifier"),
    "voting": _closed("VotingClassifier joins the votes of RandomForestClassifier, LogisticRegression"),
    "stacking": _closed(
        "StackingClassifier learns from the answers of DecisionTreeClassifier, RandomForestClassifier, "
        "LogisticRegression"
    ),
    "bagging": _closed("BaggingClassifier averages copies of DecisionTreeClassifier"),
    "adaboost": _closed("AdaBoostClassifier weighs the votes of DecisionTreeClassifier"),
    "pipeline of one against rest, 3 classes": _closed("OneVsRestClassifier asks, class by class, LogisticRegression"),
    "pipeline of a search for a forest": {"linear": NOT_LINEAR},
    "threshold over logistic": {"walk": NO_TREES},
    "dummy": {"walk": NO_TREES, "linear": NOT_LINEAR, "eli5": NOT_FOR_ELI5},
}
METHODS = ("walk", "shap", "lime", "linear", "eli5")
PAIRS = [(name, method) for name in MODELS for method in METHODS if method not in REFUSALS[name]]


@cache
def fitted(name: str) -> Any:
    """Return the model of that name, fitted once a session."""
    return MODELS[name]()


def rows_for(name: str) -> pd.DataFrame:
    """Return the table that the model of that name reads."""
    bare = ("tree", "forest", "extra trees, 3 classes", "boosting", "boosting, 3 classes", "neighbours", "onnx net")
    bare += ("xgboost, numbers", "catboost, numbers", *ON_NUMBERS)
    if name in ("logistic", "threshold over logistic"):
        return scaled_numbers()
    return full_table()[NUMBERS] if name in bare else holed_table()


@pytest.fixture
def fit() -> Callable[[str], Any]:
    """Return the function that gives a model by its name."""
    return fitted


@pytest.fixture
def rows_of() -> Callable[[str], pd.DataFrame]:
    """Return the function that gives the rows that the model of a name reads."""
    return rows_for


@pytest.fixture(params=list(MODELS))
def model_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def model(model_name: str) -> Any:
    return fitted(model_name)


@pytest.fixture
def table(model_name: str) -> pd.DataFrame:
    return rows_for(model_name)


@pytest.fixture
def refusals() -> dict[str, dict[str, str]]:
    """Return what each model's refusals say, by method."""
    return REFUSALS


@pytest.fixture(params=PAIRS, ids="-".join)
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return a model's name and a method that serves it."""
    return request.param


@pytest.fixture(params=[name for name, method in PAIRS if method == "walk"])
def walked_name(request: pytest.FixtureRequest) -> str:
    """Return the name of a model whose trees can be walked."""
    return request.param
