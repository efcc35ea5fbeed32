"""ONNX graphs (.onnx): one self-contained file of standard operators, without loops."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from explainers.subject import Subject, onnx_subject
from mispredict.bad_input import ModelRefused
from mispredict.models.loader import Bytes, Loader
from mispredict.tables.columns import listed

_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")
# What can run for ever or be nested without end; no exported classifier needs them.
_BRANCHING = ("Loop", "Scan", "If", "SequenceMap")
# What makes a tensor of a size that a few bytes state.
_INFLATING = ("ConstantOfShape", "Expand", "Tile", "RandomNormal", "RandomUniform")
_MAX_NODES = 50_000
_MAX_VALUES = 50_000_000  # in a tensor made from a constant shape


def looks_right(head: bytes) -> bool:
    """Return whether the bytes begin as an ONNX file does: with its version, a small number in field 1."""
    return len(head) > 2 and head[0] == 0x08 and 1 <= head[1] < 64


def check(model: Bytes) -> None:
    """Refuse graphs that reach outside of their file, run code of others, can loop, or state absurd sizes."""
    import onnx

    try:
        graph = onnx.load_from_string(model.content)
        problem = next(_problems(graph), None)
        if problem is None:
            onnx.checker.check_model(graph)
    except Exception as fault:  # protobuf and the checker raise their own kinds
        raise _refused(model, f"is a damaged ONNX model ({str(fault).splitlines()[0][:160]})") from fault
    if problem is not None:
        raise _refused(model, problem)


def _problems(model: Any) -> Iterator[str]:
    if model.functions:
        yield "defines functions of its own"
    nodes = list(_nodes(model.graph))
    if len(nodes) > _MAX_NODES:
        yield f"has {len(nodes):,} nodes, more than {_MAX_NODES:,}"
    foreign = sorted({f"{n.domain}:{n.op_type}" for n in nodes if n.domain not in _DOMAINS})
    if foreign:
        yield f"uses operators from outside of ONNX: {listed(foreign)}"
    branching = sorted({node.op_type for node in nodes} & set(_BRANCHING))
    if branching:
        yield f"uses {listed(branching)}, which may never end"
    if any(tensor.data_location == 1 or tensor.external_data for tensor in _tensors(model.graph, nodes)):
        yield "keeps weights in another file"
    yield from _bombs(model.graph, nodes)


def _nodes(graph: Any) -> Iterator[Any]:
    """Return the nodes of the graph and of the graphs inside of its nodes."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]:
                yield from _nodes(inner)


def _tensors(graph: Any, nodes: Sequence[Any]) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in nodes:
        for attribute in node.attribute:
            yield from attribute.tensors
            if attribute.HasField("t"):
                yield attribute.t


def _bombs(graph: Any, nodes: Sequence[Any]) -> Iterator[str]:
    """Return the complaint about a tensor that is made large by a constant."""
    from onnx import numpy_helper

    constants = {tensor.name: tensor for tensor in graph.initializer}
    constants |= {n.output[0]: a.t for n in nodes if n.op_type == "Constant" for a in n.attribute if a.name == "value"}
    for node in nodes:
        if node.op_type not in _INFLATING:
            continue
        known = [constants[name] for name in node.input if name in constants]
        shapes: list[Sequence[int]] = [numpy_helper.to_array(t).tolist() for t in known if _is_shape(t)]
        shapes += [list(a.ints) for a in node.attribute if a.name == "shape"]
        for shape in shapes:
            values = math.prod(max(1, abs(size)) for size in shape)
            if values > _MAX_VALUES:
                yield f"makes a tensor of {values:,} values in {node.op_type}"


def _is_shape(tensor: Any) -> bool:
    """Return whether the tensor can be a shape: a short list of 64-bit integers."""
    return tensor.data_type == 7 and len(tensor.dims) == 1 and tensor.dims[0] <= 32


def _refused(model: Bytes, what: str) -> ModelRefused:
    return ModelRefused(
        f"{model.name} {what}",
        needed="one file with a graph of standard operators, without loops and outside data",
        do="export the model again, in one file",
    )


def open_(model: Bytes, columns: Sequence[str] | None) -> Subject:
    """Return the graph, running in onnxruntime, as a subject."""
    try:
        return onnx_subject(model.content, columns=columns)
    except (RuntimeError, ValueError) as fault:
        raise _refused(model, f"can't be run by onnxruntime ({str(fault).splitlines()[0][:160]})") from fault


LOADER = Loader("onnx", "an ONNX model", (".onnx",), looks_right, check, open_)
