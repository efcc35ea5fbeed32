"""The set as one plain file: JSON lines or CSV, the same bytes for the same cases."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from mispredict.bad_input import OutputRefused
from mispredict.obvious.case import Case
from mispredict.obvious.cells import encode
from mispredict.obvious.layout import columns_of, flat
from mispredict.replacing import replacing

SUFFIXES = (".jsonl", ".csv")


def write_plain(cases: Sequence[Case], file: Path) -> Path:
    """Write the cases to a file, whole or not at all; its suffix names the form. Raises OutputRefused."""
    if not cases:
        raise OutputRefused("a set without cases", needed="at least one case", do="promote one first")
    ordered = sorted(cases, key=lambda case: case.id)
    text = csv_text(ordered) if file.suffix.lower() == ".csv" else jsonl_text(ordered)
    try:
        with replacing(file) as fresh:
            fresh.write_bytes(text.encode("utf-8", "surrogatepass"))
    except OSError as problem:
        raise OutputRefused(
            f"{file}, which can't be written: {problem.strerror}", needed="a file to write", do="name another file"
        ) from problem
    return file


def jsonl_text(cases: Sequence[Case]) -> str:
    """Return one case a line, ASCII JSON."""
    return "".join(json.dumps(case.to_json(), allow_nan=False) + "\n" for case in cases)


def csv_text(cases: Sequence[Case]) -> str:
    """Return one case a row; no cell is a formula, and each reads back exactly."""
    rows = [flat(case) for case in cases]
    columns, text = columns_of(rows), io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180; what a cell must be quoted for follows from it
    writer.writerow([encode(column) for column in columns])
    writer.writerows([[encode(row.get(column)) for column in columns] for row in rows])
    return text.getvalue()
