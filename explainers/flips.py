"""The smallest change of one or two columns that turns a prediction around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from explainers.explanation import Unsupported


@dataclass(frozen=True)
class Change:
    """One column's change. `size` is |after - before| over the column's spread for numbers, 1 for anything else.

    The spread is the interquartile range of the rows seen; where half of them or more share a value, their standard
    deviation. Filling in a missing value, or taking a value away, counts 1.
    """

    column: str
    before: Any  # JSON scalars
    after: Any
    size: float


@dataclass(frozen=True)
class Flip:
    """Changes of one or two columns that together turn the prediction around; without either of two it stays."""

    changes: tuple[Change, ...]
    size: float  # sum of the changes' sizes: what is minimised
    score: float  # the probability of `class_index` after the change, by the model itself


@dataclass(frozen=True)
class Flips:
    """The smallest flips of one row, each with a different set of columns."""

    row: str
    before: float  # the probability of `class_index` before
    threshold: float
    flips: tuple[Flip, ...]  # the smallest first
    exact: bool  # True: every change of one or two columns within the values seen was searched
    searched: str
    notes: tuple[str, ...]


def flips(
    model: Any,
    row: pd.DataFrame,
    seen: pd.DataFrame,
    *,
    class_index: int = 1,
    threshold: float = 0.5,
    locked: Sequence[str] = (),
    count: int = 5,
    seed: int = 0,
) -> Flips:
    """Return the smallest changes within the values of the rows `seen` that flip the prediction of a one-row frame."""
    raise Unsupported("the search for flips is not at hand")
