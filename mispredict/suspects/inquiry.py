"""What detectors look at: both tables, the model's answers on them, and what the investigation says of columns."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mispredict.invariants.invariant import Invariant
from mispredict.investigation.spec import DataSpec
from mispredict.models.model import Model
from mispredict.parity.joining import Log
from mispredict.suspects.coded import Coding
from mispredict.tables.table import Table

Report = Callable[[float, str], None]  # share done 0..1, what is being done; raises to cancel
LEAST_OF_CLASS = 50  # rows from which a class is looked at on its own
MOST_CLASSES = 10


@dataclass(frozen=True, eq=False)
class Side:
    """Labelled rows of one table, a uniform sample in the table's order or all of them."""

    rows: pd.DataFrame  # every plain column; index = position in the table
    truth: np.ndarray  # int64, index into the classes
    ids: np.ndarray  # str objects
    probabilities: np.ndarray | None  # the live model's, (rows, classes); None where it gives none for these rows
    table: Table  # to stream all of it

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def of(self) -> int:
        """Return how many rows the whole table has."""
        return self.table.rows

    @property
    def positions(self) -> np.ndarray:
        """Return each row's position in the table, int64."""
        return self.rows.index.to_numpy(dtype=np.int64)

    def take(self, which: np.ndarray) -> Side:
        """Return the rows at a mask or at positions within this object, in that order."""
        places = np.flatnonzero(which) if which.dtype == bool else which
        chances = None if self.probabilities is None else self.probabilities[places]
        return Side(self.rows.iloc[places], self.truth[places], self.ids[places], chances, self.table)


@dataclass(frozen=True)
class Outcome:
    """One class against all others: the event of a binary target, or one class of several."""

    label: Any
    place: int  # among the classes

    def of(self, side: Side) -> np.ndarray:
        """Return 1 for rows of the class, else 0, int64."""
        return (side.truth == self.place).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Inquiry:
    """All that a detector may use. Nothing in it changes; what several detectors need is made once (`once`)."""

    data: DataSpec
    classes: tuple[Any, ...]
    threshold: float
    features: tuple[str, ...]  # what the live model reads
    read: tuple[str, ...]  # what the live model or the candidate reads, the live model's first
    loose: tuple[str, ...]  # columns without a role that no model reads
    examined: Side
    training: Side | None
    no_training: str  # why there is none, as a part of a sentence; "" where there is one
    model: Model
    seed: int = 0
    learned: Table | None = None  # the training table, whatever it lacks
    invariants: tuple[Invariant, ...] = ()  # what must hold in every table
    errors: Callable[[], np.ndarray] = lambda: np.empty(0, dtype=np.int64)  # 1, 0, -1 without a label, a row each
    log: Log | None = None  # what the service logged
    no_log: str = "no [online] log"  # why there is none, as a part of a sentence; "" where there is one
    report: Report = lambda share, doing: None
    _made: dict[str, Any] = field(default_factory=dict)
    _making: threading.RLock = field(default_factory=threading.RLock)

    @property
    def is_binary(self) -> bool:
        """Return whether there are two classes; the event is the second one."""
        return len(self.classes) == 2

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Return what columns may know: the event, or each class that has rows enough, the most frequent first."""
        counts = np.bincount(self.examined.truth, minlength=len(self.classes))
        if self.is_binary:
            return (Outcome(self.classes[1], 1),) if counts.min() > 0 else ()
        order = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
        return tuple(Outcome(self.classes[i], int(i)) for i in order if LEAST_OF_CLASS <= counts[i] < counts.sum())

    @property
    def sides(self) -> tuple[Side, ...]:
        """Return the examined side, then the training side where there is one."""
        return (self.examined,) if self.training is None else (self.examined, self.training)

    def common(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the columns that every side has."""
        return tuple(one for one in columns if all(one in side.rows for side in self.sides))

    @property
    def coding(self) -> Coding:
        """Return every column of both sides as numbers, made once."""
        return self.once("coding", lambda: Coding.of([side.rows for side in self.sides]))

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what `make` gives, made the first time that somebody asks for this name."""
        with self._making:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]

    def scope(self, columns: int) -> str:
        """Return "12 columns, 8,000 of 8,000 rows, 12,000 of 12,000 training rows"."""
        parts = [f"{columns:,} column{'s' * (columns != 1)}", f"{len(self.examined):,} of {self.examined.of:,} rows"]
        if self.training is not None:
            parts.append(f"{len(self.training):,} of {self.training.of:,} training rows")
        return ", ".join(parts)
