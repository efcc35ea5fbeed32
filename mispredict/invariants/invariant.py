"""One thing that must hold, and what came of it; plain data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "range", "one_of", "pattern", "not_missing", "unique", "order", "sum", "decides",
    "never_falls", "never_rises", "constant", "mean", "missing_share", "fresh",
]  # fmt: skip
Side = Literal["training", "data", "online"]
SIDES: tuple[Side, ...] = ("training", "data", "online")
State = Literal["held", "broken", "not judged"]


@dataclass(frozen=True)
class Invariant:
    """A declared invariant. `settings` are the kind's own: bounds, levels, other columns."""

    kind: Kind
    columns: tuple[str, ...]  # what it is about, the one to blame first
    words: str  # "`amount` is above 0"
    settings: dict[str, Any] = field(default_factory=dict)
    where: str = ""  # a rule: only rows that satisfy it; "" for all
    allow: float = 0.0  # part of the rows that may break it
    sides: tuple[Side, ...] = SIDES
    because: str = ""  # why it must hold, in the words of whoever wrote it
    line: int = 0  # of the file, from 1; 0 where it stands in none

    @property
    def key(self) -> str:
        """Return a name that stays while the invariant does."""
        return hashlib.sha256(f"{self.kind} {self.words} {self.where} {self.allow}".encode()).hexdigest()[:12]

    @property
    def sentence(self) -> str:
        """Return it whole: words, where it counts, and what is allowed."""
        place = f" where {self.where}" if self.where else ""
        spared = f", but for {100 * self.allow:.4g} % of the rows" if self.allow else ""
        return f"{self.words}{place}{spared}"


@dataclass(frozen=True)
class Example:
    """One row that breaks an invariant."""

    row: str  # id
    values: dict[str, Any]  # of the columns that it is about


@dataclass(frozen=True)
class Bounded:
    """A figure that an invariant bounds, with the interval that decides: 90 %, two one-sided tests at 5 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """What came of one invariant on one table."""

    side: Side
    state: State
    words: str  # "24 of 30,000 rows", "the mean is 1.31 [1.28 to 1.34]", "no column 'x'"
    rows: int  # judged: those that it is about and whose values are known
    of: int  # in the table
    broken: int = 0  # rows
    low: float = 0.0  # 95 % interval of the part of rows that break it (Wilson)
    high: float = 0.0
    positions: tuple[int, ...] = ()  # of rows that break it, in the table, at most MOST_POSITIONS
    examples: tuple[Example, ...] = ()  # the first ones
    since: str | None = None  # the moment from which it is broken, ISO, where it hardly was before
    place: str = ""  # a rule that finds the rows that break it; "" where none does
    estimate: Bounded | None = None
    detail: str = ""  # how it is broken: "11 entities fall back, 3 single values"

    @property
    def part(self) -> float:
        """Return the part of the judged rows that break it."""
        return self.broken / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Effect:
    """How often the model errs on rows that break an invariant, beside the others of the examined table."""

    errors: int
    rows: int
    other_errors: int
    other_rows: int
    ratio: float | None  # of the two rates; None where the others have no error
    p_value: float  # Fisher's exact test of one rate
    q_value: float  # adjusted over the broken invariants (Benjamini-Hochberg)


@dataclass(frozen=True)
class Held:
    """One invariant on every table, and what its breaking goes with."""

    invariant: Invariant
    outcomes: tuple[Outcome, ...]  # of the sides that there are, in their order
    effect: Effect | None = None  # where it is broken in the examined table

    def on(self, side: Side) -> Outcome | None:
        """Return what came of it on one side, None where there is no such table."""
        return next((one for one in self.outcomes if one.side == side), None)

    @property
    def state(self) -> State:
        """Return broken where it is on any side, held where it is on some and broken on none."""
        states = {one.state for one in self.outcomes}
        return "broken" if "broken" in states else "held" if "held" in states else "not judged"


@dataclass(frozen=True)
class Invariants:
    """All of them, the broken ones first."""

    held: tuple[Held, ...]
    sides: tuple[Side, ...]  # that were looked at
    notes: tuple[str, ...]
    seconds: float
