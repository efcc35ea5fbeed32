"""Entries as Parquet: pyarrow is needed here and nowhere else in the recorder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mispredict.online.snapshot import Row


def write_parquet(entries: list[Row], place: Path) -> None:
    """Write the entries; a column whose values have several types becomes text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = dict.fromkeys(name for entry in entries for name in entry)
    columns = {name: _array([entry.get(name) for entry in entries], name) for name in names}
    pq.write_table(pa.table(columns), place, compression="zstd")
    place.chmod(0o600)


def _array(values: list[Any], name: str) -> Any:
    import pyarrow as pa

    try:
        found = pa.array(values)
        return found.cast(pa.timestamp("us", "UTC")) if name in ("served_at", "_served_at") else found
    except pa.ArrowException:
        return pa.array([None if v is None else v if isinstance(v, str) else json.dumps(v) for v in values])
