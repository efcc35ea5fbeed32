"""The hidden layers of scikit-learn's multi-layer perceptron, computed from its weights as it does itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from explainers.embedding import Layer
from explainers.subject import Subject
from explainers.subjects.scikit import ScikitSubject, inputs_of_last
from explainers.wrappers import first_steps, last_step

BATCH = 8_192  # rows a call, since an encoder's sparse output is made dense
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "identity": lambda z: z,
    "logistic": lambda z: 1 / (1 + np.exp(-np.clip(z, -500, 500))),  # 1e-217 is as good as 0, and no overflow
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


def serves(subject: Subject) -> bool:
    """Return True for a perceptron, alone or at the end of a Pipeline."""
    if not isinstance(subject, ScikitSubject):
        return False
    model = last_step(subject.estimator)
    return getattr(model, "activation", None) in ACTIVATIONS and hasattr(model, "coefs_")


def layers(subject: ScikitSubject) -> tuple[Layer, ...]:
    """Return its hidden layers, first to last; the default is the last."""
    widths = [len(bias) for bias in last_step(subject.estimator).intercepts_[:-1]]
    return tuple(Layer(f"hidden {i}", width, i == len(widths)) for i, width in enumerate(widths, start=1))


def activations(subject: ScikitSubject, rows: pd.DataFrame, layer: Layer) -> np.ndarray:
    """Return what the layer answers for each row, (rows, width)."""
    if not len(rows):
        return np.zeros((0, layer.width or 0))
    depth = [one.name for one in layers(subject)].index(layer.name) + 1
    parts = (rows.iloc[s : s + BATCH] for s in range(0, len(rows), BATCH))
    return np.vstack([_forward(subject, part, depth) for part in parts])


def _forward(subject: ScikitSubject, rows: pd.DataFrame, depth: int) -> np.ndarray:
    model: Any = last_step(subject.estimator)
    steps = first_steps(subject.estimator)
    values = subject.asked(lambda inputs: inputs_of_last(steps, model, inputs), rows)
    for weights, bias in zip(model.coefs_[:depth], model.intercepts_[:depth], strict=True):
        values = ACTIVATIONS[model.activation](values @ weights + bias)
    return values
