"""A table that is already in memory, as in a notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mispredict.bad_input import TableRefused
from mispredict.tables.columns import check_names
from mispredict.tables.plain import plain_batch, plain_schema, to_frame
from mispredict.tables.table import BATCH_ROWS, Table, chosen


@dataclass(frozen=True, eq=False)
class FrameTable:
    """A DataFrame's rows, copied once into Arrow so that the caller's frame is neither changed nor watched."""

    path: str
    name: str
    rows: int
    schema: pa.Schema
    sha256: str
    held: pa.Table

    def batches(self, columns: Sequence[str] | None = None, size: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Return all rows in order, `size` at a time at most."""
        return iter(self.held.select(chosen(self.schema, columns).names).to_batches(max_chunksize=size))

    def take(self, positions: np.ndarray, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows at these positions, in this order; the index is the position."""
        wanted = np.asarray(positions, dtype=np.int64)
        rows = self.held.select(chosen(self.schema, columns).names).take(pa.array(wanted)).combine_chunks()
        batches = rows.to_batches() or [pa.RecordBatch.from_pylist([], schema=rows.schema)]
        return to_frame(batches[0], 0).set_index(pd.Index(wanted))


def table_of(rows: pd.DataFrame) -> Table:
    """Return the frame as a table; its index is dropped, positions count from 0."""
    check_names([str(name) for name in rows.columns], "the frame")
    if not len(rows):
        raise TableRefused("the frame has no rows", needed="at least one row", do="pass a frame with rows")
    arrow = _arrow_of(rows)
    schema = plain_schema(arrow.schema)
    held = pa.Table.from_batches([plain_batch(batch, schema) for batch in arrow.to_batches()], schema=schema)
    return FrameTable("", "rows in memory", held.num_rows, schema, _digest(held), held)


def _arrow_of(rows: pd.DataFrame) -> pa.Table:
    try:
        return pa.Table.from_pandas(rows.rename(columns=str), preserve_index=False).combine_chunks()
    except (pa.ArrowException, TypeError) as fault:
        raise TableRefused(
            f"the frame has a column of mixed types ({' '.join(map(str, fault.args))[:200]})",
            needed="one type a column",
            do="convert that column, with astype(str) if it is text",
        ) from fault


def _digest(held: pa.Table) -> str:
    """Return a digest of names, types and values."""
    state = hashlib.sha256(str(held.schema).encode())
    for batch in held.to_batches(max_chunksize=BATCH_ROWS):
        state.update(batch.serialize())
    return state.hexdigest()
