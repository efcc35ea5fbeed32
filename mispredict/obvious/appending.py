"""One more event of a case, and what it does to the set."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from mispredict.obvious.case import Case
from mispredict.obvious.freeze import utc_now
from mispredict.obvious.histories import Change, Verb, history_of
from mispredict.obvious.schema import EVENT, Event

Effect = Literal["new", "changed", "unchanged", "brought back", "retired"]
State = Callable[[Sequence[Change]], Case | None]  # from a case's history to what it is next


@dataclass(frozen=True)
class Kept:
    """What a request did to one case."""

    id: str
    effect: Effect


@dataclass(frozen=True)
class Wanted:
    """What a request wants of one case."""

    case_id: str
    actor: str
    next_state: State


def append(connection: Connection, verb: Verb, wanted: Wanted, idem: str) -> Kept:
    """Put one event behind the others; a request that was answered, or whose answer was lost, is answered again."""
    history = history_of(connection, wanted.case_id)
    earlier = connection.execute(select(EVENT.c.seq).where(EVENT.c.idem == idem)).scalar()
    if earlier is not None:
        until = [change for change in history if change.seq <= earlier]
        return Kept(wanted.case_id, _effect(until[:-1], until[-1].case))
    state = wanted.next_state(history)
    if verb in ("import", "edit") and history and history[-1].case == state:
        return Kept(wanted.case_id, "unchanged")
    connection.execute(insert(EVENT).values(_next(connection, verb, wanted, state, idem).values()))
    return Kept(wanted.case_id, _effect(history, state))


def _next(connection: Connection, verb: Verb, wanted: Wanted, state: Case | None, idem: str) -> Event:
    tail = connection.execute(select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)).first()
    seq, prev_hash = (1, "") if tail is None else (tail.seq + 1, tail.hash)
    text = None if state is None else json.dumps(state.to_json(), allow_nan=False)
    return Event(seq, idem, wanted.actor, utc_now(), verb, wanted.case_id, text, prev_hash)


def _effect(before: Sequence[Change], state: Case | None) -> Effect:
    if state is None:
        return "retired"
    if not before:
        return "new"
    if before[-1].case is None:
        return "brought back"
    return "unchanged" if before[-1].case == state else "changed"
