"""Writes `investigation.toml`, as for a model and a table that were uploaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mispredict.bad_input import OutputRefused
from mispredict.endpoint.settings import CallSettings
from mispredict.investigation.spec import DataSpec, InvestigationSpec, ModelSpec
from mispredict.replacing import replacing


def write_spec(spec: InvestigationSpec, path: str | Path) -> None:
    """Write the investigation as a file that `read_spec` reads back; a file that stood there is replaced as a whole."""
    file = Path(path)
    try:
        with replacing(file) as fresh:
            fresh.write_text(spec_text(spec), "utf-8")
    except OSError as fault:
        raise OutputRefused(
            f"{file} can't be written ({fault.strerror})", needed="a folder that can be written", do="name another one"
        ) from fault


def spec_text(spec: InvestigationSpec) -> str:
    """Return the investigation as TOML."""
    return "\n".join(_section(name, values) for name, values in _sections(spec) if values)


def _sections(spec: InvestigationSpec) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "investigation", {"name": spec.name, "seed": spec.seed}
    yield from _data("data", spec.data)
    yield "training", _given({"path": spec.training})
    yield from _model("model", spec.model)
    if spec.candidate is not None:
        yield from _model("candidate", spec.candidate)
    if spec.online is not None:
        yield "online", _given(vars(spec.online))
    yield "invariants", _given({"path": spec.invariants})


def _data(name: str, data: DataSpec) -> Iterator[tuple[str, dict[str, Any]]]:
    yield name, _given({key: value for key, value in vars(data).items() if key != "available_at"})
    yield f"{name}.available_at", dict(data.available_at)


def _model(name: str, model: ModelSpec) -> Iterator[tuple[str, dict[str, Any]]]:
    plain = {key: value for key, value in vars(model).items() if key not in ("data", "calls")}
    yield name, _given(plain | _said(model.calls))
    if model.data is not None:
        yield from _data(f"{name}.data", model.data)


def _said(calls: CallSettings) -> dict[str, Any]:
    """Return what differs from an endpoint's usual settings: the file may hold these keys beside a url only."""
    return {key: value for key, value in vars(calls).items() if value != vars(CallSettings())[key]}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and value != ()}


def _section(name: str, values: Mapping[str, Any]) -> str:
    lines = [f"{_text(key)} = {_value(value)}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _text(text: str) -> str:
    """Return a TOML string: JSON's escapes are TOML's, too, but for DEL, which JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
