"""Opens what a service logged: rotated, unfinished and empty files included, what was left out counted."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mispredict.bad_input import TableRefused
from mispredict.tables.csv_table import typed_copy
from mispredict.tables.digests import digest_of, digest_of_texts
from mispredict.tables.json_lines import Fault, Faults
from mispredict.tables.json_table import json_copy
from mispredict.tables.merging import merged
from mispredict.tables.opening import open_table, parquet_table
from mispredict.tables.places import CSV_ENDINGS, PARQUET_ENDINGS, Kind, check_regular, kind_of
from mispredict.tables.remote import is_remote
from mispredict.tables.table import Table

MOST_FAULTS = 0.01  # part of a file's lines that may hold no entry beside cut ones; more is no log
# online.jsonl, and what rotation makes of it: online.jsonl.1, online.jsonl.2.gz
_JSON = re.compile(r"\.(?:jsonl|ndjson)(?:\.(?P<old>\d+))?(?:\.gz)?$")


@dataclass(frozen=True, eq=False)
class OpenedLog:
    """The entries as a table, and what was left out, a sentence each."""

    table: Table
    notes: tuple[str, ...]


def open_log(path: str) -> OpenedLog:
    """Return the log at a file, folder, pattern or URL; files may be of several kinds, and lack columns.

    An empty file, a last line that was not written to its end and a damaged file are left out and told. Raises
    TableRefused where nothing is left, and for a file of which more than 1 % is no entry.
    """
    if is_remote(path):
        return OpenedLog(open_table(path), ())
    notes: list[str] = []
    sources = [found for file in _files(path) if (found := _source(file, notes)) is not None]
    if not sources:
        why = f" ({'; '.join(notes)})" if notes else ""
        raise TableRefused(f"{path} holds no log entry{why}", needed="at least one", do="name the folder of the log")
    digest = digest_of_texts([one.sha256 for one in sources])
    name = path.rstrip("/").rsplit("/", 1)[-1]
    paths = [one.path for one in sources]
    schemas = [pq.read_schema(one).remove_metadata() for one in paths]
    same = all(schema.equals(schemas[0]) for schema in schemas)
    return OpenedLog(parquet_table(path, name, paths if same else [merged(paths, digest)], digest), tuple(notes))


@dataclass(frozen=True)
class _Source:
    path: Path  # of Parquet
    sha256: str  # of what was logged


def _source(file: Path, notes: list[str]) -> _Source | None:
    """Return a file's entries, None where it has none; `notes` takes what is left out."""
    if file.stat().st_size == 0:
        notes.append(f"{file.name} is empty")
        return None
    kind = _kind(file)
    if kind == "JSON lines":
        return _json_source(file, notes)
    if kind == "CSV":
        digest, copy = typed_copy([file])
        return _Source(copy, digest)
    try:
        pq.read_schema(file)
    except (pa.ArrowException, OSError):
        notes.append(f"{file.name} is no whole Parquet file: it was not written to its end, or is damaged")
        return None
    return _Source(file, digest_of(file))


def _json_source(file: Path, notes: list[str]) -> _Source | None:
    found = json_copy(file)
    if found.faults.count - found.faults.cut > max(1, MOST_FAULTS * found.faults.lines):
        raise _no_log(file, found.faults)
    notes += [_told(found.faults, file)] if found.faults.count else []
    if found.path is None:
        return None
    return _Source(found.path, found.sha256)


def _no_log(file: Path, faults: Faults) -> TableRefused:
    return TableRefused(
        f"{faults.count:,} of {faults.lines:,} lines of {file.name} hold no entry, the first is line "
        f"{faults.first[0].line}: {faults.first[0].why}",
        needed="one JSON object a line",
        do="name the log's own files, or mend what writes them",
    )


def _told(faults: Faults, file: Path) -> str:
    if faults.count == faults.cut:
        return f"the last line of {file.name} was not written to its end"
    lines = ", ".join(f"line {one.line}: {one.why}{_half(one)}" for one in faults.first)
    return f"{faults.count:,} of {faults.lines:,} lines of {file.name} hold no entry ({lines})"


def _half(fault: Fault) -> str:
    return ", not written to its end" if fault.is_last else ""


def _kind(file: Path) -> Kind | None:
    """Return what a file of a log holds by its name, None where it is no log's."""
    if _JSON.search(file.name.lower()):
        return "JSON lines"
    return kind_of(file) if file.suffix.lower() in PARQUET_ENDINGS + CSV_ENDINGS else None


def _files(path: str) -> list[Path]:
    files = sorted(_listed(path), key=_age)
    for file in files:
        check_regular(file)
        if _kind(file) is None:
            raise TableRefused(
                f"{file.name} is no log by its ending", needed="a .jsonl, .parquet or .csv file", do="rename it"
            )
    return files


def _listed(path: str) -> Iterator[Path]:
    """Return the log's files; those that a recorder or an editor is still making begin with a dot."""
    if os.path.isdir(path):
        found: Sequence[Path] = list(Path(path).iterdir())
    elif os.path.lexists(path):
        return iter([Path(path)])
    else:
        found = [Path(name) for name in glob.glob(path)] if glob.has_magic(path) else []
    logs = [file for file in found if _kind(file) and not file.name.startswith((".", "_"))]
    if not logs:
        raise TableRefused(
            f"{path} has no .parquet, .jsonl or .csv file" if found or os.path.isdir(path) else f"no file {path}",
            needed="what the service logged",
            do="correct path in [online]",
        )
    return iter(logs)


def _age(file: Path) -> tuple[int, str]:
    """Return what puts older files first: rotation counts up with age."""
    named = _JSON.search(file.name.lower())
    old = int(named["old"]) if named is not None and named["old"] else 0
    return -old, file.name
