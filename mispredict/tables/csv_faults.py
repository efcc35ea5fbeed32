"""Finds the line of a CSV file that can't be read; slow and exact, for files already known to be faulty."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from mispredict.bad_input import TableRefused
from mispredict.tables.columns import shortened

MAX_CELL = 16 << 20  # characters; longer cells don't fit the block that rows are read in


def first_fault(file: Path, names: Sequence[str], delimiter: str, seen: str) -> TableRefused:
    """Return the refusal for the first row that is wrong, with its line in the file; `seen` is what the reader said."""
    last = 1
    # The limit is the module's own and the same for everybody; ours is only ever wider than the one it has.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL))
    try:
        for line, row in _lined(file, delimiter):
            last = line
            found = _wrong(row, names)
            if found:
                return _refusal(file, line, *found)
    except csv.Error as fault:
        return _refusal(file, last, f"a row that can't be split ({fault})", "cells of at most 16 million characters")
    return _refusal(file, last, f"a row that can't be read ({shortened(seen, 80)})", "every quote closed")


def _lined(file: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Return each row with the line it begins in, counting lines inside of quotes, as an editor does."""
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        rows = csv.reader(text, delimiter=delimiter)
        begins = 1
        for row in rows:
            if row:
                yield begins, row
            begins = rows.line_num + 1


def _wrong(row: list[str], names: Sequence[str]) -> tuple[str, str] | None:
    """Return what was found and what was needed, None for a row that is in order."""
    for place, cell in enumerate(row):
        column = repr(shortened(names[place])) if place < len(names) else str(place + 1)
        if "\x00" in cell:
            return f"a NUL byte in column {column}", "text without NUL bytes"
        if not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell):
            return f"a byte in column {column} that is no UTF-8", "text in UTF-8 (it may be Latin-1 or Windows-1252)"
    if len(row) != len(names):
        return f"{len(row)} fields", f"{len(names)} fields, as in the header"
    return None


def _refusal(file: Path, line: int, found: str, needed: str) -> TableRefused:
    do = (
        "save the file as UTF-8"
        if "UTF-8" in needed
        else f"correct line {line}; values that hold a delimiter or a quote need quotes around them"
    )
    return TableRefused(f"{file.name}, line {line}: {found}", needed=needed, do=do)
