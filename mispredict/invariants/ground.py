"""One table that invariants are judged on, and what its columns are."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mispredict.cohorts.rule import Rule
from mispredict.invariants.invariant import Side
from mispredict.parity.times import moments_of
from mispredict.tables.plain import to_frame
from mispredict.tables.table import Table

SAMPLED = 60_000  # rows among which a rule about the broken ones is looked for
MOST_PLACES = 60  # columns that it may use


@dataclass(frozen=True, eq=False)
class Ground:
    """One table with the roles that invariants may leave unsaid."""

    side: Side
    table: Table
    kinds: dict[str, str]  # column -> number, text, time, ... as a description has them
    id: str | None = None
    time: str | None = None
    entity: tuple[str, ...] = ()
    places: tuple[str, ...] = ()  # columns that rules about broken rows may use
    earlier: Table | None = None  # rows before this table's, for what never falls
    now: float = 0.0  # microseconds since 1970
    rules: dict[str, Rule] = field(default_factory=dict)  # parsed `where`, by its text

    @functools.cached_property
    def times(self) -> np.ndarray | None:
        """Return when each row was, in microseconds, None where no column says so."""
        if self.time is None or self.time not in self.table.schema.names:
            return None
        return np.concatenate([moments_of(rows[self.time]) for rows in frames(self.table, [self.time])])

    @functools.cached_property
    def sample(self) -> pd.DataFrame:
        """Return a uniform sample of the rows in the columns that rules may use; the index is the position."""
        names: Sequence[str] = self.table.schema.names
        places = [name for name in self.places if name in names][:MOST_PLACES]
        some = np.sort(np.random.default_rng(0).permutation(self.table.rows)[:SAMPLED])
        return self.table.take(some, places) if places else pd.DataFrame(index=pd.Index(some))


def frames(table: Table, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Yield the rows of a table in some columns; the index is the position."""
    first = 0
    for batch in table.batches(list(columns)):
        yield to_frame(batch, first)
        first += batch.num_rows
