"""Parquet files whose types differ, brought into one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mispredict.bad_input import OutputRefused
from mispredict.cache import cache_folder
from mispredict.replacing import making
from mispredict.tables.json_columns import common_type
from mispredict.tables.parquet import open_parquet_file, reading
from mispredict.tables.plain import is_nested, plain_type
from mispredict.tables.table import BATCH_ROWS

_MADE = "merged1"  # part of the copy's name: another way to merge must not find the old copies


def merged(paths: Sequence[Path], digest: str) -> Path:
    """Return a Parquet file with the rows of all, each column in the type that holds them all, null where one lacks it.

    `digest` is that of the sources; one file stays as it is.
    """
    if len(paths) == 1:
        return paths[0]
    copy = cache_folder() / "tables" / f"{digest}.{_MADE}.parquet"
    if not copy.exists():
        _write(copy, paths, common_schema([pq.read_schema(path) for path in paths]))
    return copy


def common_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return every column of the schemas, in the type that holds the values of all; lists and structs are left out."""
    types: dict[str, list[pa.DataType]] = {}
    for schema in schemas:
        for field in schema:
            types.setdefault(field.name, []).append(_own(field.type))
    return pa.schema(
        [pa.field(name, common_type(found)) for name, found in types.items() if not any(map(is_nested, found))]
    )


def _own(kind: pa.DataType) -> pa.DataType:
    return kind if pa.types.is_null(kind) else plain_type(kind)


def _write(copy: Path, paths: Sequence[Path], schema: pa.Schema) -> None:
    try:
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with making(copy) as fresh, pq.ParquetWriter(fresh, schema, compression="zstd", compression_level=1) as kept:
            for path in paths:
                with reading(path), open_parquet_file(path) as file:
                    names = [name for name in file.schema_arrow.names if name in schema.names]
                    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names):
                        kept.write_batch(_typed(batch, schema))
    except OSError as fault:
        raise OutputRefused(
            f"a copy of the table can't be written to {copy.parent} ({fault.strerror})",
            needed="room for a copy of the table",
            do="free some space, or name another folder in MISPREDICT_CACHE",
        ) from fault


def _typed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    batch.validate(full=True)
    columns = [
        _as(batch.column(field.name), field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    plain = column.cast(_own(column.type)) if not column.type.equals(_own(column.type)) else column
    if pa.types.is_string(kind) and pa.types.is_floating(plain.type):
        return _spelled(plain)
    return plain.cast(kind)


def _spelled(numbers: pa.Array) -> pa.Array:
    """Return numbers as text; whole ones without the fraction that a column with gaps gave them."""
    try:
        whole = pc.if_else(pc.is_nan(numbers), None, numbers).cast(pa.int64())
        return whole.cast(pa.string())
    except pa.ArrowInvalid:
        return numbers.cast(pa.string())
