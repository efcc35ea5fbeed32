"""Suggestions: what every window of a table keeps, and what is known of how often such claims are wrong.

A claim without exceptions is suggested strictly where no window of time breaks it. How often such claims break on
another window is counted, not assumed: windows are exchangeable, so a claim that all but one of them keep, and that one
breaks, is what a false alarm looks like. Learned bounds are passed by some rows of any further table; they allow for as
many as chance brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.interval import interval_of_errors
from mispredict.invariants.document import invariants_of
from mispredict.invariants.invariant import Kind, State
from mispredict.invariants.mining.candidate import Candidate, allowance, windows_of
from mispredict.invariants.mining.implied import without_implied
from mispredict.invariants.mining.of_cells import of_cells
from mispredict.invariants.mining.of_entities import of_entities
from mispredict.invariants.mining.of_means import of_means
from mispredict.invariants.mining.of_pairs import of_pairs
from mispredict.invariants.mining.text import entry_text
from mispredict.parity.times import moments_of
from mispredict.tables.entities import entity_codes
from mispredict.tables.plain import is_nested
from mispredict.tables.table import Table

LOOKED_AT = 200_000  # rows
MOST_COLUMNS = 300
LEAST_WINDOWS = 4
RATE = 0.05  # of sound tables that may break any learned bound or band
Report = Callable[[float, str], None]


@dataclass(frozen=True)
class Suggestion:
    """One invariant that may be worth declaring."""

    sentence: str
    kind: Kind
    columns: tuple[str, ...]
    section: str  # of the file
    entry: dict[str, Any]  # what stands there; in `columns`, the rules of `column`
    column: str
    rows: int  # that speak for it: with a value, or steps of an entity
    allowed: int  # rows that may break it, in a table as long as is asked
    state: State | None = None  # on the examined table; None where it was mined from that one
    words: str = ""  # "125 of 30,000 rows break it"


@dataclass(frozen=True)
class Suggestions:
    """All of them, in the order of the file, and how often they are wrong."""

    suggestions: tuple[Suggestion, ...]
    table: str
    rows: int  # looked at
    of: int
    windows: int  # that the rows were parted into
    by: str  # the column of time that parted them; "" for the order of the rows
    broke: int  # windows that break any strict claim that all others keep
    broke_high: float  # upper end of the 95 % interval of that part (Wilson)
    asked: int  # rows of the tables that exceptions are allowed for
    rate: float  # of such tables, if sound, that pass any learned bound or band
    judged_on: str = ""  # the examined table, where the suggestions come from another one

    @property
    def broken(self) -> tuple[Suggestion, ...]:
        """Return those that the examined table breaks."""
        return tuple(one for one in self.suggestions if one.state == "broken")


def suggest(
    table: Table,
    *,
    time: str | None,
    entity: Sequence[str],
    leave: Sequence[str],
    asked: int,
    rate: float = RATE,
    report: Report = lambda share, doing: None,
) -> Suggestions:
    """Return what may be declared of tables like this one, of `asked` rows each; columns to `leave` are left out."""
    entity = tuple(name for name in entity if name in table.schema.names)
    by = time if time in table.schema.names else None
    report(0.0, f"reading {table.name}")
    rows = _drawn(table, entity, by)
    windows = windows_of(len(rows))
    columns = [str(name) for name in rows.columns if name not in leave][:MOST_COLUMNS]
    found = []
    for number, part in enumerate(_families(rows, columns, windows, (entity, by, rate))):
        report(0.1 + 0.2 * number, "looking for what every row keeps")
        found += list(part)
    kept, broke = _sorted_out(found, windows)
    kept = without_implied([one for one in kept if not one.is_bounded or _is_steady(one, windows, rate, found)])
    count = int(windows.max()) + 1
    bounds = max(1, sum(one.is_bounded for one in kept))
    made = tuple(_suggestion(one, len(rows), asked, rate / (2 * bounds)) for one in kept)
    high = interval_of_errors(broke, count)[1] / count
    return Suggestions(made, table.name, len(rows), table.rows, count, by or "", broke, high, asked, rate)


def _drawn(table: Table, entity: Sequence[str], by: str | None) -> pd.DataFrame:
    """Return the rows, in order of time; of a large table those of some entities, else a uniform sample."""
    names = [field.name for field in table.schema if not is_nested(field.type)]
    places = np.arange(table.rows)
    if table.rows > LOOKED_AT:
        places = _some(table, entity)
    rows = table.take(places, names).reset_index(drop=True)
    if by is None:
        return rows
    return rows.iloc[np.argsort(moments_of(rows[by]), kind="stable")].reset_index(drop=True)


def _some(table: Table, entity: Sequence[str]) -> np.ndarray:
    rng = np.random.default_rng(0)
    if not entity:
        return np.sort(rng.permutation(table.rows)[:LOOKED_AT])
    codes = entity_codes(table.take(np.arange(table.rows), list(entity)), entity)
    order = rng.permutation(int(codes.max()) + 1)
    counts = np.bincount(codes[codes >= 0], minlength=len(order))[order].cumsum()
    return np.flatnonzero(np.isin(codes, order[: int(np.searchsorted(counts, LOOKED_AT))]))


def _families(
    rows: pd.DataFrame, columns: Sequence[str], windows: np.ndarray, more: tuple[tuple[str, ...], str | None, float]
) -> Iterator[Iterator[Candidate]]:
    entity, by, rate = more
    yield of_cells(rows, columns, windows)
    yield of_pairs(rows, columns)
    yield of_entities(rows, columns, entity, by) if entity else iter(())
    yield of_means(rows, columns, windows, rate / (2 * max(1, 2 * len(columns))))


def _sorted_out(found: Sequence[Candidate], windows: np.ndarray) -> tuple[list[Candidate], int]:
    """Return the candidates that every window keeps, and how many windows are alone in breaking one."""
    count = int(windows.max()) + 1
    kept, alone = [], set()
    for one in found:
        if one.is_bounded:
            kept.append(one)
            continue
        breaking = np.unique(windows[one.exceptions])
        if not len(breaking):
            kept.append(one)
        elif len(breaking) == 1 and count >= LEAST_WINDOWS:
            alone.add(int(breaking[0]))
    return (kept if count >= LEAST_WINDOWS else [one for one in kept if not one.is_bounded]), len(alone)


def _is_steady(one: Candidate, windows: np.ndarray, rate: float, found: Sequence[Candidate]) -> bool:
    """Return whether no window passes the others' bound more often than chance has it: a bound that drifts is none."""
    counts = np.bincount(windows[one.exceptions], minlength=int(windows.max()) + 1)
    share = rate / (max(1, sum(other.is_bounded for other in found)) * len(counts))
    own = one.rows // len(counts)
    return bool(counts.max() <= allowance(one.rows - own, own, share))


def _suggestion(one: Candidate, looked_at: int, asked: int, rate: float) -> Suggestion:
    theirs = round(asked * one.rows / max(looked_at, 1))  # as many of the next table's rows speak for it as here
    most = allowance(one.rows, theirs, rate) if one.is_bounded else 0
    entry = one.entry | ({"allow": float(f"{(most + 0.5) / max(theirs, 1):.2g}")} if most else {})
    invariant = invariants_of(entry_text(one.section, one.column, entry))[0]
    return Suggestion(invariant.sentence, one.kind, invariant.columns, one.section, entry, one.column, one.rows, most)
