"""The rows that taught the model this: the nearest training rows in the model's own space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from explainers.embedding import layers_of
from explainers.explanation import Unsupported
from explainers.kept import Shelf
from explainers.spaces import CELLS, contribution_space, layer_space, leaf_space, vector_space
from explainers.spaces import Space as Around
from explainers.subject import Subject, subject_of

Space = Literal["leaves", "layer", "contributions", "embedding"]
MOST = {"leaves": 100_000, "layer": 100_000, "contributions": 20_000, "embedding": 100_000}  # rows that are compared
SIDES = Shelf()  # of a model: one more shelf, of its training frames


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest training rows, nearest first."""

    rows: pd.DataFrame  # all columns of the frame given, and its own index
    distances: np.ndarray  # one a row; in leaves 1 - the share of trees where both rows end alike, else Euclidean
    space: str  # in words
    searched: int  # training rows that were compared
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Asked:
    space: Space
    layer: str | None
    vector: str | None
    class_index: int
    seed: int


@dataclass(frozen=True, eq=False)
class _Side:
    """The training rows in a space."""

    around: Around
    places: np.ndarray  # of the rows compared, in the training frame
    points: np.ndarray
    notes: tuple[str, ...]


def neighbours(  # noqa: PLR0913  (each is one thing that the caller may choose)
    model: Any,
    row: pd.DataFrame,
    training: pd.DataFrame,
    *,
    count: int = 10,
    space: Space | None = None,
    layer: str | None = None,
    vector: str | None = None,
    class_index: int = 1,
    seed: int = 0,
) -> Neighbours:
    """Return the nearest training rows of the one row given, by default in the model's own space.

    That is the leaves for trees, the last hidden layer for nets, standardized contributions to the class's score
    otherwise; `layer` asks for another layer, `vector` for the vectors that a column holds. The row itself, found by
    its index label and equal values, is not its own neighbour. Of more training rows than `MOST` a uniform sample is
    compared. What was made of the training rows is kept while the model and that very frame live: give another frame
    when values change. Raises `Unsupported` where the space doesn't suit the model or no training row can be compared.
    """
    if len(row) != 1 or count < 1:
        raise Unsupported(f"neighbours are those of one row, at least one of them; {len(row)} rows, count {count}")
    subject = subject_of(model)
    kind = _known(space) if space else _own_space(subject, layer, vector, class_index)
    if kind in ("leaves", "layer"):
        subject.predict_proba(row)  # leaves and layers take what the model itself refuses, and it says why
    side = _kept(subject, training, _Asked(kind, layer, vector, class_index, seed))
    distances = _distances(side, side.around.points(subject, row)[0])
    nearest = np.argsort(distances, kind="stable")
    itself = _itself(row, training)
    chosen = nearest[~np.isin(side.places[nearest], itself)][:count]
    notes = side.notes + (("the row itself is a training row, and left out",) if len(itself) else ())
    searched = len(side.places) - int(np.isin(itself, side.places).sum())
    return Neighbours(training.iloc[side.places[chosen]], distances[chosen], side.around.name, searched, notes)


def _known(space: Space) -> Space:
    if space not in MOST:
        raise Unsupported(f"there is no space {space!r}; the spaces are {', '.join(MOST)}")
    return space


def _own_space(subject: Subject, layer: str | None, vector: str | None, class_index: int) -> Space:
    if vector is not None:
        return "embedding"
    if layer is not None:
        return "layer"
    try:
        leaf_space(subject, class_index)
    except Unsupported:
        is_net = subject.family not in ("trees", "linear") and bool(layers_of(subject))
        return "layer" if is_net else "contributions"
    return "leaves"


def _kept(subject: Subject, training: pd.DataFrame, asked: _Asked) -> _Side:
    """Return the training side, made once while the model, as it was fitted, and the frame live."""
    owner = subject if subject.estimator is None else subject.estimator
    frames = SIDES.get(owner, "frames", Shelf)
    return frames.get(training, (asked, len(training)), lambda: _side(subject, training, asked))


def _side(subject: Subject, training: pd.DataFrame, asked: _Asked) -> _Side:
    places = _drawn(len(training), MOST[asked.space], asked.seed)
    rows = training.iloc[places]
    notes = [f"nearest of {len(places):,} of {len(training):,} training rows"] if len(places) < len(training) else []
    if not len(rows):
        raise Unsupported("there are no training rows to look among; give at least one")
    around = _around(subject, rows, asked)
    points = around.points(subject, rows)
    there = np.isfinite(points).all(axis=1) & (points.shape[1] > 0)
    if not there.any():
        raise Unsupported(f"none of the {len(rows):,} training rows has a place in {around.name}")
    if not there.all():
        notes.append(f"{int((~there).sum()):,} of {len(rows):,} training rows have no place in {around.name}")
    return _Side(around, places[there], points[there], (*around.notes, *notes))


def _around(subject: Subject, training: pd.DataFrame, asked: _Asked) -> Around:
    if asked.space == "leaves":
        return leaf_space(subject, asked.class_index)
    if asked.space == "layer":
        return layer_space(subject, asked.layer)
    if asked.space == "contributions":
        return contribution_space(subject, training, asked.class_index, asked.seed)
    if asked.vector is None:
        raise Unsupported("the space 'embedding' needs the name of the column that holds vectors")
    return vector_space(asked.vector)


def _distances(side: _Side, one: np.ndarray) -> np.ndarray:
    width = side.points.shape[1]
    if len(one) != width and len(one):
        raise Unsupported(f"the row has {len(one)} values in {side.around.name}, the training rows have {width}")
    if not len(one) or not np.isfinite(one).all():
        raise Unsupported(f"the row has no place in {side.around.name}: its value there is missing")
    size = max(1, CELLS // width)
    parts = range(0, len(side.points), size)
    return np.concatenate([side.around.distances(side.points[s : s + size], one) for s in parts])


def _drawn(rows: int, most: int, seed: int) -> np.ndarray:
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))


def _itself(row: pd.DataFrame, training: pd.DataFrame) -> np.ndarray:
    """Return where the row stands in the training frame: the same label and equal values in all shared columns."""
    shared = [c for c in row.columns if c in training.columns]
    places = training.index.get_indexer_for(row.index)
    own = [row[c].iloc[0] for c in shared]
    same = [p for p in places if p >= 0 and all(map(_are_equal, own, (training[c].iloc[p] for c in shared)))]
    return np.array(same if shared else [], dtype=np.int64)


def _are_equal(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple | np.ndarray) or isinstance(other, list | tuple | np.ndarray):
        return np.array_equal(one, other)
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return bool(one == other)
