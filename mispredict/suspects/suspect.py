"""What a search for suspects answers; plain data, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from mispredict.errors.findings import Condition

Severity = Literal["info", "suspected", "certain"]  # info: worth knowing; only the other two are findings and alarms
SEVERITIES: tuple[Severity, ...] = ("certain", "suspected", "info")  # the most serious first
Form = Literal["bars", "lines", "dots", "table"]


@dataclass(frozen=True)
class Series:
    """One row of marks of a chart: as many `y` as `x`; `low` and `high` bound each `y` where it is uncertain."""

    name: str
    x: tuple[Any, ...]  # numbers, texts, or times as ISO texts
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    marked: tuple[bool, ...] = ()  # which marks the finding is about; () for none in particular


@dataclass(frozen=True)
class Chart:
    """Evidence to be drawn. `title` is a sentence that says what is to be seen in it."""

    form: Form  # of a table, each series is a column: `x` holds its cells and `y` is empty
    title: str
    x_title: str
    y_title: str
    series: tuple[Series, ...]
    level: float | None = None  # a line to compare with, such as the base rate
    level_name: str = ""


@dataclass(frozen=True)
class Where:
    """The rows that a finding is confined to, as a rule over columns of the examined table."""

    rule: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Clearing:
    """A person's word that a finding is none."""

    by: str
    reason: str
    at: str  # ISO time, UTC
    holds: bool = True  # False once the data is another one: then the finding is open again


@dataclass(frozen=True)
class Suspect:
    """A possible cause of wrong predictions: what, who, how sure, why, and what would clear it.

    `score` is comparable within one kind, the larger the worse; `weight`, 0 to 1, is how likely this explains errors or
    makes figures look too good, and orders findings of one severity across kinds.
    """

    kind: str
    severity: Severity
    culprits: tuple[str, ...]  # columns
    score: float
    weight: float
    summary: str  # one sentence with numbers, plain text
    cleared_by: str  # what would show that it is none, one sentence
    next_step: str  # what to do about it, one sentence
    p_value: float | None = None
    q_value: float | None = None  # adjusted over the columns that the detector tried (Benjamini-Hochberg)
    cause: str | tuple[str, ...] | None = None  # several where the data can not tell them apart
    share: float | None = None
    where: Where | None = None
    rows: tuple[str, ...] = ()  # ids of the examined table, the most suspicious first
    of_surprise: float | None = None  # part of the table's surprise that its rows hold, 0 to 1
    of_errors: float | None = None  # part of the table's errors
    of_rows: float | None = None  # part of the table's rows
    evidence: dict[str, Any] = field(default_factory=dict)  # numbers, texts and lists only
    charts: tuple[Chart, ...] = ()
    apart: str = ""  # what tells it from others of its kind with the same culprits and place
    key: str = ""  # a digest of kind, culprits, place and what tells it apart: what it is cleared by
    cleared: Clearing | None = None

    @property
    def is_open(self) -> bool:
        """Return whether nobody has cleared it."""
        return self.cleared is None or not self.cleared.holds


@dataclass(frozen=True)
class Judged:
    """What came of one detector."""

    kind: str
    suspects: tuple[Suspect, ...]
    looked_at: str  # "12 columns, 8,000 of 8,000 rows"
    seconds: float
    why_not: str = ""  # why it could not judge; then there are no suspects


@dataclass(frozen=True)
class Suspicions:
    """All findings, the most serious first, and what every detector did."""

    suspects: tuple[Suspect, ...]
    judged: tuple[Judged, ...]  # one a kind, in the order of the table of detectors; without those not run yet
    missing: tuple[str, ...]  # kinds whose detector has not run
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> tuple[Judged, ...]:
        """Return the checks that found nothing."""
        return tuple(one for one in self.judged if not one.why_not and not one.suspects)

    @property
    def not_judged(self) -> dict[str, str]:
        """Return each kind that could not be judged, with the reason."""
        return {one.kind: one.why_not for one in self.judged if one.why_not}
