"""A labelled table, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

BATCH_ROWS = 65_536  # 30 float64 columns of it are 16 MB: small beside a model, large beside the cost of a call


class Table(Protocol):
    """Rows that are read in batches and never held whole. A row's name inside is its position, from 0."""

    @property
    def path(self) -> str:
        """Return where it was opened; "" in memory."""

    @property
    def name(self) -> str:
        """Return a short name for messages: the file's name without its folder."""

    @property
    def rows(self) -> int:
        """Return how many rows it has, at least one."""

    @property
    def schema(self) -> pa.Schema:
        """Return the columns and the types they are read as."""

    @property
    def sha256(self) -> str:
        """Return the digest of the bytes it was read from."""

    def batches(self, columns: Sequence[str] | None = None, size: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Return all rows in order, `size` at a time at most, in the columns named or all."""

    def take(self, positions: np.ndarray, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the rows at these positions, in this order; the index is the position."""


def chosen(schema: pa.Schema, columns: Sequence[str] | None) -> pa.Schema:
    """Return the part of the schema that is asked for; KeyError for a column that is not there."""
    return schema if columns is None else pa.schema([schema.field(name) for name in columns])
