"""One door to fitted models of every library: what explainers and scans ask of a model."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Literal, Protocol, cast, runtime_checkable

import numpy as np
import pandas as pd

from explainers.explanation import Unsupported
from explainers.wrappers import last_step

Family = Literal["trees", "linear", "neural", "other", "scores", "endpoint"]

# library -> the file that opens its models; a file is imported when the first model of its library comes
OPENERS: dict[str, str] = {
    "lightgbm": "explainers.subjects.lightgbm",
    "xgboost": "explainers.subjects.xgboost",
    "catboost": "explainers.subjects.catboost",
    "onnxruntime": "explainers.subjects.onnx",
    "sklearn": "explainers.subjects.scikit",
}

KINDS = {
    "lightgbm": "a LightGBM model",
    "xgboost": "an XGBoost model",
    "catboost": "a CatBoost model",
    "onnxruntime": "an ONNX model",
}


@runtime_checkable
class Subject(Protocol):
    """A fitted classifier behind one interface. `subject_of(estimator)` makes one from any supported object."""

    estimator: Any  # the library's own object: a Pipeline, a Booster, an InferenceSession, ...
    family: Family
    classes: tuple[Any, ...]  # in the order of the probabilities; a native booster that stores none has 0..n-1
    columns: tuple[str, ...]  # the raw columns it reads, in its own order

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the model's columns with the dtypes and category order it learned; never changes `rows`."""

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return probabilities, shape (rows, classes), for a frame that holds at least `columns`."""


def subject_of(estimator: Any, *, columns: Sequence[str] | None = None) -> Subject:
    """Return the fitted classifier as a `Subject`; a `Subject` comes back as it is.

    `columns` names the inputs of a model that stores no names of its own (one fitted on an array). Raises
    `Unsupported` for what is no fitted classifier.
    """
    if isinstance(estimator, Subject):
        return estimator
    module = import_module(OPENERS.get(_library(estimator), "explainers.subjects.anything"))
    subject = cast("Subject", module.open_estimator(estimator, columns))
    if len(subject.classes) < 2:
        raise Unsupported(
            f"{kind_of(subject)} learned one class only ({subject.classes[0]!r}) and answers it for every row, so "
            "there is nothing to explain; train it on rows of both classes"
        )
    return subject


def onnx_subject(data: bytes, *, columns: Sequence[str] | None = None) -> Subject:
    """Return the classifier that an ONNX file's bytes hold."""
    module = import_module("explainers.subjects.onnx")
    return cast("Subject", module.open_bytes(data, columns))


def kind_of(subject: Subject) -> str:
    """Return what to call the model in a sentence."""
    last = last_step(subject.estimator)
    return KINDS.get(_library(last), type(last).__name__)


def _library(estimator: Any) -> str:
    """Return the first of our libraries in the order in which the estimator's class inherits."""
    roots = [kind.__module__.partition(".")[0] for kind in type(estimator).__mro__]
    return next((r for r in roots if r in OPENERS), "")
