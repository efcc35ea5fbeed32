"""From what the user wrote, a file, a folder or a pattern, to the files that hold the table."""

from __future__ import annotations

import glob
import os
import stat
from pathlib import Path
from typing import Literal

from mispredict.bad_input import TableRefused
from mispredict.tables.columns import hint
from mispredict.tables.contents import HEAD_BYTES, what_is

PARQUET_ENDINGS = (".parquet", ".pq")
CSV_ENDINGS = (".csv", ".tsv")
JSON_ENDINGS = (".jsonl", ".ndjson")
_ENDINGS = PARQUET_ENDINGS + CSV_ENDINGS + JSON_ENDINGS
Kind = Literal["Parquet", "CSV", "JSON lines"]
# Larger files are refused: hashing alone takes minutes, and such tables come in parts.
MAX_BYTES = 256 * 2**30


def files_of(path: str) -> list[Path]:
    """Return the table's files in order of their names, all of one kind by their endings."""
    files = _found(path)
    for file in files:
        check_regular(file)
    kinds = sorted({kind_of(file) for file in files}, reverse=True)
    if len(kinds) > 1:
        raise TableRefused(
            f"{path} holds both {' and '.join(kinds)} files",
            needed="one kind of file",
            do=f"name one: {path}/*.parquet",
        )
    return files


def kind_of(file: Path) -> Kind:
    """Return what a file holds by its ending."""
    ending = file.suffix.lower()
    return "CSV" if ending in CSV_ENDINGS else "JSON lines" if ending in JSON_ENDINGS else "Parquet"


def _found(path: str) -> list[Path]:
    if os.path.isdir(path):
        return _inside(Path(path))
    if os.path.lexists(path) or not glob.has_magic(path):
        return [_one(Path(path))]
    files = sorted(Path(name) for name in glob.glob(path) if name.lower().endswith(_ENDINGS))
    if not files:
        raise TableRefused(
            f"no .parquet, .csv or .jsonl file matches {path}", needed="at least one file", do="correct the pattern"
        )
    return files


def _inside(folder: Path) -> list[Path]:
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in _ENDINGS and not f.name.startswith((".", "_")))
    if not files:
        raise TableRefused(
            f"the folder {folder} has no .parquet, .csv or .jsonl file",
            needed="at least one",
            do="name the folder that has",
        )
    return files


def _one(file: Path) -> Path:
    if not os.path.lexists(file):
        beside = [other.name for other in file.parent.iterdir()] if file.parent.is_dir() else []
        raise TableRefused(
            f"there is no file {file}{hint(file.name, beside)}", needed="a table to read", do="correct the path"
        )
    if file.suffix.lower() not in _ENDINGS:
        raise TableRefused(
            f"{file.name} ends in {file.suffix or 'nothing'} and holds {what_is(_head(file))}",
            needed="a .parquet, .csv or .jsonl file",
            do="write the table as Parquet, CSV or JSON lines",
        )
    return file


def check_regular(file: Path) -> None:
    """Refuse what is not an ordinary readable file: a pipe would hang, a device never ends."""
    try:
        found = os.stat(file)
        readable = os.access(file, os.R_OK)
    except OSError as fault:
        raise TableRefused(
            f"{file} can't be read ({fault.strerror})", needed="a file that can be read", do="correct the path"
        ) from fault
    if not stat.S_ISREG(found.st_mode):
        raise TableRefused(f"{file} is not an ordinary file", needed="a file", do="correct the path")
    if not readable:
        raise TableRefused(f"{file} may not be read", needed="permission to read it", do="change its permissions")
    if found.st_size > MAX_BYTES:
        raise TableRefused(f"{file.name} has {found.st_size:,} bytes", needed=f"at most {MAX_BYTES:,}", do="split it")


def _head(file: Path) -> bytes:
    check_regular(file)
    with file.open("rb") as opened:
        return opened.read(HEAD_BYTES)


def check_content(file: Path, wanted: str) -> None:
    """Refuse a file that does not hold what its ending says; `wanted` is "Parquet" or "text"."""
    found = what_is(_head(file))
    if found == wanted:
        return
    if found == "nothing":
        raise TableRefused(f"{file.name} is empty", needed="a header and at least one row", do="write the file again")
    raise TableRefused(
        f"{file.name} holds {found}, not {'CSV text' if wanted == 'text' else wanted}",
        needed="text in UTF-8 with a header line" if wanted == "text" else "a Parquet file",
        do=_cure(found, wanted),
    )


def _cure(found: str, wanted: str) -> str:
    if found == "text" and wanted == "Parquet":
        return "rename it to .csv if it is a CSV file, or write it as Parquet"
    if found == "Parquet":
        return "rename it to .parquet"
    if found == "UTF-16 text":
        return "save it as UTF-8"
    if "compressed" in found or "archive" in found:
        return "unpack it first"
    return "write the table as Parquet or CSV"
