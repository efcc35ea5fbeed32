"""The rows of the table and the entries of the log that belong together, and why others do not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mispredict.investigation.spec import OnlineSpec
from mispredict.tables.columns import hint, listed
from mispredict.tables.ids import ids_of
from mispredict.tables.memory import table_of
from mispredict.tables.plain import to_frame
from mispredict.tables.table import Table

SHOWN = 3  # ids


@dataclass(frozen=True, eq=False)
class Join:
    """Which rows are paired, as positions in the table and in the log, and how many are not, by reason."""

    rows: np.ndarray  # int64, positions in the table
    entries: np.ndarray  # int64, positions in the log
    unjoined: dict[str, int] = field(default_factory=dict)  # reason -> rows or entries; those with none are left out
    examples: dict[str, tuple[str, ...]] = field(default_factory=dict)  # reason -> first ids
    lag: float | None = None  # seconds that the log's clock is later; None where a side has none

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Log:
    """What the service logged, opened."""

    table: Table
    spec: OnlineSpec
    notes: tuple[str, ...] = ()  # what was left out on reading it, a sentence each

    def lacks(self) -> str:
        """Return what the log's section names and the log has not, as a part of a sentence; "" when all is there."""
        names = self.table.schema.names
        for key in ("id", "time", "score"):
            column = getattr(self.spec, key)
            if column is not None and column not in names:
                return f"the log has no column {column!r}{hint(column, names)}, which {key} in [online] names"
        return ""


def log_of(rows: pd.DataFrame, columns: dict[str, str]) -> Log:
    """Return what a service logged from a frame; `columns` names its id, time and score."""
    return Log(table_of(rows), OnlineSpec(path="", **columns))


def by_id(table: Table, id_column: str | None, log: Log) -> Join:
    """Return the pairs of equal ids; of an id that was logged more than once, the first entry."""
    rows, entries = _ids(table, id_column), _ids(log.table, log.spec.id)
    known = pd.Index(entries)
    again = known.duplicated() & ~pd.isna(entries)
    first = pd.Index(entries).where(~(again | pd.isna(entries)), None)
    firsts = np.flatnonzero(~pd.isna(first))
    places = pd.Index(first[firsts]).get_indexer(pd.Index(rows))
    twice = pd.Index(rows).duplicated()
    paired = (places >= 0) & ~pd.isna(rows) & ~twice
    taken = firsts[places[paired]]
    loose = np.setdiff1d(firsts, taken, assume_unique=True)
    lost = {
        "rows that were not logged": np.flatnonzero((places < 0) & ~pd.isna(rows)),
        "rows without an id": np.flatnonzero(pd.isna(rows)),
        "rows whose id stands more than once": np.flatnonzero(twice & ~pd.isna(rows)),
        "log entries whose id is not in the table": loose,
        "log entries of an id that was logged before": np.flatnonzero(again),
        "log entries without an id": np.flatnonzero(pd.isna(entries)),
    }
    shown = {
        reason: tuple(str(one) for one in (rows if reason.startswith("rows") else entries)[places_[:SHOWN]])
        for reason, places_ in lost.items()
        if len(places_) and "without" not in reason
    }
    counted = {reason: len(places_) for reason, places_ in lost.items() if len(places_)}
    return Join(np.flatnonzero(paired), taken, counted, shown)


def no_pairs(join: Join, table: Table, log: Log) -> str:
    """Return why no row has an entry, with the first ids of each side, as a part of a sentence."""
    here = listed(join.examples.get("rows that were not logged", ()))
    there = listed(join.examples.get("log entries whose id is not in the table", ()))
    return f"no id of the table is in the log: the first are {here} in {table.name}, {there} in {log.table.name}"


def _ids(table: Table, column: str | None) -> np.ndarray:
    """Return every row's id as text, None where it is missing."""
    if column is None:
        return np.arange(table.rows).astype(str).astype(object)
    found, first = [], 0
    for batch in table.batches([column]):
        frame = to_frame(batch, first)
        held = frame[column].notna().to_numpy()
        ids = np.full(len(frame), None, dtype=object)
        ids[held] = ids_of(frame[held], column)
        found.append(ids)
        first += batch.num_rows
    return np.concatenate(found) if found else np.empty(0, dtype=object)
