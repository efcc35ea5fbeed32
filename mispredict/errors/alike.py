"""Errors that lie together: groups found among searched errors, which held-out ones join."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainers.explanation import Attribution
from explainers.projection import reduce
from mispredict.errors.density import NEIGHBOURS, SMALLEST, find_groups
from mispredict.errors.residual_space import METHOD
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored

DIMENSIONS = 6  # more, and density means nothing: everything is noise
LAYER = "layer "  # begins the method of a space that a net's layer makes
FORETOLD = " that the residual foretells"
REACH = 0.95  # of a group's errors: so near to its next ones a held-out error must be to join


@dataclass(frozen=True, eq=False)
class AlikeErrors:
    """A group of errors of one kind; positions among the errors."""

    members: np.ndarray
    searched: np.ndarray  # those of them that made the group; no held-out error had a say in it
    points: np.ndarray  # where the members lie, (members, dimensions)


@dataclass(frozen=True, eq=False)
class _Kind:
    positions: np.ndarray  # among the errors
    name: str


def alike_errors(errors: Scored, space: Attribution, *, seed: int = 0) -> tuple[list[AlikeErrors], tuple[str, ...]]:
    """Return the groups of errors that lie together in a space, one kind of error at a time, and what was tried.

    In the space of the residual the two kinds of a binary model are one: a fault's errors lie on either side of the
    threshold, for one reason. Only errors of which the residual foretells more than promised are asked there.
    """
    values = space.values.to_numpy(dtype=np.float64)
    held_out = is_held_out(errors.rows.index.to_numpy(dtype=np.int64), seed=seed)
    groups: list[AlikeErrors] = []
    notes: list[str] = []
    for kind in _foretold(errors, values) if space.method == METHOD else _kinds(errors):
        found, note = _of_kind(kind, values[kind.positions], held_out[kind.positions], words_of(space), seed=seed)
        groups.extend(found)
        notes.append(note)
    return groups, tuple(notes)


def words_of(space: Attribution) -> str:
    """Return what the errors are compared by."""
    if space.method == METHOD:
        return "contributions to the residual"
    is_layer = space.method.startswith(LAYER)
    return f"the activations of {space.method}" if is_layer else f"{space.method} contributions to the score"


def _foretold(errors: Scored, values: np.ndarray) -> list[_Kind]:
    kinds = [_Kind(np.arange(len(errors)), "")] if len(errors.classes) == 2 else _kinds(errors)
    beyond = values.sum(axis=1) > 0
    return [_Kind(kind.positions[beyond[kind.positions]], f"{kind.name}{FORETOLD}") for kind in kinds]


def _kinds(errors: Scored) -> list[_Kind]:
    """Return each kind of error (its true class and what it was called), the most frequent first."""
    predicted = errors.predicted
    pairs = sorted(set(zip(errors.truth.tolist(), predicted.tolist(), strict=True)))
    kinds = [
        _Kind(
            np.flatnonzero((errors.truth == truth) & (predicted == called)),
            f" where {errors.classes[truth]} was called {errors.classes[called]}",
        )
        for truth, called in pairs
    ]
    return sorted(kinds, key=lambda kind: -len(kind.positions))


def _of_kind(
    kind: _Kind, values: np.ndarray, held_out: np.ndarray, words: str, *, seed: int
) -> tuple[list[AlikeErrors], str]:
    searched = np.flatnonzero(~held_out)
    if len(searched) < 2 * SMALLEST:
        few = f"{len(searched)} searched errors{kind.name} are too few for clusters; {2 * SMALLEST} are needed"
        return [], few
    points = reduce(values, dimensions=DIMENSIONS, seed=seed)
    found = find_groups(points[searched], seed=seed)
    if found is None:
        return [], f"no stable cluster among {len(searched):,} searched errors{kind.name}, by {words}"
    labels = np.full(len(points), -1, dtype=np.int64)
    labels[searched] = found.labels
    labels[held_out] = _joined(points[searched], found.labels, points[held_out])
    groups = []
    for label in range(int(found.labels.max()) + 1):
        own = np.flatnonzero(labels == label)
        groups.append(AlikeErrors(kind.positions[own], kind.positions[own[~held_out[own]]], points[own]))
    tried = ", ".join(f"{size}: {stability:.2f}" for size, stability in found.tried)
    return groups, (
        f"clustered {int((labels >= 0).sum()):,} of {len(points):,} errors{kind.name} by {words}: least size "
        f"{found.least}, stability {found.stability:.2f} (adjusted Rand index; tried {tried})"
    )


def _joined(points: np.ndarray, labels: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return the group of the nearest searched error for each held-out one, -1 where it lies too far from it."""
    from sklearn.neighbors import NearestNeighbors

    if not len(asked):
        return np.empty(0, dtype=np.int64)
    near = NearestNeighbors(n_neighbors=min(NEIGHBOURS + 1, len(points))).fit(points)
    own = near.kneighbors(points)[0][:, -1]  # a point is the first of its own neighbours
    reach = np.array([np.quantile(own[labels == label], REACH) for label in range(int(labels.max()) + 1)])
    distances, nearest = (found[:, 0] for found in near.kneighbors(asked, n_neighbors=1))
    joined = labels[nearest]
    return np.where((joined >= 0) & (distances <= reach[joined]), joined, -1)
