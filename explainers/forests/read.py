"""Which reader turns a fitted model into stacked trees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explainers.explanation import Unsupported
from explainers.forests.arrays import Forest
from explainers.kept import Shelf
from explainers.wrappers import why_closed

FORESTS = Shelf()


def forest_of(model: Any, class_index: int) -> Forest:
    """Return the model's trees for one class, stacked once and kept while the model lives."""
    reader = reader_of(model)
    return FORESTS.get(model, class_index, lambda: reader(model, class_index))


def reader_of(model: Any) -> Callable[[Any, int], Forest]:
    """Return the function that reads this model's trees, or raise `Unsupported` with the reason."""
    for kind in type(model).__mro__:
        if kind.__name__ in _READERS:
            return _READERS[kind.__name__]
    if type(model).__module__.startswith("onnxruntime"):
        raise Unsupported(
            "the walk can't read an ONNX graph's trees; use shap or lime, or open the model in its own format"
        )
    raise Unsupported(
        why_closed(model) or f"the walk follows trees, and {type(model).__name__} has none; use shap or lime"
    )


def _forest(model: Any, class_index: int) -> Forest:
    from explainers.forests.scikit import read_forest

    return read_forest(model, class_index)


def _boosting(model: Any, class_index: int) -> Forest:
    from explainers.forests.scikit import read_boosting

    return read_boosting(model, class_index)


def _histogram(model: Any, class_index: int) -> Forest:
    from explainers.forests.histogram import read_histogram

    return read_histogram(model, class_index)


def _lightgbm(model: Any, class_index: int) -> Forest:
    from explainers.forests.lightgbm import read_lightgbm

    return read_lightgbm(getattr(model, "booster_", model), class_index)


def _xgboost(model: Any, class_index: int) -> Forest:
    from explainers.forests.xgboost import read_xgboost
    from explainers.subjects.xgboost import rounds_of

    booster = model.get_booster() if hasattr(model, "get_booster") else model
    return read_xgboost(booster, class_index, rounds_of(model, booster))


def _catboost(model: Any, class_index: int) -> Forest:
    from explainers.forests.catboost import read_catboost

    return read_catboost(model, class_index)


_READERS: dict[str, Callable[[Any, int], Forest]] = {
    "DecisionTreeClassifier": _forest,
    "RandomForestClassifier": _forest,
    "ExtraTreesClassifier": _forest,
    "ExtraTreeClassifier": _forest,
    "GradientBoostingClassifier": _boosting,
    "HistGradientBoostingClassifier": _histogram,
    "LGBMClassifier": _lightgbm,
    "XGBClassifier": _xgboost,
    "CatBoost": _catboost,
    "Booster": lambda model, index: (_lightgbm if hasattr(model, "model_to_string") else _xgboost)(model, index),
}
