"""ONNX classifiers: one float tensor [rows, columns], or one tensor [rows, 1] a column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import as_number, pick, plain
from explainers.explanation import Unsupported
from explainers.subject import Family
from explainers.subjects.anything import none_asked
from explainers.subjects.onnx_graph import classes_in, family_of

BATCH = 16_384  # rows a call: an ONNX graph keeps every intermediate tensor of a call in memory
NUMBERS = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}


@dataclass(frozen=True, eq=False)
class OnnxSubject:
    """An ONNX classifier that runs in onnxruntime."""

    estimator: Any  # an InferenceSession
    family: Family
    classes: tuple[Any, ...]
    columns: tuple[str, ...]
    output: str  # the output that holds the probabilities
    data: bytes | None = None  # the file, None where only a running session was given

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the columns in the types of the graph's inputs."""
        frame = pick(rows, self.columns)
        return frame.assign(**{c: self._column(frame[c], i) for i, c in enumerate(self.columns)})

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the graph's probabilities."""
        if not len(rows):
            return none_asked(self.classes)
        frame = self.prepared(rows)
        starts = range(0, len(frame), BATCH)
        return np.vstack([self._probabilities(frame.iloc[s : s + BATCH]) for s in starts])

    def _probabilities(self, frame: pd.DataFrame) -> np.ndarray:
        answer = self.estimator.run([self.output], self.feeds(frame))[0]
        if isinstance(answer, list):
            table = [[one[c] for c in self.classes] for one in answer]
            return np.asarray(table, dtype=np.float64).reshape(len(frame), len(self.classes))
        found = np.asarray(answer, dtype=np.float64).reshape(len(frame), -1)
        found = np.column_stack([1 - found, found]) if found.shape[1] == 1 else found
        _check_probabilities(found, self.output)
        return found

    def feeds(self, frame: pd.DataFrame) -> dict[str, np.ndarray]:
        """Return what the graph's inputs are given for rows that are `prepared`."""
        inputs = self.estimator.get_inputs()
        if len(inputs) == 1 and len(self.columns) != 1:
            return {inputs[0].name: frame.to_numpy(dtype=NUMBERS[inputs[0].type])}
        kinds = [NUMBERS.get(put.type, object) for put in inputs]
        columns = [frame.iloc[:, i].to_numpy(dtype=kind) for i, kind in enumerate(kinds)]
        shapes = [(-1, 1) if put.shape is None or len(put.shape) != 1 else (-1,) for put in inputs]
        return {put.name: c.reshape(shape) for put, c, shape in zip(inputs, columns, shapes, strict=True)}

    def _column(self, column: pd.Series, place: int) -> pd.Series:
        inputs = self.estimator.get_inputs()
        kind = inputs[min(place, len(inputs) - 1)].type
        if kind == "tensor(string)":
            column = plain(column)
            return column.astype(object).where(column.notna(), "").map(str)
        return as_number(column)


def open_bytes(data: bytes, columns: Sequence[str] | None) -> OnnxSubject:
    """Return the classifier that the bytes of an ONNX file hold."""
    session = session_of(data)
    import onnx

    return replace(_opened(session, columns, onnx.load_from_string(data).graph), data=data)


def session_of(data: bytes) -> Any:
    """Return a running session of an ONNX file, on the processor."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])


def open_estimator(estimator: Any, columns: Sequence[str] | None) -> OnnxSubject:
    """Return a running InferenceSession as a subject; its graph can't be read, so its family stays "other"."""
    return _opened(estimator, columns, None)


def _opened(session: Any, columns: Sequence[str] | None, graph: Any) -> OnnxSubject:
    metadata = session.get_modelmeta().custom_metadata_map
    output = _probability_output(session)
    classes = json.loads(metadata["classes"]) if "classes" in metadata else _classes(session, graph, output)
    names = tuple(columns) if columns is not None else _columns(session, metadata)
    return OnnxSubject(session, family_of(graph), tuple(classes), names, output)


def _columns(session: Any, metadata: dict[str, str]) -> tuple[str, ...]:
    inputs = session.get_inputs()
    if "feature_names" in metadata:
        return tuple(str(c) for c in json.loads(metadata["feature_names"]))
    width = inputs[0].shape[1] if inputs[0].shape is not None and len(inputs[0].shape) > 1 else 1
    if len(inputs) > 1 or width == 1:
        return tuple(put.name for put in inputs)
    if inputs[0].type not in NUMBERS or not isinstance(width, int):
        raise Unsupported(
            f"the ONNX model's input {inputs[0].name!r} is {inputs[0].type} {inputs[0].shape} and says neither its "
            "columns nor their number; add the metadata entry `feature_names`, a JSON list"
        )
    return tuple(f"f{i}" for i in range(width))


def _probability_output(session: Any) -> str:
    outputs = session.get_outputs()
    floats = [o.name for o in outputs if o.type.startswith(("tensor(float", "tensor(double", "seq(map("))]
    named = [name for name in floats if "prob" in name.lower()]
    if len(floats) > 1 and not named:
        raise Unsupported(
            f"the ONNX model has one output a class ({', '.join(floats)}); export it with one for all of them"
        )
    if not floats:
        found = ", ".join(f"{o.name} {o.type}" for o in outputs)
        raise Unsupported(f"the ONNX model answers no probabilities: its outputs are {found}")
    return str((named or floats)[0])


def _classes(session: Any, graph: Any, output: str) -> tuple[Any, ...]:
    """Return the classes that the graph stores, else 0..n-1 by the width of the probabilities."""
    found = classes_in(graph)
    if found is not None:
        return found
    shape = next(o.shape for o in session.get_outputs() if o.name == output)
    if shape is None or not isinstance(shape[-1], int):
        raise Unsupported("the ONNX model doesn't say its classes; add the metadata entry `classes`, a JSON list")
    return tuple(range(max(2, shape[-1])))


def _check_probabilities(found: np.ndarray, output: str) -> None:
    worst = float(np.abs(found.sum(axis=1) - 1).max()) if len(found) else 0.0
    if not (np.nanmin(found, initial=0.0) >= -1e-4 and worst < 1e-3):
        raise Unsupported(
            f"the ONNX model's output {output!r} holds no probabilities: a row sums to 1 {worst:+.3g}; export "
            "the model with its softmax"
        )
