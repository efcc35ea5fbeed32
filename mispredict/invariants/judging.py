"""All invariants on one table: rows in one streamed pass, what needs all rows from its own columns alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput
from mispredict.cohorts.judging import holds
from mispredict.cohorts.language import parse_rule
from mispredict.cohorts.rule import columns_of as columns_of_rule
from mispredict.errors.predicates import numbers_of
from mispredict.invariants.along import Along, constant, never_falls
from mispredict.invariants.cells import CELLS, Judged
from mispredict.invariants.ground import Ground, frames
from mispredict.invariants.invariant import Bounded, Invariant, Outcome
from mispredict.invariants.means import estimate, state_of, words_of
from mispredict.invariants.outcomes import Breaks, estimated, judged, unjudged
from mispredict.invariants.relations import RELATIONS
from mispredict.invariants.table_sections import NOW
from mispredict.invariants.whole import WHOLE
from mispredict.parity.times import moments_of
from mispredict.tables.columns import hint
from mispredict.tables.entities import entity_codes

BY_ROW = {**CELLS, **RELATIONS}


def judge_table(invariants: Sequence[Invariant], ground: Ground) -> list[Outcome]:
    """Return one outcome an invariant, in their order."""
    why = {one.key: _why_not(one, ground) for one in invariants}
    rows = [one for one in invariants if not why[one.key] and one.kind in BY_ROW and not _is_newest(one)]
    breaks = _stream(rows, ground)
    return [_outcome(one, ground, why[one.key], breaks.get(one.key)) for one in invariants]


def _outcome(one: Invariant, ground: Ground, why: str, breaks: Breaks | None) -> Outcome:
    if why:
        return unjudged(ground.side, why, ground.table.rows)
    if breaks is not None:
        return judged(one, ground, breaks)
    if _is_newest(one):
        return _newest(one, ground)
    if one.kind in ("mean", "missing_share"):
        return _mean(one, ground)
    return _from_columns(one, ground)


def needed(one: Invariant, ground: Ground) -> tuple[str, ...]:
    """Return the columns that an invariant reads, where it leaves some unsaid the table's own."""
    entity, by = _entity(one, ground), _by(one, ground)
    along = (*entity, *by) if one.kind in ("never_falls", "never_rises") else entity if one.kind == "constant" else ()
    rule = columns_of_rule(ground.rules[one.where]) if one.where in ground.rules else ()
    return tuple(dict.fromkeys((*one.columns, *along, *rule)))


def _why_not(one: Invariant, ground: Ground) -> str:
    """Return why an invariant can't be judged on a table, "" where it can."""
    if ground.side not in one.sides:
        return "it is not meant for this table"
    if one.where:
        try:
            ground.rules.setdefault(one.where, parse_rule(one.where, ground.kinds))
        except BadInput as refused:
            return f"its rule can't be read here: {refused.found}"
    if one.kind in ("never_falls", "never_rises", "constant") and not _entity(one, ground):
        return "no entity is named, neither there nor in [data]"
    if one.kind in ("never_falls", "never_rises") and not _by(one, ground):
        return "no time is named, neither by in it nor in [data]"
    names = ground.table.schema.names
    absent = [name for name in needed(one, ground) if name not in names]
    return f"no column {absent[0]!r}{hint(absent[0], names)}" if absent else ""


def _entity(one: Invariant, ground: Ground) -> tuple[str, ...]:
    return tuple(one.settings.get("entity") or ground.entity)


def _by(one: Invariant, ground: Ground) -> tuple[str, ...]:
    return (one.settings["by"],) if one.settings.get("by") else (ground.time,) if ground.time is not None else ()


def _is_newest(one: Invariant) -> bool:
    return one.kind == "fresh" and one.settings["of"] == NOW


def _stream(invariants: Sequence[Invariant], ground: Ground) -> dict[str, Breaks]:
    """Return what row by row invariants come to, in one pass."""
    found = {one.key: Breaks() for one in invariants}
    if not invariants:
        return found
    columns = dict.fromkeys(name for one in invariants for name in needed(one, ground))
    for rows in frames(ground.table, list(columns)):
        for one in invariants:
            found[one.key].add(rows.index.to_numpy(), *_masked(one, ground, rows, BY_ROW[one.kind](one, rows)))
    return found


def _masked(one: Invariant, ground: Ground, rows: pd.DataFrame, found: Judged) -> Judged:
    """Return what is judged and broken among the rows that the invariant is about."""
    if not one.where:
        return found
    inside = holds(ground.rules[one.where], rows)
    return found[0] & inside, found[1] & inside


def _whole(one: Invariant, ground: Ground) -> pd.DataFrame:
    return pd.concat(list(frames(ground.table, needed(one, ground))))


def _from_columns(one: Invariant, ground: Ground) -> Outcome:
    """Return the outcome of an invariant that needs all rows at once."""
    rows, breaks = _whole(one, ground), Breaks()
    if one.kind in WHOLE:
        breaks.add(rows.index.to_numpy(), *_masked(one, ground, rows, WHOLE[one.kind](one, rows)))
        return judged(one, ground, breaks)
    along = _along(one, ground, rows)
    breaks.add(rows.index.to_numpy(), *_masked(one, ground, rows, (along.judged, along.broken)))
    return judged(one, ground, breaks, along.words if breaks.broken else "")


def _along(one: Invariant, ground: Ground, rows: pd.DataFrame) -> Along:
    entity, column = _entity(one, ground), one.columns[0]
    if one.kind == "constant":
        return constant(rows, entity, column)
    (by,) = _by(one, ground)
    before = _before(ground, (*entity, by, column))
    every = pd.concat([before, rows], ignore_index=True) if before is not None else rows
    if one.kind == "never_rises":
        every = every.assign(**{column: -numbers_of(every[column])})
    found = never_falls(every, entity, by, column)
    own = slice(len(every) - len(rows), None)
    return Along(found.judged[own], found.broken[own], found.fallen, found.spikes)


def _before(ground: Ground, columns: tuple[str, ...]) -> pd.DataFrame | None:
    """Return the rows of the earlier table, where it has the columns."""
    if ground.earlier is None or not set(columns) <= set(ground.earlier.schema.names):
        return None
    return pd.concat(list(frames(ground.earlier, list(dict.fromkeys(columns)))))


def _mean(one: Invariant, ground: Ground) -> Outcome:
    """Return the outcome of a mean, or of a share of missing values, by two one-sided tests."""
    entity = tuple(name for name in ground.entity if name in ground.table.schema.names)
    rows = pd.concat(list(frames(ground.table, list(dict.fromkeys((*needed(one, ground), *entity))))))
    column = rows[one.columns[0]]
    is_share = one.kind == "missing_share"
    values = column.isna().to_numpy(dtype=np.float64) if is_share else numbers_of(column)
    known = np.isfinite(values)
    known &= _masked(one, ground, rows, (known, known))[0]
    owners = entity_codes(rows, entity) if entity else np.full(len(rows), -1)
    owners = np.where(owners < 0, -2 - np.arange(len(rows)), owners)
    found = estimate(values[known], owners[known])
    if isinstance(found, str):
        return unjudged(ground.side, found, ground.table.rows)
    low, high = (-np.inf, one.settings["most"]) if is_share else (one.settings["low"], one.settings["high"])
    words = words_of(found, "the share" if is_share else "the mean", low, high)
    return estimated(one, ground, found, (state_of(found, low, high), words, int(known.sum())))


def _newest(one: Invariant, ground: Ground) -> Outcome:
    """Return the outcome of how old the newest value is now."""
    newest = -np.inf
    for rows in frames(ground.table, needed(one, ground)):
        moments = moments_of(rows[one.columns[0]])
        held = np.isfinite(moments) & _masked(one, ground, rows, (np.isfinite(moments),) * 2)[0]
        newest = max(newest, float(moments[held].max(initial=-np.inf)))
    if not np.isfinite(newest):
        return unjudged(ground.side, "no value is a time", ground.table.rows)
    days = (ground.now - newest) / 86_400e6
    state = "broken" if days * 86_400 > one.settings["seconds"] else "held"
    words = f"the newest is {days:.3g} days old"
    return estimated(one, ground, Bounded(days, days, days), (state, words, ground.table.rows))  # type: ignore[arg-type]
