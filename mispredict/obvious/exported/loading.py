"""How the model under test is loaded. `load_model` is yours to edit; a later export keeps your edits.

As it stands it opens the file that the environment variable OBVIOUS_MODEL names, by its extension.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Predict = Callable[[pd.DataFrame], Any]

# Types that a skops file may hold beside those that skops trusts itself; nothing else is loaded.
REVIEWED = [
    "catboost.core.CatBoostClassifier",
    "collections.OrderedDict",
    "functools.partial",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "numpy.dtype",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.compose._column_transformer.make_column_selector",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.impute._iterative.IterativeImputer",
    "sklearn.impute._iterative._ImputerTriplet",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.model_selection._split.StratifiedKFold",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils.validation.check_array",
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


def by_number(answer: Any) -> pd.DataFrame:
    """Return the answer of a model that only counts its classes; with two of them some give the second one alone."""
    answer = np.asarray(answer, dtype=float)
    answer = answer.reshape(-1) if answer.ndim == 2 and answer.shape[1] == 1 else answer
    answer = np.column_stack([1 - answer, answer]) if answer.ndim == 1 else answer
    return by_class(answer, range(answer.shape[1]))


def open_skops(path: str) -> Predict:
    """Open a scikit-learn compatible model."""
    from skops.io import load

    model = load(path, trusted=REVIEWED)
    names = getattr(model, "feature_names_in_", None)
    return lambda rows: by_class(model.predict_proba(in_order(rows, names)), model.classes_)


def open_lightgbm(path: str) -> Predict:
    """Open a LightGBM text model; it knows its classes by number only."""
    import lightgbm

    model = lightgbm.Booster(model_file=path)

    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        named = rows.rename(columns=lambda name: name.replace(" ", "_"))  # as LightGBM does when it learns
        return by_number(model.predict(in_order(named, model.feature_name())))

    return predict


def open_xgboost(path: str) -> Predict:
    """Open an XGBoost model; it knows its classes by number only."""
    import xgboost

    model = xgboost.Booster(model_file=path)

    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        matrix = xgboost.DMatrix(in_order(rows, model.feature_names), enable_categorical=True)
        return by_number(model.predict(matrix))

    return predict


def open_catboost(path: str) -> Predict:
    """Open a CatBoost model."""
    import catboost

    model = catboost.CatBoostClassifier().load_model(path)
    return lambda rows: by_class(model.predict_proba(in_order(rows, model.feature_names_)), model.classes_)


def open_onnx(path: str) -> Predict:
    """Open an ONNX classifier; the metadata `feature_names` and `classes`, JSON lists, name what it does not say."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    said = {
        name: json.loads(text)
        for name, text in session.get_modelmeta().custom_metadata_map.items()
        if name in ("feature_names", "classes")
    }
    numeric = [
        o.name for o in session.get_outputs() if o.type.startswith(("tensor(float", "tensor(double", "seq(map("))
    ]
    output = next((name for name in numeric if "prob" in name.lower()), numeric[0])

    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        answer = session.run([output], onnx_inputs(session, in_order(rows, said.get("feature_names"))))[0]
        if isinstance(answer, list):  # one dictionary a row, class -> probability
            return pd.DataFrame(answer)
        return by_class(by_number(answer), said["classes"]) if "classes" in said else by_number(answer)

    return predict


def onnx_inputs(session: Any, rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the session's inputs: the column of that name, or the whole frame where there is one input only."""
    kinds = {"float": np.float32, "double": np.float64, "int64": np.int64, "int32": np.int32, "bool": np.bool_}
    fed = {}
    for entry in session.get_inputs():
        part = rows[[entry.name]] if entry.name in rows.columns else rows
        kind = kinds.get(entry.type.removeprefix("tensor(").removesuffix(")"))
        part = part.astype(object).where(part.notna(), "").astype(str) if kind is None else part
        fed[entry.name] = part.to_numpy(dtype=kind or object)
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
