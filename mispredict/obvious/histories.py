"""What was done to a case, by whom and when, with the old value and the new one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from mispredict.bad_input import BadInput, StoreRefused
from mispredict.obvious import case as cases_
from mispredict.obvious.case import Case
from mispredict.obvious.schema import EVENT

Verb = Literal["promote", "import", "edit", "retire", "undo"]
FORMER = {"withdraw": "retire"}  # what stores of version 1 called it


@dataclass(frozen=True)
class Change:
    """One version of a case: what was done, by whom, when, and the case since then (None: out of the set)."""

    seq: int  # the version's number; numbers of one case grow, with gaps
    verb: Verb
    actor: str
    time: str
    case: Case | None


@dataclass(frozen=True)
class Difference:
    """One field that a change gave another value; a column of the row is called `row.NAME`."""

    field: str
    old: Any  # JSON values; None: not there
    new: Any


def current(connection: Connection) -> list[Change]:
    """Return the newest version of each case of the set, sorted by id."""
    last = select(func.max(EVENT.c.seq)).group_by(EVENT.c.case_id)
    query = select(EVENT).where(EVENT.c.seq.in_(last), EVENT.c.case.is_not(None))
    found = [_change(row) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda change: change.case.id if change.case else "")  # databases sort by their language


def history_of(connection: Connection, case_id: str) -> list[Change]:
    """Return every version of a case, the first one first."""
    query = select(EVENT).where(EVENT.c.case_id == case_id).order_by(EVENT.c.seq)
    return [_change(row) for row in connection.execute(query).mappings()]


def differences(old: Case | None, new: Case | None) -> tuple[Difference, ...]:
    """Return the fields in which two versions differ, in the case's own order.

    >>> differences(None, None)
    ()
    """
    before, after = _flat(old), _flat(new)
    names = dict.fromkeys([*before, *after])
    return tuple(Difference(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n))


def told(found: Sequence[Difference]) -> str:
    """Return differences as one phrase."""
    return "; ".join(f"{d.field}: {d.old!r} -> {d.new!r}" for d in found)


def _flat(case: Case | None) -> dict[str, Any]:
    if case is None:
        return {}
    found = case.to_json()
    row = {f"row.{name}": value for name, value in found.pop("row").items()}
    return {**found, **row}


def _change(row: Any) -> Change:
    verb = FORMER.get(row["verb"], row["verb"])
    return Change(row["seq"], verb, row["actor"], row["time"], _case_in(row["case"], row["seq"]))


def _case_in(text: str | None, seq: int) -> Case | None:
    if text is None:
        return None
    try:
        return cases_.from_json(json.loads(text))
    except (ValueError, BadInput) as problem:
        raise StoreRefused(
            f"a store whose event {seq} is damaged ({problem})",
            needed="events as Mispredict wrote them",
            do="restore the store from a copy, or import an exported folder into a new one",
        ) from problem
