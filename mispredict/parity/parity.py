"""Both sides of an investigation, joined, replayed and compared: what all findings about the log rest on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.investigation.spec import DataSpec
from mispredict.parity.catalogue.stale import Past
from mispredict.parity.cells import Cells, cells_of
from mispredict.parity.joining import Join, Log, by_id, no_pairs
from mispredict.parity.pairs import Pairs
from mispredict.parity.replay import Replay
from mispredict.tables.table import Table

STRANGERS = 0.9  # part of the pairs that differ in most columns, from which ids join rows that are not the same
LEAST_PAIRS = 10


@dataclass(frozen=True, eq=False)
class Parity:
    """Pairs, what the model says of them, and which columns differ."""

    pairs: Pairs
    replay: Replay
    differing: tuple[str, ...]  # columns, those that differ in most pairs first

    @property
    def difference(self) -> np.ndarray:
        """Return what was answered online minus what the model says offline, a number a pair."""
        return self.replay.answered - self.replay.offline

    def cells(self, column: str) -> Cells:
        """Return one column's pairs."""
        return self.pairs.compared[column]


def joined(table: Table, id_column: str | None, log: Log) -> tuple[Join | None, str]:
    """Return the pairs of rows and entries, or why there are none."""
    join = by_id(table, id_column, log)
    if not len(join):
        return None, no_pairs(join, table, log)
    if len(join) < LEAST_PAIRS:
        return None, f"only {len(join)} rows of the table are in the log"
    return join, ""


def differing(pairs: Pairs) -> tuple[str, ...]:
    """Return the columns that differ in any pair, those that differ in most first."""
    counts = {name: int(cells.differs.sum()) for name, cells in pairs.compared.items()}
    return tuple(sorted((one for one, count in counts.items() if count), key=lambda one: -counts[one]))


def strangers(pairs: Pairs) -> str:
    """Return why the pairs can't be the same rows, "" where they may be."""
    if len(pairs.compared) < 3:
        return ""
    shares = [float(cells.differs.mean()) for cells in pairs.compared.values() if len(pd.unique(cells.offline)) > 1]
    if len(shares) >= 3 and float(np.median(shares)) > STRANGERS:
        typical = f"{np.median(shares):.0%} of the pairs in a typical one"
        return f"joined rows differ in nearly every column ({typical}): the ids name other rows"
    return ""


def past_of(column: str, cells: Cells, tables: list[Table], data: DataSpec, positions: np.ndarray) -> Past | None:
    """Return what a column was at all rows of the tables; `positions` are the pairs' in the first of them."""
    if not data.entity or data.time is None:
        return None
    wanted = [*data.entity, data.time, column]
    held = [one.take(np.arange(one.rows), wanted) for one in tables if set(wanted) <= set(one.schema.names)]
    if not held:
        return None
    asked = held[0].iloc[positions]
    rows = pd.concat(held, ignore_index=True)
    codes = entity_codes(rows, data.entity)
    times = _times(rows[data.time])
    values = _like(cells, rows[column])
    known = (codes >= 0) & np.isfinite(times) & rows[column].notna().to_numpy()
    order = np.flatnonzero(known)[np.argsort(times[known], kind="stable")]
    return Past(codes[order], times[order], values[order], codes[: len(held[0])][positions], _times(asked[data.time]))


def entity_codes(rows: pd.DataFrame, entity: tuple[str, ...]) -> np.ndarray:
    """Return a number an entity, -1 where a part of it is missing."""
    missing = rows[list(entity)].isna().any(axis=1).to_numpy()
    codes = rows.groupby(list(entity), sort=False, observed=True, dropna=False).ngroup().to_numpy(dtype=np.int64)
    return np.where(missing, -1, codes)


def _times(values: pd.Series) -> np.ndarray:
    if not is_number(values):
        values = pd.to_datetime(values.astype(str), errors="coerce", utc=True, format="ISO8601")
    return numbers_of(values)


def times_of(pairs: Pairs, name: str | None) -> np.ndarray:
    """Return the table's time of each pair in microseconds, NaN where unknown."""
    return _times(pairs.offline[name]) if name is not None else np.full(len(pairs), np.nan)


def _like(cells: Cells, values: pd.Series) -> np.ndarray:
    if cells.kind == "text":
        return (
            cells_of("", values.astype(object), values.astype(object)).offline
            if not is_number(values)
            else _as_text(values)
        )
    return numbers_of(values)


def _as_text(values: pd.Series) -> np.ndarray:
    return values.astype(object).where(values.notna(), "").map(str).to_numpy(dtype=object)
