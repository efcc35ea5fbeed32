"""The obvious set as it is kept: an append-only list of events, from which everything else is read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Engine, func, insert, inspect, select

from mispredict.bad_input import StoreRefused
from mispredict.obvious import case as cases_
from mispredict.obvious.case import Case
from mispredict.obvious.database import engine_for, engine_to_make, reading, refusing, writing
from mispredict.obvious.freeze import utc_now
from mispredict.obvious.schema import EVENT, NAME, STORE, TABLES, VERSION, Event

Effect = Literal["new", "changed", "unchanged", "brought back", "withdrawn"]
Verb = Literal["promote", "import", "withdraw", "undo"]


@dataclass(frozen=True)
class Change:
    """One version of a case: what was done, by whom, when, and the case since then (None: out of the set)."""

    seq: int
    verb: Verb
    actor: str
    time: str
    case: Case | None


@dataclass(frozen=True)
class Kept:
    """What a request did to one case."""

    id: str
    effect: Effect


class Store:
    """An opened obvious set. Every method that changes it returns only after the change is durable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def promote(self, cases: Sequence[Case], *, key: str | None = None) -> tuple[Kept, ...]:
        """Put cases into the set and return what that did, in their order.

        `key` is the client's name for this request: the same key again changes nothing and gets the same answer.
        A case that is there already gets one more version; `history` keeps the former.
        """
        return self._append("promote", [(c.id, c.promoted_by, _become(c)) for c in cases], key)

    def merge(self, cases: Sequence[Case], *, by: str, key: str | None = None) -> tuple[Kept, ...]:
        """Put cases of another set into this one, all or none; those that are the same here are left alone."""
        return self._append("import", [(c.id, by, _become(c)) for c in cases], key)

    def withdraw(self, case_id: str, *, by: str, key: str | None = None) -> Kept:
        """Take a case out of the set; its history stays and `undo` brings it back."""
        return self._append("withdraw", [(case_id, by, _nothing)], key)[0]

    def undo(self, case_id: str, *, by: str, key: str | None = None) -> Kept:
        """Return a case to what it was before its last change, as one more change."""
        return self._append("undo", [(case_id, by, _before_last)], key)[0]

    def list(self) -> tuple[Case, ...]:
        """Return the cases of the set, sorted by id."""
        with reading(self._engine) as connection:
            return tuple(_current(connection))

    def history(self, case_id: str) -> tuple[Change, ...]:
        """Return every version of a case, the first one first; empty when the id was never there."""
        with reading(self._engine) as connection:
            return tuple(_history(connection, case_id))

    def verify(self) -> str | None:
        """Return which event was altered or removed by hand, None when the chain is whole."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(EVENT).order_by(EVENT.c.seq)).mappings()
            previous = ""
            for seq, row in enumerate(rows, start=1):
                told = Event(**{name: row[name] for name in Event.__dataclass_fields__})
                if told.seq != seq or told.prev_hash != previous or told.digest() != row["hash"]:
                    return f"event {seq} was altered or removed"
                previous = row["hash"]
        return None

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _append(self, verb: Verb, wanted: Sequence[_Wanted], key: str | None) -> tuple[Kept, ...]:
        key = key or uuid.uuid4().hex
        with writing(self._engine) as connection:
            # Databases without one writer at a time queue here; SQLite has them queued already.
            connection.execute(select(STORE).with_for_update())
            kept = [_append_one(connection, verb, entry, f"{key}:{entry[0]}") for entry in wanted]
        return tuple(kept)


_State = Callable[[Sequence[Change]], Case | None]  # from a case's history to what it is next
_Wanted = tuple[str, str, _State]  # the case's id, the actor, the state


def open_store(where: str) -> Store:
    """Return the set that is kept in a file or a database; raises StoreRefused when there is none."""
    engine = engine_for(where)
    _require_store(engine)
    return Store(engine)


def open_or_make_store(where: str) -> Store:
    """Return the set that is kept in a file or a database, made when there is none; raises StoreRefused."""
    engine = engine_to_make(where)
    with refusing(engine):
        there = inspect(engine).get_table_names()
    if STORE.name not in there and EVENT.name not in there and (engine.dialect.name != "sqlite" or not there):
        _make(engine)
    _require_store(engine)
    return Store(engine)


def _make(engine: Engine) -> None:
    with writing(engine) as connection:
        TABLES.create_all(connection)  # does nothing when another one was quicker
        if connection.execute(select(STORE.c.version)).first() is None:
            connection.execute(insert(STORE).values(name=NAME, version=VERSION))


def _require_store(engine: Engine) -> None:
    with refusing(engine):
        there = set(inspect(engine).get_table_names())
    if not {STORE.name, EVENT.name} <= there:
        raise StoreRefused(
            f"{engine.url}, a database without an obvious set in it",
            needed="a store that Mispredict made",
            do="check the name, or promote into a file that is not there yet",
        )
    with reading(engine) as connection:
        version = connection.execute(select(STORE.c.version)).scalar_one()
    if version > VERSION:
        raise StoreRefused(
            f"{engine.url}, a store of version {version}",
            needed=f"at most version {VERSION}, which this Mispredict knows",
            do="update Mispredict",
        )


def _current(connection: Connection) -> list[Case]:
    last = select(func.max(EVENT.c.seq)).group_by(EVENT.c.case_id)
    query = select(EVENT.c.case).where(EVENT.c.seq.in_(last), EVENT.c.case.is_not(None)).order_by(EVENT.c.case_id)
    found = [cases_.from_json(json.loads(text)) for text in connection.execute(query).scalars()]
    return sorted(found, key=lambda case: case.id)  # a database may sort text by its own language


def _history(connection: Connection, case_id: str) -> list[Change]:
    query = select(EVENT).where(EVENT.c.case_id == case_id).order_by(EVENT.c.seq)
    return [
        Change(row["seq"], row["verb"], row["actor"], row["time"], _case_in(row["case"]))
        for row in connection.execute(query).mappings()
    ]


def _case_in(text: str | None) -> Case | None:
    return None if text is None else cases_.from_json(json.loads(text))


def _append_one(connection: Connection, verb: Verb, wanted: _Wanted, idem: str) -> Kept:
    case_id, actor, next_state = wanted
    history = _history(connection, case_id)
    earlier = connection.execute(select(EVENT.c.seq).where(EVENT.c.idem == idem)).scalar()
    if earlier is not None:  # a retry of a request that was answered, or whose answer was lost
        until = [change for change in history if change.seq <= earlier]
        return Kept(case_id, _effect(until[:-1], until[-1].case))
    state = next_state(history)
    if verb == "import" and history and history[-1].case == state:
        return Kept(case_id, "unchanged")
    tail = connection.execute(select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)).first()
    text = None if state is None else json.dumps(state.to_json(), allow_nan=False)
    seq, prev_hash = (1, "") if tail is None else (tail.seq + 1, tail.hash)
    told = Event(seq, idem, actor, utc_now(), verb, case_id, text, prev_hash)
    connection.execute(insert(EVENT).values(told.values()))
    return Kept(case_id, _effect(history, state))


def _effect(before: Sequence[Change], state: Case | None) -> Effect:
    if state is None:
        return "withdrawn"
    if not before:
        return "new"
    if before[-1].case is None:
        return "brought back"
    return "unchanged" if before[-1].case == state else "changed"


def _become(case: Case) -> _State:
    def state(_history: Sequence[Change]) -> Case:
        return case

    return state


def _nothing(history: Sequence[Change]) -> None:
    _require_any(history)


def _before_last(history: Sequence[Change]) -> Case | None:
    _require_any(history)
    return history[-2].case if len(history) > 1 else None


def _require_any(history: Sequence[Change]) -> None:
    if not history:
        raise StoreRefused("no such case", needed="the id of a case of this set", do="list the set")
