"""Both sides of an investigation, joined, replayed and compared: what all findings about the log rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mispredict.errors.predicates import is_number, numbers_of
from mispredict.investigation.spec import DataSpec
from mispredict.parity.catalogue.stale import Past
from mispredict.parity.cells import Cells, cells_of
from mispredict.parity.joining import Join, Log, by_id, no_pairs
from mispredict.parity.moments import by_moment, lag_of
from mispredict.parity.pairs import Pairs
from mispredict.parity.replay import Replay
from mispredict.parity.times import moments_of
from mispredict.tables.entities import entity_codes
from mispredict.tables.table import Table

LEAST_COLUMNS = 3  # that vary, from which strangers can be told
STRANGERS = 0.5  # part of the pairs that differ, from which a column may be another row's
UNTIED = 4.0  # standard errors of a rank correlation of nothing
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


def joined(table: Table, data: DataSpec, log: Log) -> tuple[Join | None, str]:
    """Return the pairs of rows and entries, or why there are none; by id, else by entity and time."""
    if log.spec.id is None:
        join, why_not = by_moment(table, data, log)
        if join is None:
            return None, why_not
    else:
        join = by_id(table, data.id, log)
        join = replace(join, lag=lag_of(table, data, log, join))
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
    """Return why the pairs can't be the same rows, "" where they may be: nothing online goes with what is offline."""
    varied = [one for one in pairs.compared.values() if len(pd.unique(one.offline)) > 2]
    if len(varied) < LEAST_COLUMNS or any(_goes_with(one) for one in varied):
        return ""
    return f"joined rows have nothing in common in any of {len(varied)} columns: the ids name other rows"


def _goes_with(cells: Cells) -> bool:
    """Return whether a column's values online are tied to those offline, in a thousand pairs."""
    some = cells.take(np.arange(len(cells)) < 1_000)
    codes = [pd.Series(side).rank().to_numpy() for side in (some.offline, some.online)]
    held = np.isfinite(codes[0]) & np.isfinite(codes[1])
    if not some.differs.mean() > STRANGERS or held.sum() < LEAST_PAIRS:
        return True
    spreads = [float(np.std(one[held])) for one in codes]
    return (
        min(spreads) > 0 and abs(float(np.corrcoef(codes[0][held], codes[1][held])[0, 1])) > UNTIED / held.sum() ** 0.5
    )


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
    times = moments_of(rows[data.time])
    values = _like(cells, rows[column])
    known = (codes >= 0) & np.isfinite(times) & rows[column].notna().to_numpy()
    order = np.flatnonzero(known)[np.argsort(times[known], kind="stable")]
    whose, when = codes[: len(held[0])][positions], moments_of(asked[data.time])
    return Past(codes[order], times[order], values[order], whose, when)


def times_of(pairs: Pairs, name: str | None) -> np.ndarray:
    """Return the table's time of each pair in microseconds, NaN where unknown."""
    return moments_of(pairs.offline[name]) if name in pairs.offline else np.full(len(pairs), np.nan)


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
