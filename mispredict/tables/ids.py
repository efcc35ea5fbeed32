"""Row ids: text, each once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mispredict.bad_input import TableRefused
from mispredict.tables.columns import listed
from mispredict.tables.plain import to_frame
from mispredict.tables.table import Table


def ids_of(rows: pd.DataFrame, column: str | None) -> np.ndarray:
    """Return the rows' ids as an object array of str: the column's values, or the positions where there is none."""
    if column is None:
        return rows.index.to_numpy().astype(str).astype(object)
    values = rows[column]
    if values.isna().any():
        position = int(values.index[values.isna()][0])
        raise TableRefused(
            f"the id {column!r} is missing in row {position + 1}",
            needed="an id in every row",
            do="fill it, or leave id out: rows are then known by their position",
        )
    if values.dtype.kind == "f" and (values % 1 == 0).all() and values.abs().max() < 2**63:
        values = values.astype(np.int64)  # whole numbers that passed through a column with gaps
    found: np.ndarray = values.astype(str).to_numpy(dtype=object)
    return found


def check_ids(table: Table, column: str) -> None:
    """Refuse ids that are missing or stand more than once; holds eight bytes a row.

    Equal 64-bit hashes only raise suspicion, a second reading proves it.
    """
    hashes = np.empty(table.rows, dtype=np.uint64)
    for first, ids in ids_in(table, column):
        hashes[first : first + len(ids)] = pd.util.hash_array(ids, categorize=False)
    hashes.sort()
    suspicious = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if len(suspicious):
        _prove(table, column, suspicious)


def _prove(table: Table, column: str, suspicious: np.ndarray) -> None:
    first_seen: dict[str, int] = {}
    twice: dict[str, tuple[int, int]] = {}
    count = 0
    for first, ids in ids_in(table, column):
        for place in np.flatnonzero(np.isin(pd.util.hash_array(ids, categorize=False), suspicious)):
            row = ids[place]
            if row in first_seen:
                count += 1
                if len(twice) < 5:
                    twice.setdefault(row, (first_seen[row] + 1, first + int(place) + 1))
            elif len(first_seen) < 1_000_000:
                first_seen[row] = first + int(place)
    if twice:
        shown = "; ".join(f"{listed([row])} in rows {a} and {b}" for row, (a, b) in twice.items())
        raise TableRefused(
            f"the id {column!r} stands more than once in {count:,} rows: {shown}",
            needed="an id of its own for every row",
            do="name another column as id, or leave id out: rows are then known by their position",
        )


def positions_of(table: Table, column: str | None, wanted: Iterable[str]) -> dict[str, int]:
    """Return the position of every wanted id that the table has; reads the id column alone."""
    left = set(wanted)
    if column is None:
        return {row: int(row) for row in left if row.isascii() and row.isdigit() and int(row) < table.rows}
    found: dict[str, int] = {}
    sought = pd.Index(sorted(left), dtype=object)
    for first, ids in ids_in(table, column):
        for place in np.flatnonzero(pd.Index(ids, dtype=object).isin(sought)):
            found.setdefault(ids[place], first + int(place))
        if len(found) == len(left):
            break
    return found


def ids_in(table: Table, column: str) -> Iterable[tuple[int, np.ndarray]]:
    """Yield the ids batch by batch, each with the position of its first row."""
    first = 0
    for batch in table.batches([column]):
        yield first, ids_of(to_frame(batch, first), column)
        first += batch.num_rows
