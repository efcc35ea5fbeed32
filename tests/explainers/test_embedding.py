"""Layers: a perceptron's are exact, an ONNX graph's are listed and exposed, what has none says so."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from explainers import Unsupported, onnx_subject, subject_of
from explainers.embedding import Layer, embed, layers_of

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


def _trained(net: Any, rows: Any, labels: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # twenty rounds don't converge, and needn't
        return net.fit(rows, labels)


@cache
def _wine() -> tuple[pd.DataFrame, np.ndarray]:
    table = load_wine(as_frame=True)
    return table.data, table.target.to_numpy()


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_the_output_layer_makes_the_models_probabilities_of_the_last_hidden_one(activation: str) -> None:
    rows, labels = _wine()
    net = MLPClassifier((9, 5), activation=activation, max_iter=20, random_state=0)
    model = _trained(make_pipeline(StandardScaler(), net), rows, labels)
    assert layers_of(model) == (Layer("hidden 1", 9, is_default=False), Layer("hidden 2", 5, is_default=True))
    last = embed(model, rows)
    assert (last.shape, last.dtype) == ((len(rows), 5), np.float64)
    made = _softmax(last @ net.coefs_[-1] + net.intercepts_[-1])
    assert made == pytest.approx(model.predict_proba(rows), abs=1e-12)


def test_each_hidden_layer_makes_the_next_one() -> None:
    rows, labels = _wine()
    net = _trained(MLPClassifier((9, 5), activation="tanh", max_iter=5, random_state=0), rows, labels)
    first, second = (embed(net, rows, layer=f"hidden {i}") for i in (1, 2))
    assert np.tanh(first @ net.coefs_[1] + net.intercepts_[1]) == pytest.approx(second, abs=1e-12)


def test_a_pipelines_encoders_come_first_and_the_rows_stay(fit: Fit, rows_of: Rows) -> None:
    model, rows = fit("pipeline of net"), rows_of("pipeline of net")
    before = rows.copy(deep=True)
    net = model[-1]
    event = 1 / (1 + np.exp(-(embed(model, rows) @ net.coefs_[-1] + net.intercepts_[-1])[:, 0]))
    assert event == pytest.approx(model.predict_proba(rows)[:, 1], abs=1e-12)
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize("name", ["pipeline of net", "onnx net"])
def test_batches_change_nothing(name: str, fit: Fit, rows_of: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    from explainers.subjects import mlp_layers, onnx_layers

    rows = rows_of(name)
    whole = embed(fit(name), rows)
    for module in (mlp_layers, onnx_layers):
        monkeypatch.setattr(module, "BATCH", 33)
    assert embed(fit(name), rows) == pytest.approx(whole, abs=1e-6)
    assert embed(fit(name), rows.iloc[:0]).shape == (0, whole.shape[1])


def test_an_unknown_layer_is_refused_with_the_list(fit: Fit, rows_of: Rows) -> None:
    with pytest.raises(Unsupported, match=r"no layer 'hidden 7'; its layers are 'hidden 1'$"):
        embed(fit("pipeline of net"), rows_of("pipeline of net"), layer="hidden 7")


@pytest.mark.parametrize("name", ["forest", "pipeline of logistic", "neighbours", "lightgbm"])
def test_a_model_that_is_no_net_has_no_layers(name: str, fit: Fit, rows_of: Rows) -> None:
    assert layers_of(fit(name)) == ()
    with pytest.raises(Unsupported, match="has no hidden layer that can be read"):
        embed(fit(name), rows_of(name))


def test_what_is_no_model_has_no_layers() -> None:
    assert layers_of(object()) == ()
    assert layers_of(MLPClassifier()) == ()


def test_a_perceptron_without_hidden_layers_has_none() -> None:
    rows, labels = _wine()
    net = _trained(MLPClassifier((), max_iter=5, random_state=0), rows, labels)
    assert layers_of(net) == ()


@pytest.mark.parametrize("opset", [9, 13, 18, 21])
def test_an_exported_perceptrons_layers_are_its_own(opset: int) -> None:
    rows, labels = _wine()
    values = rows.to_numpy(dtype=np.float32)
    net = _trained(make_pipeline(StandardScaler(), MLPClassifier((9, 5), max_iter=20, random_state=0)), values, labels)
    graph = to_onnx(net, values[:1], target_opset=opset, options={"zipmap": False})
    subject = onnx_subject(graph.SerializeToString(), columns=list(rows.columns))
    found = layers_of(subject)
    assert [one.width for one in found] == [9, 9, 5, 5]  # each after its weights, then after its activation
    assert [one.is_default for one in found] == [False, False, False, True]
    own = subject_of(net, columns=list(rows.columns))
    assert embed(subject, rows) == pytest.approx(embed(own, rows), abs=1e-4)
    first = embed(subject, rows, layer=found[1].name)
    assert first == pytest.approx(embed(own, rows, layer="hidden 1"), abs=1e-4)


def test_one_input_a_column_with_text() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"amount": rng.normal(size=90), "city": rng.choice(["Oslo", "Rome"], 90).astype(object)})
    coder = make_column_transformer((OneHotEncoder(), ["city"]), remainder="passthrough")
    net = _trained(make_pipeline(coder, MLPClassifier((4,), max_iter=20, random_state=0)), rows, rows["amount"] > 0)
    kinds = [("amount", FloatTensorType([None, 1])), ("city", StringTensorType([None, 1]))]
    graph = to_onnx(net, initial_types=kinds, options={"zipmap": False})
    subject = onnx_subject(graph.SerializeToString())
    assert embed(subject, rows) == pytest.approx(embed(net, rows), abs=1e-5)


def _graph(*nodes: Any, weights: dict[str, np.ndarray], width: int = 4) -> Any:
    """Return a classifier of these nodes, from `x` (rows, width) to `out` (rows, 2)."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    put = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", width])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, ["rows", 2])
    stored = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    model = helper.make_model(
        helper.make_graph(list(nodes), "net", [put], [out], stored), opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    onnx.checker.check_model(model)
    return onnx_subject(model.SerializeToString(), columns=[f"c{i}" for i in range(width)])


def _random(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)


FOUR = pd.DataFrame(np.random.default_rng(1).normal(size=(20, 4)), columns=[f"c{i}" for i in range(4)])


def test_a_graph_of_convolution_and_dense_layers() -> None:
    from onnx.helper import make_node

    weights = {
        "picture": np.array([-1, 1, 2, 2]),
        "kernel": _random(3, 1, 2, 2),
        "flat": np.array([-1, 3]),
        "w1": _random(3, 6),
        "b1": _random(6),
        "w2": _random(6, 2),
        "b2": _random(2),
    }
    subject = _graph(
        make_node("Reshape", ["x", "picture"], ["image"]),
        make_node("Conv", ["image", "kernel"], ["conv"]),
        make_node("Reshape", ["conv", "flat"], ["flattened"]),
        make_node("Gemm", ["flattened", "w1", "b1"], ["dense"]),
        make_node("Tanh", ["dense"], ["tanh"]),
        make_node("Shape", ["tanh"], ["a shape"]),
        make_node("Cast", ["a shape"], ["not of rows"], to=1),
        make_node("Dropout", ["tanh"], ["dropped"]),
        make_node("Gemm", ["dropped", "w2", "b2"], ["logits"]),
        make_node("Softmax", ["logits"], ["out"]),
        weights=weights,
    )
    assert layers_of(subject) == (
        Layer("conv", 3, is_default=False),
        Layer("dense", 6, is_default=False),
        Layer("tanh", 6, is_default=False),
        Layer("dropped", 6, is_default=True),
    )
    values = FOUR.to_numpy(dtype=np.float32)
    conv = values @ weights["kernel"].reshape(3, 4).T
    assert embed(subject, FOUR, layer="conv") == pytest.approx(conv, abs=1e-5)
    last = np.tanh(conv @ weights["w1"] + weights["b1"])
    assert embed(subject, FOUR) == pytest.approx(last, abs=1e-5)
    assert _softmax(last @ weights["w2"] + weights["b2"]) == pytest.approx(subject.predict_proba(FOUR), abs=1e-5)
    with pytest.raises(Unsupported, match="no layer 'logits'; its layers are 'conv', 'dense', 'tanh', 'dropped'"):
        embed(subject, FOUR, layer="logits")


def test_a_single_layer_of_weights_has_nothing_hidden() -> None:
    from onnx.helper import make_node

    subject = _graph(
        make_node("Cast", ["x"], ["same"], to=1),
        make_node("MatMul", ["same", "w"], ["logits"]),
        make_node("Softmax", ["logits"], ["out"]),
        weights={"w": _random(4, 2)},
    )
    assert layers_of(subject) == ()
    with pytest.raises(Unsupported, match="an ONNX model has no hidden layer that can be read"):
        embed(subject, FOUR)


def test_a_linear_models_graph_offers_what_its_classifier_reads() -> None:
    rows, labels = _wine()
    values = rows.to_numpy(dtype=np.float32)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(values, labels)
    subject = onnx_subject(to_onnx(model, values[:1], options={"zipmap": False}).SerializeToString())
    assert [one.is_default for one in layers_of(subject)] == [True]
    found = embed(subject, pd.DataFrame(values, columns=list(subject.columns)))
    assert found == pytest.approx(model[0].transform(values), abs=1e-4)


def test_a_running_session_shows_no_graph() -> None:
    import onnxruntime

    rows, labels = _wine()
    values = rows.to_numpy(dtype=np.float32)
    net = _trained(MLPClassifier((5,), max_iter=5, random_state=0), values, labels)
    data = to_onnx(net, values[:1], options={"zipmap": False}).SerializeToString()
    assert layers_of(subject_of(onnxruntime.InferenceSession(data))) == ()


def test_sessions_are_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from explainers.subjects import onnx_layers

    built = []
    own = onnx_layers.session_of
    monkeypatch.setattr(onnx_layers, "session_of", lambda data: built.append(1) or own(data))
    data = load_digits(as_frame=True)
    values = data.data.to_numpy(dtype=np.float32)
    net = _trained(MLPClassifier((5,), max_iter=2, random_state=0), values, data.target)
    subject = onnx_subject(to_onnx(net, values[:1], options={"zipmap": False}).SerializeToString())
    rows = pd.DataFrame(values[:9], columns=list(subject.columns))
    assert np.array_equal(embed(subject, rows), embed(subject, rows))
    assert len(built) == 2  # one to ask for shapes, one for the layer
