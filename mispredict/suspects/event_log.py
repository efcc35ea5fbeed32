"""Both tables as one log of events: who, when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mispredict.errors.row_digests import Kinds, common_kinds, digests_of
from mispredict.models.labels import places_of
from mispredict.suspects.inquiry import Inquiry, Side
from mispredict.suspects.moments import moments_of
from mispredict.tables.plain import to_frame

MOST_EVENTS = 2_000_000  # rows of both tables; of more, only some entities are taken, each with all its rows
PER_DAY = 86_400_000  # milliseconds


@dataclass(frozen=True, eq=False)
class EventLog:
    """All labelled rows of both tables that have an entity and a time, by entity and then by time.

    `asked` are the rows that detectors look at (a sample where tables are large), as places in the log.
    """

    entity: np.ndarray  # int64, 0..
    when: np.ndarray  # int64, milliseconds since 1970
    known: np.ndarray  # int64, when the label became known; -1 where nothing says so
    place: np.ndarray  # int64, the class
    asked: np.ndarray  # int64, places in the log
    side: np.ndarray  # of each asked row: 0 examined, 1 training
    row: np.ndarray  # of each asked row: its place in that side
    whole_days: bool
    events: int  # rows of both tables, before any were left out
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.when)

    @property
    def entities(self) -> int:
        """Return how many entities there are."""
        return int(self.entity[-1]) + 1 if len(self) else 0

    def values(self, inquiry: Inquiry, column: str) -> np.ndarray:
        """Return a column's numbers for the asked rows, NaN where the column is missing."""
        found = np.full(len(self.asked), np.nan)
        for number, side in enumerate(inquiry.sides):
            here = self.side == number
            if column in side.rows:
                found[here] = inquiry.coding.values(column, number)[self.row[here]]
        return found


def event_log(inquiry: Inquiry) -> EventLog | str:
    """Return the log, or why there is none as a part of a sentence; made once, under the name "event_log"."""
    found: EventLog | str = inquiry.once("event_log", lambda: _made(inquiry))
    return found


def _made(inquiry: Inquiry) -> EventLog | str:
    data = inquiry.data
    if data.time is None:
        return "no `time` says when predictions were made"
    if not data.entity:
        return "no `entity` says whose rows they are"
    sides = [one for one in inquiry.sides if {data.time, *data.entity, data.target} <= set(one.rows)]
    kinds = common_kinds(sides[0].table.schema, sides[-1].table.schema, data.entity)
    if isinstance(kinds, str):
        return kinds
    parts = [_Part.of(inquiry, side, kinds) for side in sides]
    if not any((one.when >= 0).any() for one in parts):
        return f"the times in `{data.time}` can't be read"
    return _joined(parts, inquiry)


@dataclass(frozen=True, eq=False)
class _Part:
    """One table's rows, by their position; `place` is -1 for rows that are no event."""

    who: np.ndarray
    when: np.ndarray
    known: np.ndarray
    place: np.ndarray
    asked: np.ndarray  # positions of the side's rows
    whole_days: bool
    unreadable: int

    @classmethod
    def of(cls, inquiry: Inquiry, side: Side, kinds: Kinds) -> _Part:
        columns = [c for c in (inquiry.data.time, inquiry.data.target, inquiry.data.label_time) if c is not None]
        columns = [c for c in dict.fromkeys((*kinds, *columns)) if c in side.table.schema.names]
        read = [_read(batch, inquiry, kinds) for batch in _batches(inquiry, side, columns)]
        return cls(
            np.concatenate([one.who for one in read]),
            np.concatenate([one.when for one in read]),
            np.concatenate([one.known for one in read]),
            np.concatenate([one.place for one in read]),
            side.positions,
            all(one.whole_days for one in read),
            sum(one.unreadable for one in read),
        )


def _batches(inquiry: Inquiry, side: Side, columns: list[str]) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in side.table.batches(columns):
        yield batch
        done += batch.num_rows
        inquiry.report(min(1.0, done / max(1, side.of)) * 0.3, "reading who did what when")


@dataclass(frozen=True, eq=False)
class _Read:
    """One batch; see `_Part`."""

    who: np.ndarray
    when: np.ndarray
    known: np.ndarray
    place: np.ndarray
    whole_days: bool
    unreadable: int


def _read(batch: pa.RecordBatch, inquiry: Inquiry, kinds: Kinds) -> _Read:
    data = inquiry.data
    rows = to_frame(batch, 0)
    moments = moments_of(rows[data.time])
    known = np.full(len(rows), -1, dtype=np.int64)
    if data.label_time is not None and data.label_time in rows:
        known = _ticks(moments_of(rows[data.label_time]).days)
    codes, distinct = rows[data.target].factorize()
    places = np.array([*places_of(list(distinct), inquiry.classes), -1], dtype=np.int64)[codes]
    named = rows[list(kinds)].notna().any(axis=1).to_numpy()
    when = _ticks(moments.days)
    places = np.where(named & (when >= 0), places, -1)
    who = digests_of(batch.select(list(kinds)), kinds)
    return _Read(who, when, known, places, moments.whole_days, moments.unreadable)


def _ticks(days: np.ndarray) -> np.ndarray:
    held = np.isfinite(days) & (days >= 0)
    return np.where(held, np.rint(np.where(held, days, 0.0) * PER_DAY), -1).astype(np.int64)


def _joined(parts: list[_Part], inquiry: Inquiry) -> EventLog | str:
    who, when, known, place = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("who", "when", "known", "place")
    )
    thinned = -(-len(who) // MOST_EVENTS)
    kept = np.flatnonzero((place >= 0) & (who % np.uint64(thinned) == 0))
    if not len(kept):
        return "no row has an entity, a time and a label"
    entity = np.unique(who[kept], return_inverse=True)[1]
    order = np.lexsort((when[kept], entity))
    kept, entity = kept[order], entity[order]
    at = np.full(len(who), -1, dtype=np.int64)
    at[kept] = np.arange(len(kept))
    starts = np.cumsum([0, *(len(one.who) for one in parts)])
    asked, side, row = [], [], []
    for number, (part, start) in enumerate(zip(parts, starts, strict=False)):
        places = at[part.asked + start]
        rows = np.flatnonzero(places >= 0)
        asked.append(places[rows])
        side.append(np.full(len(rows), number))
        row.append(rows)
    lost = sum(one.unreadable for one in parts)
    notes = [f"{lost:,} times can't be read"] if lost else []
    notes += [f"of {len(who):,} rows those of one in {thinned} entities"] if thinned > 1 else []
    return EventLog(
        entity,
        when[kept],
        known[kept],
        place[kept],
        np.concatenate(asked),
        np.concatenate(side),
        np.concatenate(row),
        all(one.whole_days for one in parts),
        len(who),
        tuple(notes),
    )
