"""A list of rows to promote, as people keep one after an incident: a row's id, why, and what else they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mispredict.bad_input import BadInput
from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.case import Case
from mispredict.obvious.freeze import Why, freeze
from mispredict.obvious.plain_reading import Line, refused

Frozen = Callable[[Sequence[str]], tuple[FrozenRow, ...]]
COLUMNS = ("row", "reason", "expect", "severity", "incident", "expires", "owner", "tags")


def promoted(file: Path, lines: Sequence[Line], by: str, frozen: Frozen | None) -> tuple[Case, ...]:
    """Return a case for each line; raises BadInput with the line of the first that is not valid."""
    _require_columns(file, lines)
    if frozen is None:
        raise refused(file, "a list of rows", "the investigation that they belong to: say --from investigation.toml")
    whys = [_why(file, line, by) for line in lines]
    rows = frozen([str(line.values["row"]) for line in lines])
    cases = [_case(file, line, row, why) for line, row, why in zip(lines, rows, whys, strict=True)]
    seen: dict[str, str] = {}
    for line, case in zip(lines, cases, strict=True):
        if case.id in seen:
            raise refused(file, f"{line.place}: what {seen[case.id]} says already", "every case once")
        seen[case.id] = line.place
    return tuple(cases)


def _require_columns(file: Path, lines: Sequence[Line]) -> None:
    for line in lines:
        for name in ("row", "reason"):
            if line.values.get(name) is None:
                raise refused(file, f"{line.place}: no {name}", "a row's id and a reason in every line, or whole cases")
        if unknown := [name for name in line.values if name not in COLUMNS]:
            raise refused(file, f"{line.place}: the column {unknown[0]!r}", f"columns among {', '.join(COLUMNS)}")


def _why(file: Path, line: Line, by: str) -> Why:
    said: dict[str, Any] = {name: line.values.get(name) for name in COLUMNS}
    tags = said["tags"] if isinstance(said["tags"], list) else str(said["tags"] or "").split(",")
    try:
        return Why(
            str(said["reason"]),
            by,
            str(said["expect"] or "label"),
            said["severity"] or "major",
            _text(said["incident"]),
            _text(said["expires"]),
            _text(said["owner"]),
            tuple(tag.strip() for tag in map(str, tags) if tag.strip()),
        )
    except BadInput as problem:
        raise refused(file, f"{line.place}: {problem.found}", problem.needed) from problem


def _case(file: Path, line: Line, row: FrozenRow, why: Why) -> Case:
    try:
        return freeze([row], why)[0]
    except BadInput as problem:
        raise refused(file, f"{line.place}: {problem.found}", problem.needed) from problem


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
