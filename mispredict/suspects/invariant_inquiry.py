"""The declared invariants on the training table, the examined one and the log, judged once for all who ask."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from mispredict.invariants.beside import with_columns
from mispredict.invariants.effects import with_effects
from mispredict.invariants.ground import Ground
from mispredict.invariants.invariant import Held, Invariant, Invariants, Outcome
from mispredict.invariants.judging import judge_table
from mispredict.parity.joining import Log
from mispredict.parity.parity import joined
from mispredict.suspects.inquiry import Inquiry
from mispredict.tables.kinds import kind_of
from mispredict.tables.roles import readable, roles_of
from mispredict.tables.table import Table

NOTHING_DECLARED = "no [invariants] file"
_ORDER = {"broken": 0, "not judged": 1, "held": 2}


def held_by(inquiry: Inquiry) -> Invariants | str:
    """Return every invariant on every table, the broken ones first, or why there are none."""
    return inquiry.once("invariants", lambda: _judge(inquiry))


def _judge(inquiry: Inquiry) -> Invariants | str:
    if not inquiry.invariants:
        return NOTHING_DECLARED
    started, grounds, found = time.perf_counter(), grounds_of(inquiry), []
    for number, ground in enumerate(grounds):
        inquiry.report(0.1 + 0.8 * number / len(grounds), f"holding {ground.table.name} to what must hold")
        found.append(judge_table(inquiry.invariants, ground))
    held = with_effects(_beside(inquiry.invariants, found), inquiry.errors())
    first = sorted(held, key=lambda one: (_ORDER[one.state], -max((o.part for o in one.outcomes), default=0.0)))
    return Invariants(tuple(first), tuple(one.side for one in grounds), (), time.perf_counter() - started)


def _beside(invariants: Sequence[Invariant], found: Sequence[list[Outcome]]) -> list[Held]:
    return [
        Held(one, tuple(outcomes[number] for outcomes in found if one.sides and outcomes[number].side in one.sides))
        for number, one in enumerate(invariants)
    ]


def grounds_of(inquiry: Inquiry) -> list[Ground]:
    """Return the tables that there are, in the order of sides."""
    data, table, training, now = inquiry.data, inquiry.examined.table, inquiry.learned, time.time() * 1e6
    times = (data.time,) if data.time is not None else ()
    places = tuple(name for name in (*inquiry.loose, *inquiry.read, *times) if name in readable(table.schema, data))
    found = []
    if training is not None:
        own = data.id if data.id in training.schema.names else None
        found.append(Ground("training", training, _kinds(training), own, data.time, data.entity, places, now=now))
    found.append(Ground("data", table, _kinds(table), data.id, data.time, data.entity, places, training, now))
    return found if inquiry.log is None else [*found, _online(inquiry, inquiry.log, now)]


def _online(inquiry: Inquiry, log: Log, now: float) -> Ground:
    """Return the log; whose an entry is, and when, is taken from its row of the table where the log does not say."""
    data = inquiry.data
    table = _with_owners(inquiry, log)
    names = table.schema.names
    when = data.time if data.time in names else log.spec.time
    roles = {*roles_of(data), log.spec.score, log.spec.id, log.spec.time}
    places = (*(name for name in names if name not in roles), *((when,) if when is not None else ()))
    whose = data.entity if set(data.entity) <= set(names) else ()
    return Ground("online", table, _kinds(table), log.spec.id, when, whose, places, now=now)


def _with_owners(inquiry: Inquiry, log: Log) -> Table:
    table, data = inquiry.examined.table, inquiry.data
    lacking = [name for name in (*data.entity, data.time) if name is not None and name not in log.table.schema.names]
    join = joined(table, data, log)[0] if lacking else None
    return log.table if join is None else with_columns(log.table, table, (join.rows, join.entries), lacking)


def _kinds(table: Table) -> dict[str, str]:
    return {field.name: kind_of(field.type) for field in table.schema}


def ids_at(inquiry: Inquiry, positions: Sequence[int]) -> tuple[str, ...]:
    """Return the ids of rows of the examined table, in the order of their positions."""
    from mispredict.tables.ids import ids_of

    if inquiry.data.id is None:
        return tuple(map(str, positions))
    rows = inquiry.examined.table.take(np.array(positions, dtype=np.int64), [inquiry.data.id])
    return tuple(map(str, ids_of(rows, inquiry.data.id)))
