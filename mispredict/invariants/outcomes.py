"""From broken rows to an outcome: counts, first examples, since when, where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.interval import interval_of_errors
from mispredict.errors.predicates import rule_text
from mispredict.invariants.ground import Ground
from mispredict.invariants.invariant import Bounded, Example, Invariant, Outcome, Side, State
from mispredict.parity.place import rule_for
from mispredict.parity.since import since
from mispredict.tables.ids import ids_of

MOST_POSITIONS = 20_000  # of broken rows that an outcome holds
EXAMPLES = 5


class Breaks:
    """Which rows of a table break an invariant, batch by batch."""

    def __init__(self) -> None:
        self.rows = 0  # judged
        self._parts: list[np.ndarray] = []

    def add(self, positions: np.ndarray, judged_: np.ndarray, broken: np.ndarray) -> None:
        """Count a batch."""
        self.rows += int(judged_.sum())
        if broken.any():
            self._parts.append(positions[broken])

    @property
    def broken(self) -> int:
        """Return how many rows break it."""
        return sum(map(len, self._parts))

    @property
    def positions(self) -> np.ndarray:
        """Return where they stand in the table, int64."""
        return np.concatenate(self._parts).astype(np.int64) if self._parts else np.empty(0, dtype=np.int64)


def unjudged(side: Side, why: str, of: int) -> Outcome:
    """Return that an invariant could not be judged, and why."""
    return Outcome(side, "not judged", why, 0, of)


def estimated(one: Invariant, ground: Ground, found: Bounded, said: tuple[State, str, int]) -> Outcome:
    """Return the outcome of a figure of the whole table; `said` is its state, its words and the rows it is of."""
    state, words, rows = said
    return Outcome(ground.side, state, words, rows, ground.table.rows, estimate=found)


def judged(one: Invariant, ground: Ground, breaks: Breaks, detail: str = "") -> Outcome:
    """Return the outcome of rows that break an invariant; within what is allowed it is held."""
    of = ground.table.rows
    if not breaks.rows:
        return unjudged(ground.side, "no row has the values that it is about", of)
    low, high = (end / breaks.rows for end in interval_of_errors(breaks.broken, breaks.rows))
    state: State = "broken" if breaks.broken > one.allow * breaks.rows else "held"
    words = f"{breaks.broken:,} of {breaks.rows:,} rows break it" if breaks.broken else f"all {breaks.rows:,} rows"
    if not breaks.broken:
        return Outcome(ground.side, state, words, breaks.rows, of, 0, 0.0, high)
    positions = breaks.positions
    return Outcome(
        side=ground.side,
        state=state,
        words=words,
        rows=breaks.rows,
        of=of,
        broken=breaks.broken,
        low=low,
        high=high,
        positions=tuple(positions[:MOST_POSITIONS].tolist()),
        examples=_examples(one, ground, positions[:EXAMPLES]),
        since=_since(ground, positions),
        place=_place(one, ground, positions),
        detail=detail,
    )


def _examples(one: Invariant, ground: Ground, positions: np.ndarray) -> tuple[Example, ...]:
    from mispredict.invariants.judging import needed

    shown = list(needed(one, ground))
    named = [ground.id] if ground.id is not None and ground.id in ground.table.schema.names else []
    rows = ground.table.take(positions, list(dict.fromkeys((*shown, *named))))
    ids = ids_of(rows, named[0]) if named else rows.index.astype(str).to_numpy()
    records: list[dict[str, Any]] = rows[shown].to_dict("records")  # type: ignore[assignment]
    return tuple(
        Example(str(id_), {name: _plain(value) for name, value in record.items()})
        for id_, record in zip(ids, records, strict=True)
    )


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, bool | int | float | str) else str(value)


def _since(ground: Ground, positions: np.ndarray) -> str | None:
    if ground.times is None:
        return None
    broken = np.zeros(len(ground.times), dtype=bool)
    broken[positions] = True
    found = since(broken, ground.times)
    return found.moment if found is not None else None


def _place(one: Invariant, ground: Ground, positions: np.ndarray) -> str:
    """Return the rule that finds the broken rows among a uniform sample of all, "" where none does."""
    rows = ground.sample
    places = [str(name) for name in rows.columns if name not in one.columns]
    found = rule_for(np.isin(rows.index, positions), rows, places) if places else ()
    return rule_text(found) if found else ""
