"""The boosters' own exact Shapley contributions (TreeSHAP, Lundberg 2020), in raw columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import Unsupported


def booster_contributions(subject: Any, rows: pd.DataFrame, class_index: int) -> tuple[np.ndarray, float]:
    """Return contributions (rows, columns) in raw score, and the base. Raises `Unsupported` for other libraries."""
    library = type(subject.estimator).__module__.partition(".")[0]
    if library not in _ASK:
        raise Unsupported(f"{type(subject.estimator).__name__} has no contributions of its own")
    found = _ASK[library](subject, rows)
    return _of_class(found.reshape(len(rows), -1, len(subject.columns) + 1), class_index)


def has_contributions(subject: Any) -> bool:
    """Return True when the library itself answers contributions for this subject."""
    return type(subject.estimator).__module__.partition(".")[0] in _ASK


def _of_class(found: np.ndarray, class_index: int) -> tuple[np.ndarray, float]:
    """Return one class of (rows, classes, columns and base); a binary model stores the event's alone."""
    binary = found.shape[1] == 1
    one = found[:, 0 if binary else class_index].astype(np.float64)
    one = -one if binary and class_index == 0 else one
    return one[:, :-1], float(one[0, -1]) if len(one) else 0.0


def _lightgbm(subject: Any, rows: pd.DataFrame) -> np.ndarray:
    found = subject.booster.predict(subject.prepared(rows), pred_contrib=True)
    return np.asarray(subject.share * found)


def _xgboost(subject: Any, rows: pd.DataFrame) -> np.ndarray:
    rounds = (0, subject.rounds)
    return np.asarray(subject.booster.predict(subject.dmatrix(rows), pred_contribs=True, iteration_range=rounds))


def _catboost(subject: Any, rows: pd.DataFrame) -> np.ndarray:
    return np.asarray(subject.estimator.get_feature_importance(subject.pool(rows), type="ShapValues"))


_ASK = {"lightgbm": _lightgbm, "xgboost": _xgboost, "catboost": _catboost}
