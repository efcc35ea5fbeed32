"""A 64-bit digest of each row's values, the same whatever the types that hold equal values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["single", "number", "time", "text"]
Kinds = dict[str, Kind]  # column -> what its values are compared as
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))  # of splitmix64
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MISSING = np.uint64(0x632BE59BD9B4E019)


def common_kinds(first: pa.Schema, second: pa.Schema, columns: Sequence[str]) -> Kinds | str:
    """Return what each column is compared as in two tables, or why they can't be compared."""
    missing = [name for name in columns if name not in first.names or name not in second.names]
    if missing:
        return f"a column is not in both tables: {missing[0]!r}"
    kinds: Kinds = {}
    for name in dict.fromkeys(columns):
        if pa.types.is_nested(first.field(name).type) or pa.types.is_nested(second.field(name).type):
            continue
        own, other = _kind(first.field(name).type), _kind(second.field(name).type)
        if {own, other} == {"single", "number"}:
            own = other = "single"  # a double that was kept as a float compares as a float
        if own != other:
            own = "text"  # the numbers of one table may stand as text in the other
        kinds[name] = own
    return kinds


def _kind(type_: pa.DataType) -> Kind:
    if pa.types.is_float32(type_):
        return "single"
    if pa.types.is_floating(type_) or pa.types.is_integer(type_) or pa.types.is_boolean(type_):
        return "number"
    if pa.types.is_timestamp(type_) or pa.types.is_date(type_):
        return "time"
    return "text"


def digests_of(batch: pa.RecordBatch, kinds: Kinds) -> np.ndarray:
    """Return one uint64 a row, from the columns of `kinds` in their order."""
    digests = np.full(batch.num_rows, _STEP, dtype=np.uint64)
    for name, kind in kinds.items():
        digests = _mixed(digests * _MIX[0] + _STEP + _values(batch.column(name), kind))
    return digests


def _values(column: pa.Array, kind: Kind) -> np.ndarray:
    if kind == "text":
        return _texts(column)
    if kind == "time":
        ticks = column.cast(pa.timestamp("us", getattr(column.type, "tz", None)), safe=False).cast(pa.int64())
        return _filled(ticks.fill_null(0).to_numpy(zero_copy_only=False).view(np.uint64), column.is_null())
    numbers = column.cast(pa.float64(), safe=False).fill_null(np.nan).to_numpy(zero_copy_only=False)
    if kind == "single":
        with np.errstate(over="ignore"):
            numbers = numbers.astype(np.float32).astype(np.float64)
    missing = np.isnan(numbers)
    return np.where(missing, _MISSING, _mixed((numbers + 0.0).view(np.uint64)))  # -0.0 + 0.0 is 0.0


def _filled(values: np.ndarray, missing: pa.Array) -> np.ndarray:
    return np.where(missing.to_numpy(zero_copy_only=False), _MISSING, _mixed(values))


def _texts(column: pa.Array) -> np.ndarray:
    """Return a digest for each text; numbers are their shortest text, whole ones without a point."""
    coded = column.dictionary_encode()
    texts = np.array([_text(value) for value in coded.dictionary.to_pylist()], dtype=object)
    known = pd.util.hash_array(texts, categorize=False) if len(texts) else np.empty(0, dtype=np.uint64)
    codes = pc.fill_null(coded.indices, len(texts)).to_numpy(zero_copy_only=False)
    return np.append(known, _MISSING)[codes]


def _text(value: object) -> str:
    if isinstance(value, (bool, float)) and value == value and abs(value) != np.inf and float(value).is_integer():
        return str(int(value))
    return str(value)


def _mixed(values: np.ndarray) -> np.ndarray:
    """Return the bits of each number stirred (splitmix64's finisher)."""
    values = (values ^ (values >> np.uint64(30))) * _MIX[0]
    values = (values ^ (values >> np.uint64(27))) * _MIX[1]
    return values ^ (values >> np.uint64(31))
