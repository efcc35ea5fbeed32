"""XGBoost's trees as arrays, read from the model's own JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from explainers.explanation import Unit, Unsupported
from explainers.forests.arrays import Forest, Tree, averaged, stack


def read_xgboost(booster: Any, class_index: int, rounds: int) -> Forest:
    """Return an XGBoost Booster in log-odds (binary) or in the class's margin."""
    learner = json.loads(bytes(booster.save_raw("json")))["learner"]
    model, weights = _ensemble(learner["gradient_booster"])
    many = int(learner["learner_model_param"]["num_class"]) > 1
    sign = -1.0 if not many and class_index == 0 else 1.0
    last = model["iteration_indptr"][rounds]
    groups = model["tree_info"][:last]
    asked = [i for i, group in enumerate(groups) if not many or group == class_index]
    codes = max((len(c["offsets"]) for c in model.get("cats", {}).get("enc", [])), default=0)
    trees = [averaged(_tree(model["trees"][i], sign * weights.get(i, 1.0), codes)) for i in asked]
    start = _starts(learner["learner_model_param"]["base_score"])
    offset = start[class_index % len(start)] if many else sign * float(np.log(start[0] / (1 - start[0])))
    unit: Unit = "margin" if many else "log-odds"
    return stack(trees, weight=1.0, offset=offset, unit=unit, compare="<", precision=np.float32)


def _ensemble(booster: dict[str, Any]) -> tuple[dict[str, Any], dict[int, float]]:
    """Return the stored trees, and the weights that dart gave them; `Unsupported` for what has no such trees."""
    if booster["name"] == "gblinear":
        raise Unsupported("the walk follows trees, and XGBoost's gblinear has none; use shap")
    model = booster["gbtree"]["model"] if booster["name"] == "dart" else booster["model"]
    if any(int(tree["tree_param"]["size_leaf_vector"]) > 1 for tree in model["trees"]):
        raise Unsupported("the walk follows trees of one class each; these leaves answer all classes at once; use shap")
    return model, dict(enumerate(booster.get("weight_drop", [])))


def _starts(text: str) -> list[float]:
    return [float(part) for part in text.strip("[]").split(",")]


def _tree(stored: dict[str, Any], sign: float, codes: int) -> Tree:
    left = np.array(stored["left_children"])
    leaf = left < 0
    conditions = np.array(stored["split_conditions"], dtype=np.float32).astype(np.float64)
    return Tree(
        left=left,
        right=np.array(stored["right_children"]),
        feature=np.array(stored["split_indices"]),
        threshold=conditions,
        missing_left=np.array(stored["default_left"], dtype=bool),
        value=np.where(leaf, sign * conditions, 0.0),
        count=np.array(stored["sum_hessian"], dtype=np.float64),
        rows=np.full(len(left), np.nan),
        goes_left=_category_sets(stored, codes),
    )


def _category_sets(stored: dict[str, Any], codes: int) -> dict[int, np.ndarray]:
    """Return who goes left at each categorical node: XGBoost stores the codes that go right, and the rest goes left."""
    nodes, starts, sizes = (stored[k] for k in ("categories_nodes", "categories_segments", "categories_sizes"))
    out = {}
    for node, start, size in zip(nodes, starts, sizes, strict=True):
        right = stored["categories"][start : start + size]
        goes_left = np.ones(max(codes, max(right) + 1), dtype=bool)
        goes_left[right] = False
        out[int(node)] = goes_left
    return out
