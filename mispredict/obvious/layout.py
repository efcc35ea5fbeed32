"""A case as one flat row of cells, the form of CSV and Parquet files, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mispredict.obvious.case import Case

NESTED = ("expect", "source", "model")
ROW = "row."


def flat(case: Case) -> dict[str, Any]:
    """Return a case as JSON values by column: `expect.kind`, `source.row`, ..., and `row.NAME` for each feature."""
    found: dict[str, Any] = {}
    for name, value in case.to_json().items():
        if name in NESTED:
            found.update({f"{name}.{part}": inner for part, inner in value.items()})
        elif name != "row":
            found[name] = value
    return found | {f"{ROW}{name}": value for name, value in case.row.items()}


def columns_of(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return every column of flat cases: what a case says first, then the features, both in order of appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [n for n in names if not n.startswith(ROW)] + [n for n in names if n.startswith(ROW)]


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return flat values as the JSON object of a case; features that its `types` do not name are another case's."""
    found: dict[str, Any] = {name: {} for name in NESTED}
    for name, value in values.items():
        outer, dot, inner = name.partition(".")
        if outer in NESTED and dot:
            found[outer][inner] = value
        elif outer != "row":
            found[name] = value
    types = found.get("types") or {}
    found["row"] = {name: values.get(f"{ROW}{name}") for name in types}
    found["expect"] = {k: v for k, v in found["expect"].items() if v is not None or k == "class"}
    return found | {"tags": found.get("tags") or []}


def is_layout(columns: Sequence[str]) -> bool:
    """Return whether columns are those of cases, not of a list of rows to promote."""
    return {"id", "expect.kind", "types"} <= set(columns)
