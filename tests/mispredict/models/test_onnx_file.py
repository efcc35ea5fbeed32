from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from mispredict.bad_input import ModelRefused
from mispredict.models.loader import Bytes
from mispredict.models.onnx_file import LOADER

SHAPE = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 2])
OUT = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 2])


def model(*nodes: Any, initializers: Any = (), domain: str = "") -> Any:
    graph = helper.make_graph(list(nodes), "g", [SHAPE], [OUT], list(initializers))
    sets = [helper.make_opsetid("", 17), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return helper.make_model(graph, opset_imports=sets, ir_version=8)


def refused(made: Any) -> str:
    content = made if isinstance(made, bytes) else made.SerializeToString()
    with pytest.raises(ModelRefused) as refusal:
        LOADER.check(Bytes(Path("m.onnx"), content, ""))
    return str(refusal.value)


def test_a_plain_graph_passes() -> None:
    made = model(helper.make_node("Identity", ["x"], ["y"]))
    LOADER.check(Bytes(Path("m.onnx"), made.SerializeToString(), ""))
    assert LOADER.looks_right(made.SerializeToString())


def test_operators_of_others_are_named() -> None:
    made = model(helper.make_node("Shell", ["x"], ["y"], domain="com.evil"), domain="com.evil")
    assert "'com.evil:Shell'" in refused(made)


@pytest.mark.parametrize(("kind", "graphs"), [("If", ("then_branch", "else_branch")), ("Loop", ("body",))])
def test_what_may_never_end_is_refused_and_looked_into(kind: str, graphs: tuple[str, ...]) -> None:
    inner = helper.make_graph([helper.make_node("Shell", ["x"], ["z"], domain="com.evil")], "inner", [], [OUT])
    made = model(helper.make_node(kind, ["x"], ["y"], **dict.fromkeys(graphs, inner)))
    assert "'com.evil:Shell'" in refused(made)
    plain = helper.make_graph([helper.make_node("Identity", ["x"], ["z"])], "inner", [], [OUT])
    made = model(helper.make_node(kind, ["x"], ["y"], **dict.fromkeys(graphs, plain)))
    assert f"uses '{kind}', which may never end" in refused(made)


@pytest.mark.parametrize("place", ["weights.bin", "../weights.bin", "/etc/passwd"])
def test_weights_in_another_file_are_refused(place: str) -> None:
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value=place)
    made = model(helper.make_node("Add", ["x", "w"], ["y"]), initializers=[tensor])
    assert "m.onnx" in refused(made)
    assert "another file" in refused(made) or "damaged ONNX model" in refused(made)


def test_a_tensor_blown_up_by_a_constant_shape_is_refused() -> None:
    shape = numpy_helper.from_array(np.array([100_000, 100_000], dtype=np.int64), "s")
    made = model(helper.make_node("ConstantOfShape", ["s"], ["y"]), initializers=[shape])
    assert "makes a tensor of 10,000,000,000 values in ConstantOfShape" in refused(made)
    constant = helper.make_node("Constant", [], ["s"], value=shape)
    assert "10,000,000,000" in refused(model(constant, helper.make_node("Expand", ["x", "s"], ["y"])))


def test_truncated_and_foreign_bytes_are_damaged_models() -> None:
    content = model(helper.make_node("Identity", ["x"], ["y"])).SerializeToString()
    assert "is a damaged ONNX model" in refused(content[:-5])
    assert "is a damaged ONNX model" in refused(b"\x08\x08" + bytes(range(200)))
    assert onnx.load_from_string(content).ir_version == 8
