"""The log with columns of the table's rows that its entries belong to: whose they are, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mispredict.tables.table import BATCH_ROWS, Table, chosen


@dataclass(frozen=True, eq=False)
class WithColumns:
    """A table with more columns, held in memory beside it."""

    table: Table
    more: pa.Table  # as many rows as the table

    @property
    def path(self) -> str:
        """Return where the table was opened."""
        return self.table.path

    @property
    def name(self) -> str:
        """Return the table's name."""
        return self.table.name

    @property
    def rows(self) -> int:
        """Return how many rows it has."""
        return self.table.rows

    @property
    def sha256(self) -> str:
        """Return the table's digest."""
        return self.table.sha256

    @property
    def schema(self) -> pa.Schema:
        """Return the table's columns, then those beside it."""
        return pa.schema([*self.table.schema, *self.more.schema])

    def batches(self, columns: Sequence[str] | None = None, size: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Return all rows in order, `size` at a time at most."""
        schema, first = chosen(self.schema, columns), 0
        own = [name for name in schema.names if name in self.table.schema.names]
        # A batch needs a column to have rows.
        for batch in self.table.batches(own or self.table.schema.names[:1], size):
            beside = self.more.slice(first, batch.num_rows).combine_chunks()
            arrays = [batch.column(name) if name in own else _array(beside.column(name)) for name in schema.names]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
            first += batch.num_rows

    def take(self, positions: np.ndarray, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows at these positions, in this order; the index is the position."""
        names = chosen(self.schema, columns).names
        own = [name for name in names if name in self.table.schema.names]
        rows = self.table.take(positions, own or self.table.schema.names[:1])
        beside = self.more.take(pa.array(positions)).to_pandas().set_index(rows.index)
        return pd.concat([rows, beside], axis=1)[names]


def with_columns(log: Table, table: Table, places: tuple[np.ndarray, np.ndarray], columns: Sequence[str]) -> Table:
    """Return the log with columns of the table; `places` are paired positions, in the table and in the log."""
    wanted = [name for name in columns if name not in log.schema.names and name in table.schema.names]
    if not wanted:
        return log
    rows, entries = places
    order = np.argsort(rows, kind="stable")
    taken = table.take(rows[order], wanted).set_index(pd.Index(entries[order])).reindex(range(log.rows))
    return WithColumns(log, pa.Table.from_pandas(taken, preserve_index=False))


def _array(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)
