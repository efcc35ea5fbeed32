"""ONNX graphs of every shape that exporters write."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from explainers import Unsupported, explain, onnx_subject, subject_of

VALUES = np.random.default_rng(0).normal(size=(120, 3)).astype(np.float32)
NAMES = ["amount", "age", "speed"]
ROWS = pd.DataFrame(VALUES, columns=NAMES)
WORDS = np.array(["no", "yes"])[(VALUES[:, 0] > 0).astype(int)]


def _graph(model: Any, **options: Any) -> Any:
    return to_onnx(model, VALUES[:1], options={"zipmap": False, **options})


@pytest.mark.parametrize("zipmap", [False, True, "columns"])
def test_probabilities_as_a_tensor_a_list_of_maps_or_columns(zipmap: Any) -> None:
    model = RandomForestClassifier(5, random_state=0).fit(VALUES, WORDS)
    graph = _graph(model, zipmap=zipmap)
    if zipmap == "columns":
        with pytest.raises(Unsupported, match="one output a class"):
            onnx_subject(graph.SerializeToString())
        return
    subject = onnx_subject(graph.SerializeToString(), columns=NAMES)
    assert (subject.family, subject.classes) == ("trees", ("no", "yes"))
    assert subject.predict_proba(ROWS) == pytest.approx(model.predict_proba(VALUES), abs=1e-6)


def test_names_and_classes_come_from_the_metadata() -> None:
    graph = _graph(LogisticRegression().fit(VALUES, WORDS == "yes"))
    for key, value in (("feature_names", NAMES), ("classes", ["fine", "fraud"])):
        entry = graph.metadata_props.add()
        entry.key, entry.value = key, json.dumps(value)
    subject = onnx_subject(graph.SerializeToString())
    assert (subject.columns, subject.classes, subject.family) == (tuple(NAMES), ("fine", "fraud"), "linear")


def test_without_names_the_columns_are_numbered() -> None:
    subject = onnx_subject(_graph(LogisticRegression().fit(VALUES, WORDS)).SerializeToString())
    assert subject.columns == ("f0", "f1", "f2")


def test_one_input_a_column_with_text_and_numbers() -> None:
    rows = ROWS[["amount"]].assign(city=np.array(["Oslo", "Rome", "Lima"] * 40, dtype=object))
    coder = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["city"]), remainder="passthrough")
    model = make_pipeline(coder, LogisticRegression()).fit(rows, WORDS)
    kinds = [("amount", FloatTensorType([None, 1])), ("city", StringTensorType([None, 1]))]
    graph = to_onnx(model, initial_types=kinds, options={"zipmap": False})
    subject = onnx_subject(graph.SerializeToString())
    assert subject.columns == ("amount", "city")
    assert subject.predict_proba(rows[["city", "amount"]]) == pytest.approx(model.predict_proba(rows), abs=1e-5)
    holed = rows.assign(city=pd.Series([None, *rows["city"][1:]], dtype="str"))
    assert np.isfinite(subject.predict_proba(holed)).all()
    one = explain(subject, rows.iloc[:1], rows, method="shap")[0]
    assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-4)


def test_a_batch_larger_than_a_call_is_asked_in_parts() -> None:
    model = LogisticRegression().fit(VALUES, WORDS)
    subject = onnx_subject(_graph(model).SerializeToString(), columns=NAMES)
    many = pd.concat([ROWS] * 300, ignore_index=True)
    assert subject.predict_proba(many) == pytest.approx(model.predict_proba(many.to_numpy()), abs=1e-6)


def test_a_running_session_is_taken_too() -> None:
    import onnxruntime

    data = _graph(LogisticRegression().fit(VALUES, WORDS == "yes")).SerializeToString()
    subject = subject_of(onnxruntime.InferenceSession(data), columns=NAMES)
    assert subject.predict_proba(ROWS).shape == (120, 2)


def _network(last: str, width: int) -> bytes:
    """Return a one-layer graph as a network's exporter writes it: one float output, nothing said of classes."""
    import onnx
    from onnx import TensorProto, helper

    put = helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, 3])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [None, width])
    weights = helper.make_tensor("w", TensorProto.FLOAT, [3, width], np.ones(3 * width).tolist())
    nodes = [helper.make_node("MatMul", ["features", "w"], ["z"]), helper.make_node(last, ["z"], ["out"])]
    model = helper.make_model(
        helper.make_graph(nodes, "net", [put], [out], [weights]), opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def test_one_sigmoid_is_the_events_probability() -> None:
    subject = onnx_subject(_network("Sigmoid", 1), columns=NAMES)
    event = 1 / (1 + np.exp(-VALUES.sum(axis=1)))
    assert (subject.classes, subject.family) == ((0, 1), "neural")
    assert subject.predict_proba(ROWS)[:, 1] == pytest.approx(event, abs=1e-6)


def test_scores_that_are_no_probabilities_are_refused() -> None:
    with pytest.raises(Unsupported, match=r"'out' holds no probabilities.*export the model with its softmax"):
        onnx_subject(_network("Identity", 3), columns=NAMES).predict_proba(ROWS)
