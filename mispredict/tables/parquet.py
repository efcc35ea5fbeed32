"""A table in Parquet files, streamed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mispredict.bad_input import TableRefused
from mispredict.tables.digests import Stamp, stamp_of
from mispredict.tables.plain import plain_batch, to_frame
from mispredict.tables.table import BATCH_ROWS, chosen

_READ_BUFFER = 1 << 20  # bytes a column: streams a row group's columns rather than holding all of their pages


@dataclass(frozen=True)
class Part:
    """One Parquet file of a table."""

    path: Path
    stamp: Stamp  # what the file was like when it was opened
    group_rows: tuple[int, ...]  # rows of each row group


@dataclass(frozen=True, eq=False)
class ParquetTable:
    """Rows of one Parquet file, or of several read one after the other."""

    path: str
    name: str
    rows: int
    schema: pa.Schema
    sha256: str
    parts: tuple[Part, ...]

    def batches(self, columns: Sequence[str] | None = None, size: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Return all rows in order, `size` at a time at most; memory stays a few batches whatever the table's size."""
        schema = chosen(self.schema, columns)
        for part in self.parts:
            yield from _read(part, schema, groups=None, size=size)

    def take(self, positions: np.ndarray, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows at these positions, in this order; reads only the row groups that hold them."""
        schema, order = chosen(self.schema, columns), np.unique(np.asarray(positions, dtype=np.int64))
        if len(order) and (order[0] < 0 or order[-1] >= self.rows):
            raise IndexError(f"{self.name} has {self.rows} rows; positions run from {order[0]} to {order[-1]}")
        found = pa.Table.from_batches(self._at(order, schema), schema=schema).combine_chunks()
        rows = found.take(np.searchsorted(order, positions)).combine_chunks()
        batches = rows.to_batches() or [pa.RecordBatch.from_pylist([], schema=schema)]
        return to_frame(batches[0], 0).set_index(pd.Index(np.asarray(positions, dtype=np.int64)))

    def _at(self, order: np.ndarray, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Return the rows at sorted positions, from as few row groups as hold them."""
        first = 0
        for part in self.parts:
            for group, rows in enumerate(part.group_rows):
                inside = order[np.searchsorted(order, first) : np.searchsorted(order, first + rows)] - first
                if len(inside):
                    yield from _pick(_read(part, schema, groups=[group], size=BATCH_ROWS), inside)
                first += rows


def _pick(batches: Iterator[pa.RecordBatch], wanted: np.ndarray) -> Iterator[pa.RecordBatch]:
    first = 0
    for batch in batches:
        inside = wanted[np.searchsorted(wanted, first) : np.searchsorted(wanted, first + batch.num_rows)]
        if len(inside):
            yield batch.take(pa.array(inside - first))
        first += batch.num_rows


def _read(part: Part, schema: pa.Schema, *, groups: list[int] | None, size: int) -> Iterator[pa.RecordBatch]:
    if stamp_of(part.path) != part.stamp:
        raise TableRefused(
            f"{part.path.name} changed since it was opened", needed="a file that stays as it is", do="open it again"
        )
    with reading(part.path), open_parquet_file(part.path) as file:
        for batch in file.iter_batches(batch_size=size, row_groups=groups, columns=schema.names):
            yield plain_batch(batch, schema)


def open_parquet_file(path: Path) -> pq.ParquetFile:
    """Return the file, set to be streamed with its pages' checksums verified."""
    return pq.ParquetFile(path, pre_buffer=False, buffer_size=_READ_BUFFER, page_checksum_verification=True)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what Arrow raises on a damaged file into a refusal that names it."""
    try:
        yield
    except MemoryError as fault:
        raise TableRefused(
            f"{path.name} asks for more memory than there is", needed="pages that fit in memory", do="write it again"
        ) from fault
    except (pa.ArrowException, OSError) as fault:
        raise TableRefused(
            f"{path.name} is damaged ({str(fault).splitlines()[0][:200]})",
            needed="a whole Parquet file",
            do="copy or write the file again",
        ) from fault
