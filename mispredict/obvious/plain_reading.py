"""Reading cases, or rows to promote, from one plain file: JSON lines, CSV or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mispredict.bad_input import BadInput, StoreRefused
from mispredict.obvious import case as cases_
from mispredict.obvious.case import Case
from mispredict.obvious.cells import decode
from mispredict.obvious.layout import is_layout, nested

SUFFIXES = (".jsonl", ".csv", ".parquet")


@dataclass(frozen=True)
class Line:
    """One record of a file."""

    place: str  # "line 3", "row 3"
    values: dict[str, Any]


def read_lines(file: Path) -> tuple[Line, ...]:
    """Return a file's records; raises StoreRefused with the place of the first that is not valid."""
    reader = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}.get(file.suffix.lower())
    if reader is None:
        raise refused(file, f"a file of the kind {file.suffix!r}", f"one of {', '.join(SUFFIXES)}, or a folder")
    try:
        found = tuple(reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise refused(file, f"what can't be read ({problem})", "a whole file") from problem
    if not found:
        raise refused(file, "no record", "at least one")
    return found


def are_cases(lines: tuple[Line, ...]) -> bool:
    """Return whether records are cases of an export, not rows that are to be promoted."""
    return any(_is_case(line) for line in lines) or is_layout(tuple(lines[0].values))


def cases_in(file: Path, lines: tuple[Line, ...]) -> tuple[Case, ...]:
    """Return the cases that records describe; raises StoreRefused with the place of the first that is not valid."""
    found: dict[str, Case] = {}
    for line in lines:
        case = _case_in(file, line)
        if case.id in found:
            raise refused(file, f"{line.place}: the case {case.id} again", "every case once")
        found[case.id] = case
    return tuple(found.values())


def refused(file: Path, found: str, needed: str) -> StoreRefused:
    """Return what is raised for a file that can't be imported."""
    return StoreRefused(f"{file.name}: {found}", needed=needed, do="correct the file; nothing was imported")


def _is_case(line: Line) -> bool:
    return isinstance(line.values.get("expect"), dict)


def _case_in(file: Path, line: Line) -> Case:
    try:
        return cases_.from_json(nested(line.values) if is_layout(tuple(line.values)) else line.values)
    except BadInput as problem:
        raise refused(file, f"{line.place}: {problem.found}", problem.needed) from problem


def _jsonl(file: Path) -> Iterator[Line]:
    for number, text in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if text.strip():
            yield Line(f"line {number}", _object(file, number, text))


def _object(file: Path, number: int, text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise refused(file, f"line {number}: {problem}", "one JSON object a line") from problem
    if not isinstance(found, dict):
        raise refused(file, f"line {number}: a {type(found).__name__}", "one JSON object a line")
    return found


def _csv(file: Path) -> Iterator[Line]:
    text = file.read_bytes().decode("utf-8-sig", "surrogatepass")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(10_000_000)
    header = [str(decode(cell) or "") for cell in next(reader, [])]
    if len(set(header)) < len(header):
        raise refused(file, "a header with the same column twice", "every column once")
    for cells in reader:
        place = f"line {reader.line_num}"
        if len(cells) != len(header):
            raise refused(file, f"{place}: {len(cells)} cells", f"{len(header)}, as in the header")
        yield Line(place, {name: _cell(file, place, cell) for name, cell in zip(header, cells, strict=True)})


def _cell(file: Path, place: str, cell: str) -> Any:
    try:
        return decode(cell)
    except ValueError as problem:
        raise refused(file, f"{place}: {cell[:80]!r}: {problem}", "a cell as an export writes it") from problem


def _parquet(file: Path) -> Iterator[Line]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
    except pa.ArrowException as problem:
        raise refused(file, f"what is no Parquet file ({problem})", "a whole file") from problem
    for number, values in enumerate(table.to_pylist(), start=1):
        yield Line(f"row {number}", {name: _stored(file, number, value) for name, value in values.items()})


def _stored(file: Path, number: int, value: Any) -> Any:
    """Return a Parquet cell: text as in CSV, everything else as it is stored."""
    return _cell(file, f"row {number}", value) if isinstance(value, str) else value
