"""CSV, read once with care and kept as typed Parquet, so that everything after reads one format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from mispredict.bad_input import OutputRefused, TableRefused
from mispredict.cache import cache_folder
from mispredict.replacing import making
from mispredict.tables.columns import listed
from mispredict.tables.csv_kinds import Kind, kind_of, type_of, wider
from mispredict.tables.csv_text import Header, read_header, refuse_if_empty, text_batches
from mispredict.tables.digests import digest_of_all, stamp_of

_READER = "csv1"  # part of the copy's name: a reader that decides types otherwise must not find the old copies
_GROUP_ROWS = 131_072  # rows that are unpacked to show one of them


def typed_copy(files: Sequence[Path]) -> tuple[str, Path]:
    """Return the digest of the files' bytes and the Parquet file that holds their rows with types.

    Types are decided over all rows of all files: whole numbers, numbers, true/false, ISO timestamps, else text.
    """
    stamps = [stamp_of(file) for file in files]
    headers = [read_header(file) for file in files]
    _check_same(files, headers)
    digest = digest_of_all(files)
    copy = cache_folder() / "tables" / f"{digest}.{_READER}.parquet"
    if not copy.exists():
        schema = _decide(files, headers)
        _write(copy, files, headers, schema)
    if [stamp_of(file) for file in files] != stamps:
        copy.unlink(missing_ok=True)
        raise TableRefused(
            f"{files[0].name} changed while it was read", needed="a file that stays as it is", do="open it again"
        )
    return digest, copy


def _check_same(files: Sequence[Path], headers: Sequence[Header]) -> None:
    for file, header in zip(files, headers, strict=True):
        if header.names != headers[0].names:
            odd = set(header.names) ^ set(headers[0].names)
            raise TableRefused(
                f"{file.name} has another header than {files[0].name}"
                + (f": they differ in {listed(sorted(odd))}" if odd else ": the order differs"),
                needed="the same columns in every file",
                do="write the files alike",
            )


def _decide(files: Sequence[Path], headers: Sequence[Header]) -> pa.Schema:
    """Return the schema after a first pass over every value."""
    kinds: list[Kind] = ["none"] * len(headers[0].names)
    rows = 0
    for file, header in zip(files, headers, strict=True):
        for batch in text_batches(file, header):
            rows += batch.num_rows
            kinds = [k if k == "text" else wider(k, kind_of(c)) for k, c in zip(kinds, batch.columns, strict=True)]
    refuse_if_empty(rows, files[0].name)
    return pa.schema([pa.field(n, type_of(k)) for n, k in zip(headers[0].names, kinds, strict=True)])


def _write(copy: Path, files: Sequence[Path], headers: Sequence[Header], schema: pa.Schema) -> None:
    """Write the copy under another name and move it into place, so that a half-written one is never found."""
    options = {"compression": "zstd", "compression_level": 1}
    try:
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with making(copy) as fresh, pq.ParquetWriter(fresh, schema, **options) as writer:
            for file, header in zip(files, headers, strict=True):
                for batch in text_batches(file, header):
                    writer.write_batch(_typed(batch, schema), row_group_size=_GROUP_ROWS)
    except pa.ArrowInvalid as fault:  # the first pass found these types to hold for every value
        raise TableRefused(
            f"{files[0].name} changed while it was read", needed="a file that stays as it is", do="open it again"
        ) from fault
    except OSError as fault:
        raise OutputRefused(
            f"the typed copy of {files[0].name} can't be written to {copy.parent} ({fault.strerror})",
            needed="room for a copy of the table",
            do="free some space, or name another folder in MISPREDICT_CACHE",
        ) from fault


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
