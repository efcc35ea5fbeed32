"""The model's own answer, asked of a forest's trees by themselves: at once for few rows, over threads for many."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import answers
from explainers.compiled import over_rows
from explainers.explanation import Unit
from explainers.kept import Shelf
from explainers.opened import Opened

STEPS = 1_000_000  # rows x trees that are worth a thread, some 0.2 s
TREES = Shelf()


def own_answers(door: Opened, rows: pd.DataFrame, class_index: int, unit: Unit) -> np.ndarray:
    """Return the model's own scores of one class, one a row, in the unit asked.

    A bare forest's `predict_proba` spends 50 microseconds a tree on handing it to joblib, and asks one tree after the
    other. Its trees are asked here as it asks them: the library's own code, the same input, the same order of adding
    up, so that the answers are the same to the last bit.
    """
    if unit == "probability" and _is_plain_forest(door):
        with suppress(ValueError):  # the model can't read these rows: the usual way says which column is to blame
            return _by_tree(door.model, door.subject.inputs(rows), class_index)
    return answers(door.subject, rows, class_index, unit)


def _is_plain_forest(door: Opened) -> bool:
    """Return True for a forest that stands alone and answers as scikit-learn's own ones do."""
    if door.subject.estimator is not door.model or not hasattr(door.model, "estimators_"):
        return False
    from sklearn.ensemble import RandomForestClassifier

    return getattr(type(door.model), "predict_proba", None) is RandomForestClassifier.predict_proba


def _by_tree(forest: Any, inputs: Any, class_index: int) -> np.ndarray:
    numbers = _numbers(forest, inputs)
    trees = TREES.get(forest, "trees", lambda: [member.tree_ for member in forest.estimators_])
    total = np.zeros(len(numbers))

    def ask(start: int, stop: int) -> None:
        part, own = numbers[start:stop], total[start:stop]
        for tree in trees:
            own += tree.predict(part)[:, class_index]

    over_rows(ask, len(numbers), least=max(1, STEPS // len(trees)))
    total /= len(trees)
    return total


def _numbers(forest: Any, inputs: Any) -> np.ndarray:
    """Return the inputs as the forest converts them, to 32 bits; it checks them itself where they aren't finite."""
    with np.errstate(over="ignore"):  # what is too large for 32 bits becomes infinite, which the forest refuses
        numbers = np.asarray(inputs, dtype=np.float32)
    if numbers.ndim == 2 and numbers.shape[1] == forest.n_features_in_ and np.isfinite(numbers).all():
        return np.ascontiguousarray(numbers)
    return np.asarray(forest._validate_X_predict(inputs))
