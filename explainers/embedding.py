"""Where rows lie inside a net: the activations of any of its layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Layer:
    """A layer whose activations can be read."""

    name: str  # "hidden 1", "hidden 2" for scikit-learn's MLP; the tensor's own name for ONNX
    width: int | None  # values a row, None where the graph doesn't say
    is_default: bool  # exactly one is


def layers_of(model: Any) -> tuple[Layer, ...]:
    """Return the model's layers in order; none when it is no net."""
    raise NotImplementedError


def embed(model: Any, rows: pd.DataFrame, *, layer: str | None = None) -> np.ndarray:
    """Return activations, (rows, width) float64, of the layer of that name or of the default one."""
    raise NotImplementedError
