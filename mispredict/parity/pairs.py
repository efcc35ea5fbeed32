"""Rows of the table beside what the service logged of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.parity.cells import Cells, cells_of
from mispredict.parity.joining import Join, Log
from mispredict.tables.columns import nearest
from mispredict.tables.table import Table

LOOKED_AT = 60_000  # pairs at most, drawn uniformly


@dataclass(frozen=True, eq=False)
class Pairs:
    """Paired rows of both sides, a uniform sample of all that join, or all of them."""

    offline: pd.DataFrame  # what of the table was asked for; index 0 to n - 1
    online: pd.DataFrame  # the log's columns, in the same order of rows
    positions: np.ndarray  # int64, in the table
    join: Join
    compared: dict[str, Cells]  # the columns that both sides have
    absent: tuple[str, ...]  # columns asked for that the log lacks
    renamed: dict[str, str]  # of these, the log's column that holds the same values
    extra: tuple[str, ...]  # the log's columns that the table lacks
    is_alone: bool = False  # entries beside themselves: no row of the table is known for them

    def __len__(self) -> int:
        return len(self.offline)

    @property
    def scope(self) -> str:
        """Return "25,000 of 30,000 pairs"."""
        return f"{len(self):,} of {len(self.join):,} {'entries' if self.is_alone else 'pairs'}"


def pairs_of(table: Table, log: Log, join: Join, asked: tuple[list[str], tuple[str, ...]], seed: int) -> Pairs:
    """Return the pairs; `asked` are the table's columns to read, and those of them to compare."""
    read, compare = asked
    some = np.sort(np.random.default_rng(seed).permutation(len(join))[:LOOKED_AT])
    offline = taken(table, join.rows[some], read)
    online = taken(log.table, join.entries[some], None)
    compared = {one: cells_of(one, offline[one], online[one]) for one in compare if one in online}
    absent = tuple(one for one in compare if one not in online)
    roles = {log.spec.id, log.spec.time, log.spec.score}
    extra = tuple(str(one) for one in online if one not in offline and one not in roles)
    renamed = _renamed(offline, online, absent, extra)
    return Pairs(offline, online, join.rows[some], join, compared, absent, renamed, extra)


def taken(table: Table, places: np.ndarray, columns: list[str] | None) -> pd.DataFrame:
    """Return rows in the order asked for; tables are read in their own."""
    order = np.argsort(places, kind="stable")
    found = table.take(places[order], columns)
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return found.iloc[back].reset_index(drop=True)


def _renamed(
    offline: pd.DataFrame, online: pd.DataFrame, absent: tuple[str, ...], extra: tuple[str, ...]
) -> dict[str, str]:
    """Return the log's columns that hold the values of columns it lacks, else those with nearly their name."""
    found = {}
    for name in absent:
        same = [one for one in extra if _mostly_equal(cells_of(name, offline[name], online[one]))]
        near = nearest(name, extra)
        if same or near is not None:
            found[name] = same[0] if same else str(near)
    return found


def _mostly_equal(cells: Cells) -> bool:
    varies = len(pd.unique(cells.offline)) > 2
    return varies and bool(cells.differs.mean() < 0.05)
