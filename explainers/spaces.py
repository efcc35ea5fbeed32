"""The spaces in which training rows lie near a row: leaves, a hidden layer, contributions, vectors of a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import answers
from explainers.attribute import FURTHEST, attribute
from explainers.embedding import chosen, embed, layers_of
from explainers.explanation import Unsupported
from explainers.forests.arrays import Forest
from explainers.forests.read import forest_of
from explainers.forests.scores import contributions, leaves_of, ready
from explainers.stand_in import learn
from explainers.subject import Subject, kind_of
from explainers.vectors import vectors_of
from explainers.walk import door_of

CELLS = 2_000_000  # values compared or made at once
FEW = 500  # rows that a booster is asked contributions for at once, so that it always answers its own

# it is given the model each time: what is kept for a model must not hold it, or neither would ever go
Points = Callable[[Subject, pd.DataFrame], np.ndarray]


@dataclass(frozen=True, eq=False)
class Space:
    """How rows become points (rows, width), and how far points lie from one of them."""

    name: str  # in words
    points: Points
    distances: Callable[[np.ndarray, np.ndarray], np.ndarray]  # (rows, width), (width,) -> (rows,)
    notes: tuple[str, ...] = ()


def leaf_space(subject: Subject, class_index: int) -> Space:
    """Return the space where rows are near that end in the same leaves (Breiman's proximity, one less it).

    Raises `Unsupported` for a model without trees that can be read.
    """
    if hasattr(subject.estimator, "calc_leaf_indexes") and hasattr(subject, "pool"):
        return _leaf_space(_catboost_leaves, int(subject.estimator.tree_count_))
    try:
        forest = forest_of(door_of(subject).model, class_index)
    except Unsupported as why:
        raise Unsupported(f"rows can't be compared by the leaves that they end in: {why}") from why
    return _leaf_space(lambda s, rows: leaves_of(forest, ready(forest, door_of(s).matrix(rows))), len(forest.roots))


def layer_space(subject: Subject, layer: str | None) -> Space:
    """Return the space of a net's layer, the default one for None; `Unsupported` where it has none of that name."""
    layers = layers_of(subject)
    if not layers:
        raise Unsupported(f"{kind_of(subject)} has no hidden layer that can be read; leave the space open")
    found = chosen(layers, layer)
    wide = "" if found.width is None else f" ({found.width} wide)"
    return Space(f"hidden layer {found.name!r}{wide}", lambda s, rows: embed(s, rows, layer=found.name), euclidean)


def vector_space(column: str) -> Space:
    """Return the space of the vectors that a column holds."""
    return Space(f"the column {column!r}", lambda _, rows: vectors_of(rows, column), euclidean)


def contribution_space(subject: Subject, training: pd.DataFrame, class_index: int, seed: int) -> Space:
    """Return the space of contributions to a class's score, each column divided by its standard deviation.

    A model without exact contributions of its own gets a gradient-boosted stand-in, learned from the training rows.
    """
    reasons, notes = _reasons(subject, training, class_index, seed)
    spread = reasons(subject, training).std(axis=0) if len(training) > 1 else np.zeros(0)
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-12 * spread.max(initial=0.0))
    scale = scale if len(scale) else np.ones(1)
    return Space("standardized contributions", lambda s, rows: reasons(s, rows) * scale, euclidean, notes)


def euclidean(points: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return how far each of the points lies from the one."""
    return np.asarray(np.sqrt(((points - one) ** 2).sum(axis=1)))


def unshared(points: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return the share of trees in which the points end in another leaf than the one."""
    return np.asarray(1 - (points == one).mean(axis=1))


def _leaf_space(points: Points, trees: int) -> Space:
    return Space(f"leaf co-occurrence in {trees:,} trees", points, unshared)


def _catboost_leaves(subject: Any, rows: pd.DataFrame) -> np.ndarray:
    return np.asarray(subject.estimator.calc_leaf_indexes(subject.pool(rows)), dtype=np.int32)


def _reasons(subject: Subject, training: pd.DataFrame, class_index: int, seed: int) -> tuple[Points, tuple[str, ...]]:
    """Return the function that gives contributions (rows, columns), the same way for many rows as for one."""
    try:
        forest = forest_of(door_of(subject).model, class_index)
    except Unsupported:
        return _attributed(subject, training, class_index, seed)
    walked = f"contributions of a walk down {len(forest.roots):,} trees"
    return lambda s, rows: _walk_values(s, rows, forest), (walked,)


def _walk_values(subject: Subject, rows: pd.DataFrame, forest: Forest) -> np.ndarray:
    door = door_of(subject)
    return door.fold(contributions(forest, ready(forest, door.matrix(rows)))).to_numpy()


def _attributed(
    subject: Subject, training: pd.DataFrame, class_index: int, seed: int
) -> tuple[Points, tuple[str, ...]]:
    nothing = training.iloc[:0].copy()
    way = attribute(subject, training.iloc[:1], nothing, class_index=class_index)
    if way.method == "stand-in":
        return _stood_in(subject, training, class_index, seed)

    def reasons(subject: Subject, rows: pd.DataFrame) -> np.ndarray:
        parts = [rows.iloc[s : s + FEW] for s in range(0, len(rows), FEW)]
        found = [attribute(subject, part, nothing, class_index=class_index) for part in parts]
        if any(one.method != way.method for one in found):
            raise Unsupported(f"only some rows have contributions by {way.method}; choose another space")
        return np.nan_to_num(np.vstack([one.values.to_numpy(dtype=np.float64) for one in found]))

    return reasons, way.notes


def _stood_in(subject: Subject, training: pd.DataFrame, class_index: int, seed: int) -> tuple[Points, tuple[str, ...]]:
    scores = np.clip(answers(subject, training, class_index, "log-odds"), -FURTHEST, FURTHEST)
    learned = learn(_explaining(subject, training), scores, seed=seed)
    fit = "unknown" if np.isnan(learned.r2) else f"{learned.r2:.2f}"
    note = (
        "contributions of a walk down a gradient-boosted stand-in for the model's log-odds: "
        f"R2 {fit} on {learned.held_out:,} rows that it didn't learn from"
    )
    return lambda s, rows: learned.walked(_explaining(s, rows)), (note,)


def _explaining(subject: Subject, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that explain the score: the model's own, or all others where only scores are stored."""
    if subject.family == "scores":
        return rows.drop(columns=list(subject.columns))
    return subject.prepared(rows)
