"""What an ONNX graph says of its classifier: its classes and its kind."""

from __future__ import annotations

from typing import Any

from explainers.subject import Family

KINDS: dict[str, Family] = {
    "TreeEnsembleClassifier": "trees",
    "TreeEnsembleRegressor": "trees",
    "TreeEnsemble": "trees",
    "LinearClassifier": "linear",
    "Gemm": "neural",
    "MatMul": "neural",
    "Conv": "neural",
}


def family_of(graph: Any) -> Family:
    """Return the family by the graph's heaviest kind of node."""
    operators = {node.op_type for node in graph.node} if graph is not None else set()
    return next((family for kind, family in KINDS.items() if kind in operators), "other")


def classes_in(graph: Any) -> tuple[Any, ...] | None:
    """Return the class labels that the graph stores: of a ZipMap or classifier node, or of scikit-learn's own array."""
    if graph is None:
        return None
    import onnx

    for node in graph.node:
        for attribute in node.attribute:
            if attribute.name.startswith("classlabels_") and (attribute.ints or attribute.strings):
                return tuple(attribute.ints) or tuple(s.decode() for s in attribute.strings)
    for stored in graph.initializer:
        if stored.name == "classes":
            values = onnx.numpy_helper.to_array(stored).tolist()
            return tuple(v.decode() if isinstance(v, bytes) else v for v in values)
    return None
