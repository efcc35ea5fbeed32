"""Reading cases from an exported folder or a plain file, or promoting the rows that a file lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mispredict.bad_input import BadInput, StoreRefused
from mispredict.obvious import case as cases_
from mispredict.obvious import sums
from mispredict.obvious.case import Case
from mispredict.obvious.export import SCHEMA, read_schema
from mispredict.obvious.listed_rows import Frozen, promoted
from mispredict.obvious.plain_reading import are_cases, cases_in, read_lines


def import_source(source: Path, *, verified: bool, by: str, frozen: Frozen | None) -> tuple[Case, ...]:
    """Return the cases of a folder or a file, or of the rows that a file lists; raises BadInput, nothing half.

    `verified` refuses a folder whose files are not those that were exported; `frozen` freezes the rows of a list.
    """
    if source.is_dir():
        found = import_folder(source)
        if verified:
            sums.verify(source)
        return found
    lines = read_lines(source)
    return cases_in(source, lines) if are_cases(lines) else promoted(source, lines, by, frozen)


def import_folder(folder: Path) -> tuple[Case, ...]:
    """Return the cases of an exported folder; raises StoreRefused with the line of the first that is not valid."""
    types = _types_in(folder)
    cases = [_case_in(line, number, types) for number, line in _lines_of(folder / "cases.jsonl")]
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise _refusal(folder / "cases.jsonl", f"the case {case.id} twice", "every case once")
        seen.add(case.id)
    return tuple(cases)


def _types_in(folder: Path) -> dict[str, Any]:
    schema = read_schema(folder)
    if schema is None:
        raise _refusal(folder, "no schema.json of an obvious set", "a folder that `mispredict obvious export` made")
    if schema["schema"] != SCHEMA or not isinstance(schema.get("types"), dict):
        raise _refusal(folder, f"a set in the form {schema['schema']}", f"the form {SCHEMA}, with types")
    types: dict[str, Any] = schema["types"]
    return types


def _lines_of(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise _refusal(path, f"a file that can't be read ({problem})", "one case a line") from None
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _case_in(line: str, number: int, types: dict[str, Any]) -> Case:
    place = Path("cases.jsonl")
    try:
        found = json.loads(line)
        return cases_.from_json({**found, "types": types[found["schema"]]})
    except BadInput as problem:
        raise _refusal(place, f"line {number}: {problem.found}", problem.needed) from problem
    except (ValueError, TypeError, KeyError) as problem:
        raise _refusal(
            place, f"line {number}: {problem}", "a JSON object whose schema stands in schema.json"
        ) from problem


def _refusal(place: Path, found: str, needed: str) -> StoreRefused:
    return StoreRefused(
        f"{place}: {found}", needed=needed, do="correct it or export the set again; nothing was imported"
    )
