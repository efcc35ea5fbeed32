"""The layers of an ONNX net: tensors inside its graph, exposed as outputs of a copy."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pandas as pd

from explainers.embedding import Layer
from explainers.explanation import Unsupported
from explainers.kept import Shelf
from explainers.subject import Subject
from explainers.subjects.onnx import OnnxSubject, session_of

SESSIONS = Shelf()
CELLS = 4_000_000  # values of the layer a call
BATCH = 4_096  # rows a call, where the layer's width isn't known
FLOATS = ("tensor(float)", "tensor(double)", "tensor(float16)")
WEIGHTED = ("Gemm", "MatMul", "FusedMatMul", "Conv")
HEADS = frozenset(WEIGHTED) | {
    "LinearClassifier",
    "LinearRegressor",
    "SVMClassifier",
    "SVMRegressor",
    "TreeEnsemble",
    "TreeEnsembleClassifier",
    "TreeEnsembleRegressor",
}
ACTIVATIONS = frozenset(
    {"Celu", "Clip", "Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "PRelu", "Relu", "Selu"}
    | {"Sigmoid", "Softplus", "Softsign", "Swish", "Tanh", "ThresholdedRelu"}
)
SAME = ("Cast", "Identity", "Dropout")  # nodes whose output is their input


def serves(subject: Subject) -> bool:
    """Return True for an ONNX model whose graph is at hand."""
    return isinstance(subject, OnnxSubject) and subject.data is not None


def layers(subject: OnnxSubject) -> tuple[Layer, ...]:
    """Return the float tensors before the head that weights or activations made, in order, and what the head reads."""
    found: tuple[Layer, ...] = SESSIONS.get(subject.estimator, "layers", lambda: _layers(subject))
    return found


def activations(subject: OnnxSubject, rows: pd.DataFrame, layer: Layer) -> np.ndarray:
    """Return the tensor's values for each row, (rows, width)."""
    if not len(rows):
        return np.zeros((0, layer.width or 0))
    session = SESSIONS.get(subject.estimator, layer.name, lambda: _exposing(subject, [layer.name]))
    frame = subject.prepared(rows)
    size = min(BATCH, max(1, CELLS // (layer.width or 1)))
    parts = (frame.iloc[s : s + size] for s in range(0, len(frame), size))
    return np.vstack([_flat(session.run([layer.name], subject.feeds(part))[0], len(part), layer) for part in parts])


def _flat(values: Any, rows: int, layer: Layer) -> np.ndarray:
    values = np.asarray(values)
    if values.ndim == 0 or len(values) != rows:
        raise Unsupported(f"the tensor {layer.name!r} has shape {values.shape} for {rows} rows; choose another layer")
    return values.reshape(rows, -1)


def _layers(subject: OnnxSubject) -> tuple[Layer, ...]:
    graph = _graph(subject)
    nodes = _nodes_for(graph, subject.output)
    head = max((i for i, node in enumerate(nodes) if node.op_type in HEADS), default=0)
    read = _read_by(nodes[head], nodes[:head]) if head else None
    if read is None:
        return ()
    names = [name for node in nodes[:head] for name in node.output if name and _is_layer(node, name, read)]
    shapes = {put.name: put.shape for put in _exposing(subject, names).get_outputs() if put.type in FLOATS}
    kept = [name for name in names if name in shapes and _has_batch(shapes[name])]
    default = read if read in kept else kept[-1] if kept else None
    weights = {stored.name: tuple(stored.dims) for stored in graph.graph.initializer}
    made = {name: node for node in nodes for name in node.output}
    return tuple(Layer(name, _width(name, shapes, made, weights), name == default) for name in kept)


def _is_layer(node: Any, name: str, read: str) -> bool:
    return name == read or node.op_type in WEIGHTED or node.op_type in ACTIVATIONS


def _graph(subject: OnnxSubject) -> Any:
    import onnx

    model = onnx.load_from_string(subject.data or b"")
    if model.functions:
        import onnx.inliner

        model = onnx.inliner.inline_local_functions(model)
    return model


def _exposing(subject: OnnxSubject, names: list[str]) -> Any:
    """Return a session of a copy of the graph whose outputs are the tensors of these names."""
    import onnx

    model = _graph(subject)
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)  # onnxruntime finds their types
    return session_of(model.SerializeToString())


def _nodes_for(model: Any, output: str) -> list[Any]:
    """Return the nodes that the output is computed from, in the graph's order."""
    wanted, found = {output}, []
    for node in reversed(model.graph.node):
        if wanted & set(node.output):
            wanted |= set(node.input)
            found.append(node)
    return found[::-1]


def _read_by(head: Any, nodes: list[Any]) -> str | None:
    """Return the tensor that the head reads, None where it reads the graph's inputs themselves."""
    made = {name: node for node in nodes for name in node.output}
    return next((name for name in head.input if _origin(name, made) is not None), None)


def _origin(name: str, made: dict[str, Any]) -> Any:
    """Return the node that computes the tensor, None where it only is a graph's input in another type."""
    node = made.get(name)
    while node is not None and node.op_type in SAME:
        node = made.get(node.input[0])
    return node


def _has_batch(shape: Any) -> bool:
    """Return True unless the tensor's first axis is a fixed number."""
    return not shape or not isinstance(shape[0], int)


def _width(name: str, shapes: dict[str, Any], made: dict[str, Any], weights: dict[str, Any]) -> int | None:
    """Return the values a row by the tensor's own shape, else by the weights that made it, else None."""
    sizes = list(shapes.get(name) or [None])[1:]
    if sizes and all(isinstance(size, int) for size in sizes):
        return prod(sizes)
    node = made.get(name)
    if node is None:
        return None
    if node.op_type in ("Gemm", "MatMul", "FusedMatMul"):
        shape = weights.get(node.input[1], ())
        turned = any(one.name == "transB" and one.i for one in node.attribute)
        return shape[0 if turned else 1] if len(shape) == 2 else None
    if node.op_type in ACTIVATIONS or node.op_type in ("Add", *SAME):
        read = next((put for put in node.input if put not in weights), "")
        return _width(read, shapes, made, weights)
    return None
