"""Arrow as the rest of the house wants it: plain column types, whole and valid batches, DataFrames."""

from __future__ import annotations

import re

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# pandas writes a frame's index as columns of this name; they are row labels, nobody's data.
_INDEX_COLUMN = re.compile(r"__index_level_\d+__")


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that a column of this type is read as.

    Categories are read as their values: which categories there are, and in what order, is the model's knowledge and not
    a file's. Decimals and half floats become float64, as does a column that has no value at all.
    """
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind) or pa.types.is_null(kind):
        return pa.float64()
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    return kind


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema as read: plain types, without metadata and without pandas' index columns."""
    return pa.schema([pa.field(f.name, plain_type(f.type)) for f in schema if not _INDEX_COLUMN.fullmatch(f.name)])


def plain_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return the batch in the schema's columns, order and types, checked in full.

    Arrow's readers may hand out invalid data for a damaged file; used unchecked it reads outside its memory.
    """
    batch.validate(full=True)
    columns = [_as(batch.column(f.name), f.type) for f in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _as(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column if column.type.equals(kind) else column.cast(kind)


def is_nested(kind: pa.DataType) -> bool:
    """Return whether the type holds values inside values: lists, structs, maps."""
    return bool(pa.types.is_nested(kind))


def to_frame(batch: pa.RecordBatch, first: int) -> pd.DataFrame:
    """Return the batch as a DataFrame whose index is the position in the table, `first` for the first row."""
    # Metadata that pandas wrote could rename the index or restore types that no longer hold.
    frame: pd.DataFrame = batch.to_pandas(ignore_metadata=True, date_as_object=False)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if column.null_count and pa.types.is_integer(column.type) and not _fits_float(column):
            frame[name] = pd.array(column.to_pylist(), dtype="Int64")
    frame.index = pd.RangeIndex(first, first + batch.num_rows)
    return frame


def _fits_float(column: pa.Array) -> bool:
    """Return whether float64, which missing whole numbers are shown in, holds every value exactly."""
    ends = pc.min_max(column)
    return ends["max"].as_py() is None or max(-ends["min"].as_py(), ends["max"].as_py()) <= 2**53
