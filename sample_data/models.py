"""The four models that were trained on the training table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import Booster, Dataset, train
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sample_data.features import CATEGORICAL, FEATURES, NUMERIC, REFUNDS
from sample_data.settings import Settings

TARGET = "is_fraud"
THRESHOLD = 0.3
BOOSTING = {
    "objective": "binary", "learning_rate": 0.06, "num_leaves": 15, "min_data_in_leaf": 60, "feature_fraction": 0.7,
    "verbosity": -1, "deterministic": True, "force_row_wise": True, "num_threads": 1,
}  # fmt: skip


def train_forest(training: pd.DataFrame, settings: Settings) -> Pipeline:
    """Return the live model. One thread when it scores, so that sums come in one order."""
    forest = RandomForestClassifier(
        settings.trees, min_samples_leaf=8, max_depth=11, max_features=0.35, n_jobs=2, random_state=settings.seed
    )
    fitted = _fitted(make_pipeline(_encoder(SimpleImputer(strategy="constant", fill_value=-1.0)), forest), training)
    return fitted.set_params(randomforestclassifier__n_jobs=None)


def train_logistic(training: pd.DataFrame) -> Pipeline:
    """Return the plainest of the four."""
    return _fitted(make_pipeline(_encoder(_scaled()), LogisticRegression(max_iter=2_000)), training)


def train_neural(training: pd.DataFrame, settings: Settings) -> Pipeline:
    """Return a small neural net, still as a pipeline of scikit-learn."""
    net = MLPClassifier(
        (24, 12), alpha=1e-3, batch_size=256, early_stopping=True, n_iter_no_change=4, random_state=settings.seed
    )
    return _fitted(make_pipeline(_encoder(_scaled()), net), training)


def train_candidate(training: pd.DataFrame, settings: Settings) -> Booster:
    """Return the gradient boosting that may replace the live model. It learned categories from a frame."""
    columns = [*FEATURES, REFUNDS]
    rows = training[columns].astype(dict.fromkeys(CATEGORICAL, "category"))
    return train(BOOSTING | {"seed": settings.seed}, Dataset(rows, training[TARGET]), num_boost_round=settings.trees)


def to_onnx(net: Pipeline) -> bytes:
    """Return the net as ONNX, with one input a column and plain probabilities."""
    from skl2onnx import to_onnx as convert
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType

    inputs = [(name, FloatTensorType([None, 1])) for name in NUMERIC]
    inputs += [(name, StringTensorType([None, 1])) for name in CATEGORICAL]
    converted = convert(net, initial_types=inputs, options={"zipmap": False}, target_opset=18)
    return converted.SerializeToString(deterministic=True)


def event_probability(model: Pipeline, rows: pd.DataFrame) -> np.ndarray:
    """Return the probability of fraud for each row."""
    return model.predict_proba(rows[list(FEATURES)])[:, 1]


def write_booster(booster: Booster, path: Path) -> None:
    """Write the candidate as LightGBM's own text."""
    path.write_text(booster.model_to_string(), encoding="utf-8")


def _fitted(model: Pipeline, training: pd.DataFrame) -> Pipeline:
    return model.fit(training[list(FEATURES)], training[TARGET])


def _scaled() -> Pipeline:
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler())


def _encoder(numbers: Any) -> ColumnTransformer:
    kinds = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("numbers", numbers, list(NUMERIC)), ("kinds", kinds, list(CATEGORICAL))])
