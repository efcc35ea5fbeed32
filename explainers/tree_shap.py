"""Exact TreeSHAP of scikit-learn's trees, and of boosters at the end of a Pipeline, through the shap library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import Unit, Unsupported
from explainers.kept import Shelf
from explainers.opened import opened, unit_of
from explainers.subject import Subject

EXPLAINERS = Shelf()


def tree_shap(subject: Subject, rows: pd.DataFrame, class_index: int) -> tuple[np.ndarray, float, Unit]:
    """Return values (rows, raw columns), base and unit. Raises `Unsupported` for trees that shap gets wrong."""
    door = opened(subject)
    door.check_unmixed("exact TreeSHAP")
    if getattr(door.model, "is_categorical_", None) is not None:
        raise Unsupported("shap's TreeExplainer misreads the categorical splits of HistGradientBoosting")
    explainer = EXPLAINERS.get(door.model, "tree", lambda: _explainer(door.model))
    found = np.asarray(explainer.shap_values(door.matrix(rows), check_additivity=False), dtype=np.float64)
    one, base = _of_class(found, np.ravel(explainer.expected_value), class_index)
    return door.fold(one).to_numpy(), base, unit_of(door)


def _explainer(model: Any) -> Any:
    import shap

    try:
        return shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    except Exception as error:  # shap raises exceptions of many kinds, some of them bare
        raise Unsupported(f"shap's TreeExplainer can't read {type(model).__name__}: {error}") from error


def _of_class(found: np.ndarray, expected: np.ndarray, class_index: int) -> tuple[np.ndarray, float]:
    if found.ndim == 3:
        return found[:, :, class_index], float(expected[class_index])
    sign = 1.0 if class_index == 1 else -1.0
    return sign * found, sign * float(expected[-1])
