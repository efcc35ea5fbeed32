"""The split thresholds that a row's values are nearest to, and what the trees answer just past them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from explainers.explanation import Unit


@dataclass(frozen=True)
class NearThreshold:
    """A value of one column just past a threshold, and what the model answers there."""

    column: str
    value: Any  # the row's value, a JSON scalar
    threshold: float  # raw units, after undoing scalers
    change: float  # signed raw distance to get past it
    trees: int  # trees whose answer changes when the row's value goes just past the threshold
    of: int  # trees in the model
    score: float  # the model's score then, in `unit`
    unit: Unit


def near_thresholds(model: Any, row: pd.DataFrame, *, class_index: int, each: int = 1) -> tuple[NearThreshold, ...]:
    """Return the most consequential near thresholds of one row, `each` a column and direction, best first."""
    raise NotImplementedError
