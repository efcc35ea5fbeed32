"""eli5's weights for one encoded row, read with care: it answers some failures with a field and some with nothing."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from explainers.calibrated import sigmoid_of
from explainers.explanation import Unit, Unsupported
from explainers.forests.read import forest_of
from explainers.opened import Opened

BIAS = "<BIAS>"
# asked before eli5 is imported, which takes seconds; what eli5 itself says of a model is heard when it is asked
READABLE = (
    "DecisionTreeClassifier",
    "RandomForestClassifier",
    "ExtraTreesClassifier",
    "GradientBoostingClassifier",
    "LogisticRegression",
    "SGDClassifier",
    "LGBMClassifier",
    "XGBClassifier",
    "Booster",
)


def check_readable(door: Opened) -> None:
    """Raise `Unsupported` for models that eli5 can't explain, with the reason."""
    name = type(door.model).__name__
    if _library(door) == "xgboost" and any(c.kind == "levels" for c in door.encoded):
        raise Unsupported("eli5 can't read XGBoost's categorical splits; use walk or shap")
    if name == "GradientBoostingClassifier" and len(door.subject.classes) > 2:
        raise Unsupported("eli5 can't read GradientBoostingClassifier with more than two classes; use walk or shap")
    if sigmoid_of(door.model) is not None:
        raise Unsupported(f"eli5 can't explain {name}: it doesn't see the sigmoid; use linear, shap or lime")
    if not any(kind.__name__ in READABLE for kind in type(door.model).__mro__):
        raise Unsupported(f"eli5 can't explain {name}: it reads linear models and few kinds of trees; use shap or lime")


def weights_of(door: Opened, row: np.ndarray, class_index: int, unit: Unit) -> tuple[np.ndarray, float]:
    """Return the weights of one row's encoded columns, and the bias, for one class."""
    found = _ask(_unnamed(door), row)
    if found.error:
        raise Unsupported(f"eli5 can't explain {type(door.model).__name__}: {_first_sentence(found.error)}")
    target, turned = _target(found.targets, _labels(door), class_index)
    weights = np.zeros(len(door.encoded))
    bias = 0.0
    for entry in (*target.feature_weights.pos, *target.feature_weights.neg):
        if entry.feature == BIAS:
            bias += float(entry.weight)
        else:
            weights[int(entry.feature[1:])] += float(entry.weight)
    if turned:
        weights, bias = -weights, (1.0 if unit == "probability" else 0.0) - bias
    return weights, bias + _left_out(door, class_index)


def _ask(model: Any, row: np.ndarray) -> Any:
    import eli5

    names = [f"c{i}" for i in range(len(row))]
    native = {"is_regression": False} if type(model).__module__.startswith("xgboost") and _is_bare(model) else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eli5 drops names, and doubts XGBoost 2: the check of the sum settles both
        return eli5.explain_prediction(model, row, feature_names=names, top=None, **native)


def _unnamed(door: Opened) -> Any:
    """Return the model in a shape that eli5 can feed: it hands XGBoost arrays, which a booster with names refuses."""
    if _library(door) != "xgboost":
        return door.model
    booster = (door.model if _is_bare(door.model) else door.model.get_booster()).copy()
    booster.feature_names = booster.feature_types = None
    return booster


def _left_out(door: Opened, class_index: int) -> float:
    """Return XGBoost's own base score, which eli5 forgets."""
    return forest_of(door.model, class_index).offset if _library(door) == "xgboost" else 0.0


def _target(targets: Any, labels: list[Any], class_index: int) -> tuple[Any, bool]:
    """Return the class's own target, or of two classes the other one, to be turned around."""
    for target in targets:
        if target.target == labels[class_index]:
            return target, False
    if len(labels) == 2 and len(targets) == 1:
        return targets[0], targets[0].target in labels
    raise Unsupported(f"eli5 answered for {[t.target for t in targets]}, not for {labels[class_index]!r}")


def _labels(door: Opened) -> list[Any]:
    """Return the classes as eli5 names them: a bare booster has numbers."""
    if _library(door) == "xgboost" or not hasattr(door.model, "classes_"):
        return list(range(len(door.subject.classes)))
    return list(door.subject.classes)


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0][:200]


def _is_bare(model: Any) -> bool:
    return not hasattr(model, "get_booster")


def _library(door: Opened) -> str:
    return type(door.model).__module__.partition(".")[0]
