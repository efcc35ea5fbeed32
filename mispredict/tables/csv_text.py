"""CSV files as batches of text: strict about shape, sure of nothing about types."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv as pa_csv

from mispredict.bad_input import TableRefused
from mispredict.tables.columns import check_names
from mispredict.tables.csv_faults import first_fault
from mispredict.tables.places import check_content

BLOCK_BYTES = 16 << 20  # a row must fit; also the memory of one step
_HEADER_BYTES = 4 << 20  # 20,000 columns of 200 characters
_DELIMITERS = (",", ";", "\t", "|")
_BOM = b"\xef\xbb\xbf"
# Stands in a row of our own after the last one. An unclosed quote swallows it, which is how it is found out.
_END = "mispredict: end of rows"


@dataclass(frozen=True)
class Header:
    """A CSV file's first row and the delimiter it was split at."""

    names: tuple[str, ...]
    delimiter: str


def read_header(file: Path) -> Header:
    """Return the header of a CSV file; refuses what is not text or has blank or repeated names."""
    check_content(file, "text")
    with file.open("rb") as opened:
        head = opened.read(_HEADER_BYTES).removeprefix(_BOM)
    try:
        text = head.decode("utf-8") if len(head) < _HEADER_BYTES else head.decode("utf-8", errors="ignore")
    except UnicodeDecodeError:
        text = head.decode("utf-8", errors="surrogateescape")  # the row is named when the whole is read
    delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = tuple(next((row for row in rows if row), []))
    check_names(names, file.name)
    return Header(names, delimiter)


def _delimiter(text: str) -> str:
    """Return the delimiter that stands most often in the first row, outside of quotes."""
    counts, quoted = dict.fromkeys(_DELIMITERS, 0), False
    for letter in text.lstrip("\r\n"):
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "\r\n":
            break
        elif not quoted and letter in counts:
            counts[letter] += 1
    return max(_DELIMITERS, key=lambda delimiter: counts[delimiter])


def text_batches(file: Path, header: Header) -> Iterator[pa.RecordBatch]:
    """Return the rows as text, a few megabytes at a time; an empty cell is missing, everything else stays as it is.

    A row with more or fewer fields than the header, an open quote, a NUL or a byte that is no UTF-8 is refused with the
    line it stands in.
    """
    held: pa.RecordBatch | None = None
    with file.open("rb") as opened:
        try:
            for batch in pa_csv.open_csv(_WithEnd(opened, header), **_options(header)):
                if held is not None and held.num_rows:
                    yield held
                held = batch
        except (pa.ArrowInvalid, _NulFound) as fault:
            raise first_fault(file, header.names, header.delimiter, str(fault)) from fault
    if held is None or not held.num_rows or held.column(0)[-1].as_py() != _END:
        raise first_fault(file, header.names, header.delimiter, "a quote that is never closed")
    if held.num_rows > 1:
        yield held.slice(0, held.num_rows - 1)


def _options(header: Header) -> dict[str, Any]:
    # Columns are read under their numbers: names may be anything, and Arrow would look them up.
    columns = [str(place) for place in range(len(header.names))]
    return {
        "read_options": pa_csv.ReadOptions(
            column_names=columns, skip_rows_after_names=1, block_size=BLOCK_BYTES, use_threads=True
        ),
        "parse_options": pa_csv.ParseOptions(delimiter=header.delimiter, newlines_in_values=True),
        "convert_options": pa_csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    }


class _NulFound(Exception):
    """A NUL byte, which text does not have."""


class _WithEnd(io.RawIOBase):
    """The file's bytes, then a row that marks the end."""

    def __init__(self, file: BinaryIO, header: Header) -> None:
        self._file = file
        row = [_END, *[""] * (len(header.names) - 1)]
        self._left = ("\n" + header.delimiter.join(row) + "\n").encode()

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        wanted = BLOCK_BYTES if size is None or size < 0 else size
        block = self._file.read(wanted)
        if b"\x00" in block:
            raise _NulFound("a NUL byte")
        # A short block is the file's last one. It takes the mark along: a block must hold a whole row.
        room = wanted - len(block)
        block, self._left = block + self._left[:room], self._left[room:]
        return block


def refuse_if_empty(rows: int, name: str) -> None:
    """Refuse a CSV file that has a header and nothing below it."""
    if not rows:
        raise TableRefused(
            f"{name} has a header and no rows", needed="at least one row", do="name a table that has rows"
        )
