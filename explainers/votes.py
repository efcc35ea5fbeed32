"""Which trees of an ensemble voted against the truth, and the ways that the row took down the worst of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import TreePath, Unit
from explainers.forests.arrays import Forest
from explainers.one_row import one_row
from explainers.paths import paths_of


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
    against: tuple[bool, ...]  # which trees voted against the truth, in tree order


def votes(model: Any, row: pd.DataFrame, *, truth_index: int, count: int = 10) -> Votes:
    """Return how each tree voted on one row whose right class is number `truth_index` of the model's classes.

    A tree that answers in probability votes wrong when another class has as large a share of its leaf as the truth. A
    tree that adds to a score votes wrong when its leaf lies below the mean of its leaves over the training rows, where
    it starts: it pushed the true class down. In a model of several classes only the true class's trees are counted.
    Raises `Unsupported` where the trees can't be read.
    """
    found = one_row(model, row, truth_index)
    forest, leaves = found.forest, found.leaves
    moved = forest.weight * (forest.value[leaves] - forest.value[forest.roots])
    is_wrong, badness = _outvoted(forest, leaves, truth_index) if forest.unit == "probability" else (moved < 0, moved)
    worst = [int(t) for t in np.argsort(badness, kind="stable") if is_wrong[t]][:count]
    truth = found.door.subject.classes[truth_index]
    return Votes(
        row=found.label,
        truth=truth,
        trees=len(leaves),
        wrong=int(is_wrong.sum()),
        unit=forest.unit,
        answers=tuple((forest.weight * forest.value[leaves]).tolist()),
        paths=paths_of(forest, worst, found.walked),
        notes=_notes(forest, truth, shown=len(worst), wrong=int(is_wrong.sum())),
        against=tuple(is_wrong.tolist()),
    )


def _outvoted(forest: Forest, leaves: np.ndarray, truth: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which trees give another class as much as the truth, and what each gives the truth."""
    given = forest.value[leaves]
    places = leaves - forest.roots
    shares = [mix[place] for mix, place in zip(forest.mixes, places, strict=True) if mix is not None]
    if len(shares) < len(leaves):  # two classes: what the truth lacks is the other one's
        return given <= 0.5, given
    others = np.delete(np.array(shares), truth, axis=1)
    return others.max(axis=1) >= given, given


def _notes(forest: Forest, truth: Any, *, shown: int, wrong: int) -> tuple[str, ...]:
    meaning = (
        f"a tree votes wrong when its leaf gives another class at least the share of {truth}"
        if forest.unit == "probability"
        else f"a tree votes wrong when its leaf moves the {forest.unit} of {truth} down from the tree's own mean"
    )
    return (meaning, f"paths of {shown} of the {wrong} trees that voted wrong, the worst first")
