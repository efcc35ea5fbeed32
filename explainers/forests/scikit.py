"""scikit-learn's trees as arrays: decision trees, forests, gradient boosting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from explainers.explanation import Unit, Unsupported
from explainers.forests.arrays import Forest, Tree, averaged, stack


def read_forest(model: Any, class_index: int) -> Forest:
    """Return a decision tree or a forest in probabilities: its nodes store the share of each class."""
    members = getattr(model, "estimators_", [model])
    if getattr(model, "n_outputs_", 1) != 1:
        raise Unsupported(f"{type(model).__name__} answers several targets at once; explain a model of one target")
    shares = [m.tree_.value[:, 0, :] for m in members]
    trees = [replace(_tree(m.tree_, s[:, class_index]), mix=s) for m, s in zip(members, shares, strict=True)]
    return stack(trees, weight=1 / len(trees), offset=0.0, unit="probability", precision=np.float32)


def read_boosting(model: Any, class_index: int) -> Forest:
    """Return gradient boosting in log-odds (binary) or in the class's margin."""
    binary = model.estimators_.shape[1] == 1
    if model.loss != "log_loss":
        raise Unsupported(f"gradient boosting with loss={model.loss!r} has no log-odds; train it with log_loss")
    sign = -1.0 if binary and class_index == 0 else 1.0
    column = 0 if binary else class_index
    rate = sign * model.learning_rate
    trees = [averaged(_tree(m.tree_, rate * m.tree_.value[:, 0, 0])) for m in model.estimators_[:, column]]
    unit: Unit = "log-odds" if binary else "margin"
    return stack(trees, weight=1.0, offset=sign * _start(model, column), unit=unit, precision=np.float32)


def _start(model: Any, column: int) -> float:
    """Return the score before the first tree; it doesn't depend on the row unless `init` is a model of its own."""
    if model.init not in (None, "zero"):
        raise Unsupported("GradientBoostingClassifier starts from another model (init=...), whose answer has no trees")
    anything = np.zeros((1, model.n_features_in_), dtype=np.float32)
    return float(np.ravel(model._raw_predict_init(anything))[column])


def _tree(tree: Any, value: np.ndarray) -> Tree:
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        feature=tree.feature,
        threshold=tree.threshold,
        missing_left=tree.missing_go_to_left.astype(bool),
        value=value,
        count=tree.weighted_n_node_samples,
        rows=tree.n_node_samples,
        goes_left={},
    )
