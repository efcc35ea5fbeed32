"""Exact TreeSHAP in raw columns: of any trees that can be stacked, and by the shap library of those that can't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.background_shapley import background_shapley
from explainers.explanation import Unit, Unsupported
from explainers.forests.arrays import Forest
from explainers.forests.read import forest_of
from explainers.forests.scores import forest_scores, ready
from explainers.kept import Shelf
from explainers.opened import Opened, opened, unit_of
from explainers.path_layout import Layout, layout_of
from explainers.path_shapley import path_shapley
from explainers.subject import Subject
from explainers.walk import door_of

LAYOUTS = Shelf()
EXPLAINERS = Shelf()


@dataclass(frozen=True, eq=False)
class TreeShares:
    """Shapley values (rows, raw columns) in a unit; with the base they add up to the score."""

    values: np.ndarray
    base: float
    unit: Unit


def along_paths(subject: Subject, rows: pd.DataFrame, class_index: int) -> TreeShares:
    """Return values whose unknown columns are weighed by the training rows on either side of their splits.

    A raw column is known or unknown with all that its encoders made of it. Raises `Unsupported` for models without
    trees that can be stacked.
    """
    door, forest, layout = _opened(subject, class_index)
    found = path_shapley(layout, ready(forest, door.matrix(rows)))
    return TreeShares(_wide(found, subject), layout.base, forest.unit)


def against(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> TreeShares:
    """Return values whose unknown columns take those of the background rows; the base is these rows' mean score.

    Raises `Unsupported` for models without trees that can be stacked.
    """
    door, forest, layout = _opened(subject, class_index)
    others = ready(forest, door.matrix(background))
    found = background_shapley(layout, ready(forest, door.matrix(rows)), others)
    return TreeShares(_wide(found, subject), float(forest_scores(forest, others).mean()), forest.unit)


def by_library(subject: Subject, rows: pd.DataFrame, class_index: int) -> TreeShares:
    """Return the shap library's values along the paths. Raises `Unsupported` for trees that it gets wrong."""
    door = opened(subject)
    door.check_unmixed("exact TreeSHAP")
    if getattr(door.model, "is_categorical_", None) is not None:
        raise Unsupported("shap's TreeExplainer misreads the categorical splits of HistGradientBoosting")
    explainer = EXPLAINERS.get(door.model, "tree", lambda: _explainer(door.model))
    found = np.asarray(explainer.shap_values(door.matrix(rows), check_additivity=False), dtype=np.float64)
    one, base = _of_class(found, np.ravel(explainer.expected_value), class_index)
    return TreeShares(door.fold(one).to_numpy(), base, unit_of(door))


def _opened(subject: Subject, class_index: int) -> tuple[Opened, Forest, Layout]:
    door = door_of(subject)
    door.check_unmixed("exact TreeSHAP")
    forest = forest_of(door.model, class_index)
    player_of = players_of(door)
    key = (class_index, player_of.tobytes())
    return door, forest, LAYOUTS.get(door.model, key, lambda: layout_of(forest, player_of))


def players_of(door: Opened) -> np.ndarray:
    """Return the place among the raw columns of each encoded column's own."""
    place = {name: i for i, name in enumerate(door.subject.columns)}
    return np.array([place[column.raw] for column in door.encoded], dtype=np.int64)


def _wide(found: np.ndarray, subject: Subject) -> np.ndarray:
    """Return values with a column for each raw one: the last may have none that is encoded."""
    return np.pad(found, ((0, 0), (0, len(subject.columns) - found.shape[1])))


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
