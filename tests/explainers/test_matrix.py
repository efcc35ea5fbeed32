"""Which method serves which model: the table that the guide prints, and what is said where it doesn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from explainers import EXPLAINERS, Unsupported, explain

NOT_LINEAR = "isn't linear, it has no terms"
NO_TREES = "the walk follows trees"
NOT_FOR_ELI5 = "eli5 can't explain"
MATRIX: dict[str, dict[str, str]] = {
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
    "onnx net": {"walk": "can't read an ONNX graph", "linear": NOT_LINEAR, "eli5": "an ONNX model doesn't show"},
}


@pytest.mark.parametrize("method", list(EXPLAINERS))
def test_each_cell_works_or_says_why_not(
    model_name: str, method: str, fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame]
) -> None:
    model, expected = fit(model_name), MATRIX[model_name].get(method)
    why = EXPLAINERS[method].refusal(model)
    if expected is None:
        assert why is None
    else:
        assert expected in str(why)
        with pytest.raises(Unsupported, match=expected):
            explain(model, rows_of(model_name).iloc[:1], rows_of(model_name), method=method)


def test_an_unknown_method_is_answered_with_the_known_ones(fit: Callable[[str], Any]) -> None:
    with pytest.raises(Unsupported, match=r"no method 'magic'; the methods are walk, shap, lime, linear, eli5"):
        explain(fit("tree"), pd.DataFrame(), pd.DataFrame(), method="magic")


def test_a_class_that_the_model_does_not_have_is_refused(fit: Callable[[str], Any]) -> None:
    with pytest.raises(Unsupported, match="has 2 classes, there is no class number 2"):
        explain(fit("tree"), pd.DataFrame(), pd.DataFrame(), method="walk", class_index=2)
