"""The Open Inference Protocol, KServe's v2: tensors with a name, a shape and a type.

Source: the protocol's REST description, https://github.com/kserve/open-inference-protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pandas as pd

from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.endpoint.address import Address
from mispredict.endpoint.calling import Caller
from mispredict.endpoint.cells import cells_of
from mispredict.endpoint.document import document_of
from mispredict.endpoint.payload import PARTS, Payload, payload_of
from mispredict.endpoint.settings import CallSettings
from mispredict.tables.columns import listed, shortened

_MATRIX = "input-0"  # what services call their one input where they don't say
_LABELS = ("label", "labels", "predict", "output_label")  # outputs that stand beside probabilities
_TYPES = {"b": "BOOL", "i": "INT64", "u": "INT64", "f": "FP64"}


@dataclass(frozen=True)
class Metadata:
    """What a service says of its model: its inputs as (type, number of dimensions), and its outputs."""

    inputs: dict[str, tuple[str, int]]
    outputs: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Return the model's own columns, None where all come as one matrix."""
        return tuple(self.inputs) if len(self.inputs) > 1 else None


def target(address: Address) -> str:
    """Return where rows are sent: the model's path and /infer."""
    path = address.path.rstrip("/")
    return (path if path.endswith("/infer") else path + "/infer") + address.query


def metadata(caller: Caller) -> Metadata | None:
    """Return what the service says of its model, None where it says nothing that can be used."""
    address = caller.address
    where = address.path.rstrip("/").removesuffix("/infer") + address.query
    try:
        found = document_of(caller.get(where), address.shown)
        inputs = {str(one["name"]): (str(one["datatype"]), len(one["shape"])) for one in found["inputs"]}
        outputs = tuple(str(one["name"]) for one in found.get("outputs", []))
    except (KeyError, TypeError, AttributeError):
        return None
    except ModelRefused as refused:
        if "status 404" in refused.found or "status 405" in refused.found or "status 501" in refused.found:
            return None  # an optional part of the protocol
        raise
    return Metadata(inputs, outputs) if inputs else None


def question(rows: pd.DataFrame, settings: CallSettings, known: Metadata | None) -> dict[str, Any]:
    """Return the request: one input a column, or all of them as one matrix, as the service says or the settings."""
    wanted = settings.inputs or _layout(rows, known)
    inputs = _named(rows, known) if wanted == "named" else [_matrix(rows, known)]
    asked: dict[str, Any] = {"inputs": inputs}
    if wanted == "named":
        asked["parameters"] = {"content_type": "pd"}  # several servers then make one frame of the inputs
    output = _output(settings.output, known.outputs if known is not None else ())
    return asked | ({"outputs": [{"name": output}]} if output is not None else {})


def _layout(rows: pd.DataFrame, known: Metadata | None) -> str:
    if known is not None:
        single = len(known.inputs) == 1 and len(rows.columns) > 1
        return "matrix" if single else "named"
    return "matrix" if all(kind in _TYPES for kind in (rows[c].dtype.kind for c in rows.columns)) else "named"


def _named(rows: pd.DataFrame, known: Metadata | None) -> list[dict[str, Any]]:
    declared = known.inputs if known is not None and len(known.inputs) > 1 else {}
    lacking = [name for name in declared if name not in rows.columns]
    if lacking:
        raise TableRefused(
            f"the service reads {listed(lacking)}, which is not among the features",
            needed="every input of the service's model",
            do="add it to features, or leave features out: the service names its own",
        )
    names = list(declared) or [str(name) for name in rows.columns]
    return [_input(rows[name], *declared.get(name, (_type(rows[name]), 2))) for name in names]


def _input(column: pd.Series, type_: str, dimensions: int) -> dict[str, Any]:
    cells = cells_of(column)
    if type_.startswith(("INT", "UINT")):
        cells = [int(c) if isinstance(c, float) and c.is_integer() else c for c in cells]
    elif type_ == "BYTES":
        cells = [c if c is None or isinstance(c, str) else str(c) for c in cells]
    shape = [len(column)] + [1] * (max(1, dimensions) - 1)
    return {"name": str(column.name), "shape": shape, "datatype": type_, "data": cells}


def _type(column: pd.Series) -> str:
    return _TYPES.get(column.dtype.kind, "BYTES")


def _matrix(rows: pd.DataFrame, known: Metadata | None) -> dict[str, Any]:
    text = [str(name) for name in rows.columns if rows[name].dtype.kind not in _TYPES]
    if text:
        raise TableRefused(
            f"the feature {text[0]!r} holds no numbers and the service takes one matrix of numbers",
            needed="a service that takes one input a column",
            do="set inputs = 'named', or list under features the numbers that the service reads",
        )
    name, (type_, _) = next(iter(known.inputs.items())) if known is not None else (_MATRIX, ("FP64", 2))
    numbers = rows.to_numpy(dtype=np.float64, na_value=np.nan)
    data = [None if np.isnan(v) else v for v in numbers.ravel().tolist()]
    if type_.startswith(("INT", "UINT")):
        data = [v if v is None or not v.is_integer() else int(v) for v in data]
    return {"name": name, "shape": list(numbers.shape), "datatype": type_, "data": data}


def answer(document: Any, rows: int, output: str | None, who: str) -> Payload:
    """Return the output that holds probabilities."""
    try:
        outputs = {str(one["name"]): one for one in document["outputs"]}
        name = _output(output, tuple(outputs)) or next(iter(outputs))
        shape, data = [int(size) for size in outputs[name]["shape"]], outputs[name]["data"]
    except (KeyError, TypeError, ValueError, StopIteration, AttributeError):
        raise ModelRefused(
            f"{who} answers {shortened(repr(document))}",
            needed=f"outputs{f' with {output!r} among them' if output else ''}, each with name, shape and data",
            do="correct url, protocol or output",
        ) from None
    return payload_of(_rows(data, shape, who), rows=rows, output=None, who=who)


def _output(wanted: str | None, offered: tuple[str, ...]) -> str | None:
    """Return the output to read: the one asked for, else one called as probabilities are, else the one no label is."""
    if wanted is not None:
        return wanted
    usual = [name for name in offered if name in PARTS]
    other = [name for name in offered if name not in _LABELS]
    return next(iter([*usual, *other]), None) if len(offered) > 1 else None


def _rows(data: Any, shape: list[int], who: str) -> Any:
    """Return flat data as rows; data that is nested already stays as it is."""
    if not isinstance(data, list) or (data and isinstance(data[0], list | dict)):
        return data
    if len(data) != prod(shape) or not shape or min(shape) < 0:
        raise ModelRefused(
            f"{who} answers {len(data):,} values for the shape {shape}", needed="as many values", do="mend the service"
        )
    width = prod(shape[1:])
    return [data[place : place + width] for place in range(0, len(data), width)] if width else []
