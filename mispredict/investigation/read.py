"""Reads `investigation.toml`: every key known, every type right, every path absolute."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mispredict.bad_input import InvestigationRefused
from mispredict.endpoint.address import address_of
from mispredict.endpoint.settings import KEYS, settings_of
from mispredict.investigation.keys import SECTIONS, cleaned, one_of
from mispredict.investigation.spec import DataSpec, InvestigationSpec, ModelSpec, OnlineSpec

_SOURCES = ("path", "scores", "url")
_PROTOCOLS = ("mlflow", "kserve-v2", "records")


def read_spec(path: str | Path) -> InvestigationSpec:
    """Return what the file says. `InvestigationRefused` names the key that is wrong and the nearest right one."""
    file = Path(path)
    return spec_of(_parsed(file), file)


def spec_of(sections: Mapping[str, Any], file: Path) -> InvestigationSpec:
    """Return the investigation that the parsed sections of a file describe."""
    home = file.absolute().parent
    one_of(sections, SECTIONS, file.name)
    found = {name: cleaned(sections, name, home) for name in SECTIONS if name in sections}
    data = _data(found, "data")
    head = found.get("investigation", {})
    return InvestigationSpec(
        name=head.get("name", file.stem),
        seed=head.get("seed", 0),
        data=data,
        model=_model(_required(found, "model"), "model", data, home),
        training=_path_of(found, "training"),
        candidate=_model(found["candidate"], "candidate", data, home) if "candidate" in found else None,
        online=_online(found),
        invariants=_path_of(found, "invariants"),
        home=home,
        file=file.absolute(),
    )


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as absent:
        raise InvestigationRefused(
            f"there is no file {file}", needed="an investigation.toml", do="correct the path"
        ) from absent
    except OSError as fault:
        raise InvestigationRefused(
            f"{file} can't be read ({fault.strerror})", needed="a file that can be read", do="correct the path"
        ) from fault
    except UnicodeDecodeError as fault:
        raise InvestigationRefused(
            f"{file.name} holds bytes that are no UTF-8", needed="a TOML file in UTF-8", do="save it as UTF-8"
        ) from fault
    except tomllib.TOMLDecodeError as fault:
        raise InvestigationRefused(
            f"{file.name} is no valid TOML: {fault}", needed="TOML", do="correct the line; text needs quotes"
        ) from fault


def _required(found: Mapping[str, dict[str, Any]], section: str) -> dict[str, Any]:
    if section in found:
        return found[section]
    raise InvestigationRefused(
        f"the file has no [{section}]", needed=f"a section [{section}]", do=f"add [{section}] to the file"
    )


def _with(values: dict[str, Any], section: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Return the values when all the keys are there."""
    missing = [key for key in keys if key not in values]
    if missing:
        raise InvestigationRefused(
            f"[{section}] has no {missing[0]!r}", needed=f"{missing[0]} = ...", do=f"add it to [{section}]"
        )
    return values


def _path_of(found: Mapping[str, dict[str, Any]], section: str) -> str | None:
    return str(_with(found[section], section, ("path",))["path"]) if section in found else None


def _online(found: Mapping[str, dict[str, Any]]) -> OnlineSpec | None:
    """Return what the log's section says: entries are known by their id, by entity and time, or not at all."""
    return OnlineSpec(**_with(found["online"], "online", ("path",))) if "online" in found else None


def _data(found: Mapping[str, dict[str, Any]], section: str) -> DataSpec:
    values = dict(_with(_required(found, section), section, ("path", "target")))
    data = DataSpec(**values)
    _check_roles(data, section)
    return data


def _check_roles(data: DataSpec, section: str) -> None:
    """Refuse a column that the file gives a part it can't have."""
    for name, says in (("features", data.features or ()), ("exclude", data.exclude), ("display", data.display)):
        if data.target in says and name == "features":
            raise InvestigationRefused(
                f"[{section}] lists the target {data.target!r} among the features",
                needed="features that don't hold the answer",
                do="take it out of features",
            )
        twice = sorted({column for column in says if says.count(column) > 1})
        if twice:
            raise InvestigationRefused(
                f"[{section}] {name} lists {twice[0]!r} twice", needed="every column once", do="drop one of them"
            )


def _model(values: dict[str, Any], section: str, data: DataSpec, home: Path) -> ModelSpec:
    named = [key for key in _SOURCES if key in values]
    if len(named) != 1:
        raise InvestigationRefused(
            f"[{section}] has {' and '.join(named) or 'none of path, scores and url'}",
            needed="exactly one of path, scores and url",
            do="keep the one that says where the answers come from",
        )
    rest = dict(values)
    own = rest.pop("data", None)
    _check_model(rest, section)
    calls = settings_of({key: rest.pop(key) for key in KEYS if key in rest}, section)
    return ModelSpec(**rest, calls=calls, data=None if own is None else _own_data(own, f"{section}.data", data, home))


def _check_model(values: Mapping[str, Any], section: str) -> None:
    if not 0.0 <= values.get("threshold", 0.5) <= 1.0:
        raise InvestigationRefused(
            f"[{section}] threshold is {values['threshold']}", needed="a probability, 0 to 1", do="correct it"
        )
    protocol = values.get("protocol")
    if protocol is not None and protocol not in _PROTOCOLS:
        raise InvestigationRefused(
            f"[{section}] protocol is {protocol!r}", needed=f"one of {', '.join(_PROTOCOLS)}", do="correct it"
        )
    if "url" in values:
        address_of(values["url"])
        return
    for key in (key for key in KEYS if key in values):
        raise InvestigationRefused(
            f"[{section}] has {key} and no url", needed=f"{key} only beside a url", do=f"take {key} out, or add url"
        )


def _own_data(own: Mapping[str, Any], section: str, data: DataSpec, home: Path) -> DataSpec:
    """Return a candidate's own table; what it leaves unsaid is as in [data]."""
    values = cleaned({"data": own}, "data", home, shown=section)
    theirs = dataclasses.replace(data, **values)
    _check_roles(theirs, section)
    return theirs
