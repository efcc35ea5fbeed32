"""Where rows lie inside a net: the activations of any of its layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import Unsupported
from explainers.subject import Subject, kind_of, subject_of

SHOWN = 12  # names in a sentence


@dataclass(frozen=True)
class Layer:
    """A layer whose activations can be read."""

    name: str  # "hidden 1", "hidden 2" for scikit-learn's MLP; the tensor's own name for ONNX
    width: int | None  # values a row, None where the graph doesn't say
    is_default: bool  # exactly one is


def layers_of(model: Any) -> tuple[Layer, ...]:
    """Return the layers before the classifier's head, in order; none when the model is no net.

    The default is the last one: what the head reads.
    """
    try:
        subject = subject_of(model)
    except Unsupported:
        return ()
    reader = _reader(subject)
    return () if reader is None else reader.layers(subject)


def embed(model: Any, rows: pd.DataFrame, *, layer: str | None = None) -> np.ndarray:
    """Return activations, (rows, width) float64, of the layer of that name or of the default one.

    A layer of several axes is laid flat. Raises `Unsupported` when the model has no layers, or none of that name.
    """
    subject = subject_of(model)
    reader, layers = _reader(subject), layers_of(subject)
    if reader is None or not layers:
        raise Unsupported(
            f"{kind_of(subject)} has no hidden layer that can be read; open a scikit-learn MLPClassifier or an ONNX "
            "file with one"
        )
    found = reader.activations(subject, rows, chosen(layers, layer))
    return np.asarray(found, dtype=np.float64)


def chosen(layers: Sequence[Layer], name: str | None) -> Layer:
    """Return the layer of that name, the default one for None; `Unsupported` lists the names."""
    for layer in layers:
        if layer.name == name or (name is None and layer.is_default):
            return layer
    names = ", ".join(repr(one.name) for one in layers[:SHOWN])
    rest = f" and {len(layers) - SHOWN} more" if len(layers) > SHOWN else ""
    raise Unsupported(f"the model has no layer {name!r}; its layers are {names}{rest}")


def _reader(subject: Subject) -> ModuleType | None:
    """Return the module that reads the layers of this kind of model."""
    from explainers.subjects import mlp_layers, onnx_layers

    return next((reader for reader in (mlp_layers, onnx_layers) if reader.serves(subject)), None)
