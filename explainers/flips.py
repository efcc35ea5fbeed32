"""The smallest change of one or two columns that turns a prediction around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.changes.found import Found, Search, Side
from explainers.changes.rows import Around, around
from explainers.changes.values import LEVELS
from explainers.explanation import Unsupported
from explainers.refusing import asked
from explainers.scalars import scalar
from explainers.subject import Subject


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


def flips(  # noqa: PLR0913 (what is asked has this many parts)
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
    """Return the smallest changes of one or two columns that flip the prediction of a one-row frame.

    Numbers stay between the least and the largest of the rows `seen`, categories among theirs, and a value goes
    missing only where one of theirs is. Columns whose values have at most four decimals keep to so many: whole numbers
    stay whole. With two classes a flip brings the probability of `class_index` to the other side of `threshold` (the
    threshold itself belongs above); with more the predicted class changes, whatever the threshold. Tree ensembles are
    searched exactly over their thresholds, other models by sampling; every flip is confirmed by the model itself. Of
    two columns neither flips without the other. Raises `Unsupported` where there is nothing to search in.
    """
    subject = asked(model)
    _check(subject, row, seen, class_index, threshold)
    scene = around(subject, row, seen, locked)
    before = subject.predict_proba(row)
    side = _side(before, class_index, threshold)
    found, notes = _searched(scene, side, count, seed)
    return Flips(
        row=str(row.index[0]),
        before=float(before[0, class_index]),
        threshold=threshold,
        flips=tuple(_flip(scene, row, one) for one in found.found),
        exact=found.exact,
        searched=found.searched,
        notes=(*notes, *found.notes, *_told(scene, found)),
    )


def _check(subject: Subject, row: pd.DataFrame, seen: pd.DataFrame, class_index: int, threshold: float) -> None:
    if len(row) != 1:
        raise Unsupported(f"one row is changed at a time, and {len(row)} were given; pass a frame of one row")
    if not len(seen):
        raise Unsupported("there are no rows whose values a change could keep to; pass some of the training rows")
    if len(subject.classes) < 2:
        raise Unsupported("the model knows a single class, its prediction can't be flipped")
    if not 0 <= class_index < len(subject.classes):
        raise Unsupported(f"the model has {len(subject.classes)} classes, there is no class number {class_index}")
    if len(subject.classes) == 2 and not 0 < threshold < 1:
        raise Unsupported(f"the threshold is {threshold}, and a probability crosses one between 0 and 1")


def _side(before: np.ndarray, class_index: int, threshold: float) -> Side:
    blank = Side(class_index, threshold, 0)
    return Side(class_index, threshold, int(blank.of(before)[0]))


def _searched(scene: Around, side: Side, count: int, seed: int) -> tuple[Search, tuple[str, ...]]:
    """Return the exact search over trees where they can be read, else the sampled one and why."""
    if not any(scene.free):
        return Search((), exact=True, searched="nothing: every column is locked"), ()
    if count < 1:
        return Search((), exact=True, searched="nothing: no flip was asked for"), ()
    if scene.subject.family == "trees":
        from explainers.changes.trees import search_trees

        try:
            return search_trees(scene, side, count=count, seed=seed), ()
        except Unsupported as why:
            reason = f"searched by sampling, not over the trees' thresholds: {why}"
    else:
        reason = ""
    from explainers.changes.sampling import search_samples

    return search_samples(scene, side, count=count, seed=seed), (reason,) if reason else ()


def _flip(scene: Around, row: pd.DataFrame, found: Found) -> Flip:
    changes = [
        Change(scene.columns[c].name, scalar(row[scene.columns[c].name].iloc[0]), _after(scene, c, value), size)
        for c, value, size in zip(found.columns, found.values, found.sizes, strict=True)
    ]
    return Flip(tuple(changes), found.size, found.score)


def _after(scene: Around, column: int, value: Any) -> Any:
    """Return the new value as a JSON scalar: an integer where the row holds integers."""
    after = scalar(value)
    is_whole = scene.columns[column].is_whole and isinstance(after, float) and after.is_integer()
    return int(after) if is_whole else after


def _told(scene: Around, found: Search) -> tuple[str, ...]:
    """Return what has to be said of an empty or a shortened answer."""
    notes = []
    cut = [repr(c.name) for c in scene.columns if c.is_cut]
    if cut:
        notes.append(f"of {', '.join(cut)} only the {LEVELS:,} most frequent values seen were tried")
    if not found.found:
        free = sum(scene.free)
        notes.append(f"no change of one or two of the {free} unlocked columns {_but(found)}flips it")
    return tuple(notes)


def _but(found: Search) -> str:
    return "" if found.exact else "that was tried "
