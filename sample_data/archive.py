"""Files whose bytes depend on nothing but what is in them: no clock, no addresses, no uninitialised padding."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip can name
DELTAS = {"payment_id": "DELTA_BYTE_ARRAY", "event_time": "DELTA_BINARY_PACKED", "served_at": "DELTA_BINARY_PACKED"}
PLAIN = ("score",)  # no two are alike, a dictionary would only cost


def write_parquet(rows: pd.DataFrame, path: Path) -> None:
    """Write rows as one small file, without the index and without notes on the library that wrote it."""
    table = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)
    table = table.cast(pa.schema([field.with_type(_plain(field.type)) for field in table.schema]))
    encodings = {name: kind for name, kind in DELTAS.items() if name in table.column_names}
    worded = [name for name in table.column_names if name not in encodings and name not in PLAIN]
    pq.write_table(
        table, path, compression="zstd", compression_level=19, use_dictionary=worded, column_encoding=encodings or None,
        store_schema=False,
    )  # fmt: skip


def write_skops(model: Any, path: Path) -> None:
    """Write a fitted estimator; names that stem from memory addresses become numbers in order of appearance."""
    import skops.io

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as parts:
        schema = parts.read("schema.json").decode()
        arrays = {name: parts.read(name) for name in parts.namelist() if name != "schema.json"}
    names = {name: f"{place}.npy" for place, name in enumerate(dict.fromkeys(re.findall(r"\d+\.npy", schema)))}
    with zipfile.ZipFile(path, "w") as packed:
        for name, new in names.items():
            _add(packed, new, content=_without_padding(arrays[name]))
        _add(packed, "schema.json", content=json.dumps(_renumbered(json.loads(schema), names, ids={})).encode())


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_large_string(kind) else kind


def _add(packed: zipfile.ZipFile, name: str, *, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    packed.writestr(entry, content, compresslevel=9)


def _without_padding(content: bytes) -> bytes:
    """Return a stored array again. The gaps in a tree's records hold whatever was in memory; here they hold zeros."""
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.names is None:
        return content
    clean = np.zeros(array.nbytes, dtype=np.uint8).view(array.dtype).reshape(array.shape)
    for field in array.dtype.names:
        clean[field] = array[field]
    stored = io.BytesIO()
    np.save(stored, clean, allow_pickle=False)
    return stored.getvalue()


def _renumbered(part: Any, names: dict[str, str], *, ids: dict[int, int]) -> Any:
    if isinstance(part, list):
        return [_renumbered(one, names, ids=ids) for one in part]
    if not isinstance(part, dict):
        return part
    fresh = {key: _renumbered(value, names, ids=ids) for key, value in part.items()}
    if "__id__" in fresh:
        fresh["__id__"] = ids.setdefault(fresh["__id__"], len(ids))
    if fresh.get("type") == "numpy":
        fresh["file"] = names[fresh["file"]]
    return fresh
