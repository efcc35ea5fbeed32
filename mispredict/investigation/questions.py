"""What can be asked of one prediction: a question is a small value, its answer's type stands beside it.

Questions travel to the worker, name the answers that are kept there, and name the jobs of the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import pandas as pd

from explainers.agreement import Agreement
from explainers.explainer import Reference
from explainers.explanation import Explanation, Unit
from explainers.flips import Flips
from explainers.neighbours import Space
from explainers.thresholds import NearThreshold
from explainers.votes import Votes

Which = Literal["live", "candidate"]
A = TypeVar("A")


@dataclass(frozen=True)
class Question(Generic[A]):
    """A question of one row, by its id, to the live model or to the candidate."""

    row: str
    of: Which = "live"


@dataclass(frozen=True)
class Why(Question[Explanation]):
    """Asks why a class got its score; without `class_`, the event (binary) or the predicted class."""

    method: str = "walk"
    class_: str | None = None  # as text
    unit: Unit | None = None
    reference: Reference | None = None


@dataclass(frozen=True)
class WhyLoss(Question[Explanation]):
    """Asks why the row's surprise is what it is."""


@dataclass(frozen=True)
class HowVoted(Question[Votes]):
    """Asks which trees voted against the truth."""


@dataclass(frozen=True)
class HowNear(Question[tuple[NearThreshold, ...]]):
    """Asks which thresholds of the trees the row is nearest to."""


@dataclass(frozen=True)
class HowAgreed(Question[Agreement]):
    """Asks whether the methods agree, and with which of them the knock-out sides."""

    class_: str | None = None


@dataclass(frozen=True, eq=False)
class Taught:
    """Training rows near one row in the model's own space.

    `rows` has the columns distance, truth (as text, "" without a label), probability (of the event, or of the class
    that the model calls the row) and then the training table's own.
    """

    rows: pd.DataFrame
    space: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class TaughtBy(Question[Taught]):
    """Asks which training rows taught the model this."""

    limit: int = 10
    space: Space | None = None  # None: the model's own
    layer: str | None = None


@dataclass(frozen=True)
class Edited:
    """The row with some values changed, before and after."""

    changes: dict[str, Any]
    before: Explanation
    after: Explanation
    probabilities: dict[str, float]  # str(class) -> probability, after
    predicted: Any  # after
    is_error: bool  # after, against the row's own label


@dataclass(frozen=True)
class WhatIf(Question[Edited]):
    """Asks what if values were others; `changes` are pairs of a column and a JSON scalar, None for missing."""

    changes: tuple[tuple[str, Any], ...] = ()
    method: str = "walk"
    class_: str | None = None


@dataclass(frozen=True)
class HowToFlip(Question[Flips]):
    """Asks for the smallest change of one or two columns that flips the prediction."""

    locked: tuple[str, ...] = ()
