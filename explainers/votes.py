"""Which trees of an ensemble voted against the truth, and the ways that the row took down the worst of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from explainers.explanation import TreePath, Unit


@dataclass(frozen=True)
class Votes:
    """Every tree's answer about the class that was right."""

    row: str
    truth: Any  # the class that was right
    trees: int  # trees in the model for that class
    wrong: int  # trees that voted against the truth
    unit: Unit
    answers: tuple[float, ...]  # every tree's answer for the true class in `unit` (weighted), in tree order
    paths: tuple[TreePath, ...]  # the trees that voted most wrongly, the worst first, at most `count`
    notes: tuple[str, ...]  # what "voted wrong" means for this model


def votes(model: Any, row: pd.DataFrame, *, truth_index: int, count: int = 10) -> Votes:
    """Return how each tree voted on one row whose right class is number `truth_index` of the model's classes."""
    raise NotImplementedError
