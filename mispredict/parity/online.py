"""What is known of a service by its log, beside the table; plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mispredict.parity.quantiles import QuantilePair

Source = Literal["traffic", "features", "model"]
Word = Literal["features", "model", "traffic", "several", "none", "cannot tell"]


@dataclass(frozen=True)
class Joined:
    """Which rows and entries belong together, and why others don't."""

    by: str  # "id", "entity and time", or "nothing"
    rows: int  # of the table
    entries: int  # of the log
    pairs: int
    looked_at: int  # pairs
    unjoined: dict[str, int]  # reason -> rows or entries
    examples: dict[str, tuple[str, ...]]  # reason -> first ids
    lag: float | None  # seconds that the log's clock is later; None where a side has none
    why_not: str = ""  # why there are no pairs; "" where there are


@dataclass(frozen=True)
class Stage:
    """The model's figures at one point on the way from the table to the service's answer. None: they can't be told."""

    name: Literal["table", "logged rows", "logged features", "answers"]
    words: str
    rows: int
    log_loss: float | None  # nats a row
    roc_auc: float | None
    mean_score: float | None


@dataclass(frozen=True)
class Step:
    """What one thing adds to the log loss, nats a row, with a 95 % interval."""

    source: Source
    added: float
    low: float
    high: float

    @property
    def is_plain(self) -> bool:
        """Return whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Replayed:
    """Where the gap between offline and online comes from."""

    word: Word
    sentence: str
    stages: tuple[Stage, ...]
    steps: tuple[Step, ...]
    score_gap: float | None  # mean absolute difference between the score online and offline, same rows
    of_features: float | None  # part of it that the features make, 0 to 1; the rest is the model's
    notes: tuple[str, ...]
    matters: bool = False  # the plain steps add enough to the log loss


@dataclass(frozen=True)
class Span:
    """The scores of one span of time."""

    begin: str  # ISO, UTC
    end: str
    rows: int  # of the table
    entries: int
    pairs: tuple[QuantilePair, ...]  # median, 95th and 99th percentile, where there are enough of both sides


@dataclass(frozen=True)
class ColumnParity:
    """How one column differs: over pairs where there are some, else as two samples."""

    column: str
    is_read: bool  # by the live model
    differing: int | None  # pairs; None without pairs
    compared: int  # pairs, or entries
    share: float | None  # of the score difference, 0 to 1
    changed: float | None  # without pairs: the total variation distance, 0 to 1; None where it is chance
    moves: float | None  # without pairs: mean absolute change of the score that its change makes
    words: str
    keys: tuple[str, ...] = ()  # of the findings about it


@dataclass(frozen=True)
class Online:
    """Offline against online, as one answer."""

    log: str  # file name
    joined: Joined
    replayed: Replayed
    scores: tuple[QuantilePair, ...]  # over all rows and entries
    spans: tuple[Span, ...]
    slices: tuple[QuantilePair, ...]  # those that differ most first
    columns: tuple[ColumnParity, ...]
    absent: tuple[str, ...]  # features that were not logged
    renamed: dict[str, str]  # of these, the log's column that may hold them
    extra: tuple[str, ...]  # the log's columns that the table lacks
    score_name: str  # "the logged score", or "the model's score of the logged features"
    notes: tuple[str, ...]
    seconds: float
