"""How the model under test is loaded. `load_model` is yours to edit; a later export keeps your edits.

As it stands it opens the file that the environment variable OBVIOUS_MODEL names, by its extension.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Predict = Callable[[pd.DataFrame], Any]

# Types that a skops file may hold beside those that skops trusts itself. Every one was read; nothing else is loaded.
REVIEWED = [
    "catboost.core.CatBoostClassifier",
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
]


def load_model() -> Predict:
    """Return a function that takes a DataFrame and answers with probabilities, a row each.

    The answer is a DataFrame whose columns are the classes, or an array with its columns in the order of the
    cases' `model.classes`.
    """
    path = os.environ.get("OBVIOUS_MODEL")
    if not path:
        pytest.exit("found: no OBVIOUS_MODEL; needed: a model; do: set it to the model's file or edit load_model", 2)
    if not Path(path).is_file():
        pytest.exit(f"found: no file {path!r}; needed: a model; do: set OBVIOUS_MODEL to the model's file", 2)
    opener = OPENERS.get(Path(path).suffix.lower())
    if opener is None:
        pytest.exit(f"found: the model {path!r}; needed: one of {', '.join(OPENERS)}; do: edit load_model", 2)
    return opener(path)


def in_order(rows: pd.DataFrame, names: Any) -> pd.DataFrame:
    """Return the columns that the model names, in its order; all of them where it names none of them."""
    names = [] if names is None else list(names)
    return rows[names] if set(names) & set(rows.columns) else rows


def by_class(answer: Any, classes: Any) -> pd.DataFrame:
    """Return probabilities with their classes as columns."""
    return pd.DataFrame(np.asarray(answer), columns=pd.Index(np.asarray(classes).tolist(), dtype=object))


def two_columns(answer: Any) -> np.ndarray:
    """Return a booster's answer as one column a class; with two classes it gives the second one alone."""
    answer = np.asarray(answer, dtype=float)
    return np.column_stack([1 - answer, answer]) if answer.ndim == 1 else answer


def open_skops(path: str) -> Predict:
    """Open a scikit-learn compatible model."""
    from skops.io import load

    model = load(path, trusted=REVIEWED)
    names = getattr(model, "feature_names_in_", None)
    return lambda rows: by_class(model.predict_proba(in_order(rows, names)), model.classes_)


def open_lightgbm(path: str) -> Predict:
    """Open a LightGBM text model; it stores no class names, so its columns go by place."""
    import lightgbm

    model = lightgbm.Booster(model_file=path)

    def predict(rows: pd.DataFrame) -> np.ndarray:
        named = rows.rename(columns=lambda name: name.replace(" ", "_"))  # as LightGBM does when it learns
        return two_columns(model.predict(in_order(named, model.feature_name())))

    return predict


def open_xgboost(path: str) -> Predict:
    """Open an XGBoost model; it stores no class names, so its columns go by place."""
    import xgboost

    model = xgboost.Booster(model_file=path)

    def predict(rows: pd.DataFrame) -> np.ndarray:
        matrix = xgboost.DMatrix(in_order(rows, model.feature_names), enable_categorical=True)
        return two_columns(model.predict(matrix))

    return predict


def open_catboost(path: str) -> Predict:
    """Open a CatBoost model."""
    import catboost

    model = catboost.CatBoostClassifier().load_model(path)
    return lambda rows: by_class(model.predict_proba(in_order(rows, model.feature_names_)), model.classes_)


def open_onnx(path: str) -> Predict:
    """Open an ONNX classifier that reads one matrix, or one input a column."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def predict(rows: pd.DataFrame) -> Any:
        answer = session.run(None, onnx_inputs(session, rows))[-1]
        if isinstance(answer, list):  # one dictionary a row, class -> probability
            return pd.DataFrame(answer)
        return two_columns(answer[:, 0] if answer.shape[-1] == 1 else answer)

    return predict


def onnx_inputs(session: Any, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the session's inputs: the column of that name, or the whole frame where there is one input only."""
    kinds = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}
    fed = {}
    for entry in session.get_inputs():
        part = rows[[entry.name]] if entry.name in rows.columns else rows
        values = part.astype(object) if entry.type == "tensor(string)" else part
        fed[entry.name] = values.to_numpy(dtype=kinds.get(entry.type, object))
    return fed


OPENERS: dict[str, Callable[[str], Predict]] = {
    ".skops": open_skops,
    ".txt": open_lightgbm,
    ".json": open_xgboost,
    ".ubj": open_xgboost,
    ".cbm": open_catboost,
    ".onnx": open_onnx,
}


@pytest.fixture(scope="session")
def predict_proba() -> Predict:
    """Return the model's probabilities for the rows of a frame."""
    return load_model()
