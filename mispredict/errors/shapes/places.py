"""The spaces in which neighbourhoods are looked for: pairs and triples of columns, mixtures of all, an embedding."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from mispredict.errors.shapes.ground import Ground
from mispredict.errors.shapes.numbers import Numbers

PAIRS, TRIPLES = 5, 3  # of columns, those whose cells differ most
_PARTS = 6  # that each column is cut in to compare cells
_WIDTHS = (2, 3, 5)  # principal components
_EMBEDDED = 12  # dimensions of an embedding that distances are measured in
_MOST_PAIRED = 30  # columns whose pairs are compared

Kind = Literal["columns", "mixture", "embedding"]


@dataclass(frozen=True, eq=False)
class Place:
    """A space with a distance. `points` has a row for each row of the sample; NaN for those that have no place."""

    kind: Kind
    words: str  # the space, in words
    columns: tuple[int, ...]  # of the numbers, that its words name
    points: np.ndarray  # float64, (rows, dimensions)


def places_on(ground: Ground) -> list[Place]:
    """Return the spaces, readable ones first."""
    return [*_of_columns(ground), *_mixtures(ground), *_embedding(ground)]


def _of_columns(ground: Ground) -> list[Place]:
    numbers, standard = ground.numbers, ground.numbers.standard
    return [
        Place("columns", "", columns, standard[:, list(columns)]) for columns in _telling(ground) if len(numbers) > 1
    ]


def _telling(ground: Ground) -> list[tuple[int, ...]]:
    """Return the pairs of columns in whose cells the residual varies most, and triples made of such pairs."""
    if len(ground.numbers) < 2:
        return []
    few, codes = ground.few, _codes(ground.numbers, ground.few)
    scored: dict[tuple[int, ...], float] = {}
    for surplus in ground.ways[:2]:  # the third is the second turned round
        residual, variance = surplus.signals[few, 1], surplus.signals[few, 2]
        alone = [_unevenness(codes[:, i], residual, variance) for i in range(codes.shape[1])]
        for i, j in combinations(np.argsort(-np.array(alone), kind="stable")[:_MOST_PAIRED].tolist(), 2):
            value = _unevenness(codes[:, i] * (_PARTS + 1) + codes[:, j], residual, variance)
            pair = (min(i, j), max(i, j))
            scored[pair] = max(scored.get(pair, 0.0), value)
    pairs = sorted(scored, key=lambda pair: -scored[pair])[: 2 * PAIRS]
    triples = dict.fromkeys(tuple(sorted({*a, *b})) for a, b in combinations(pairs, 2) if len({*a, *b}) == 3)
    return [*pairs[:PAIRS], *list(triples)[:TRIPLES]]


def _codes(numbers: Numbers, few: np.ndarray) -> np.ndarray:
    codes = np.full((len(few), len(numbers)), _PARTS, dtype=np.int64)
    for i, values in enumerate(numbers.raw[few].T):
        known = ~np.isnan(values)
        if known.any():
            edges = np.quantile(values[known], np.linspace(0, 1, _PARTS + 1)[1:-1])
            codes[known, i] = np.searchsorted(edges, values[known])
    return codes


def _unevenness(cells: np.ndarray, residual: np.ndarray, variance: np.ndarray) -> float:
    """Return the chi square of the cells' residuals beyond one a cell."""
    sums, spread = np.bincount(cells, weights=residual), np.bincount(cells, weights=variance)
    filled = spread > 1
    return float((sums[filled] ** 2 / spread[filled]).sum() - filled.sum())


def _mixtures(ground: Ground) -> list[Place]:
    """Return the principal components, and the directions in which the residual itself bends."""
    numbers = ground.numbers
    if len(numbers) < 3:
        return []
    filled = numbers.filled
    turned = _turned(np.cov(filled[ground.few], rowvar=False))
    every = tuple(range(len(numbers)))
    widths = [width for width in _WIDTHS if width < len(numbers)]
    places = [
        Place("mixture", f"the first {width} principal components", every, filled @ turned[:, :width])
        for width in widths
    ]
    for surplus in ground.ways[:2]:
        bent = _bent(numbers.held[ground.few], surplus.signals[ground.few])
        places.append(Place("mixture", f"{bent.shape[1]} mixtures", every, numbers.held @ bent))
    return places


def _turned(covariance: np.ndarray) -> np.ndarray:
    """Return the directions of a covariance matrix as columns, the widest first."""
    _, directions = np.linalg.eigh(covariance)
    return np.asarray(directions[:, ::-1])


def _bent(held: np.ndarray, signals: np.ndarray) -> np.ndarray:
    """Return the slope of the residual and the two directions of its strongest curvature, as orthogonal columns.

    Principal Hessian directions (Li 1992), on columns brought to the identity covariance.
    """
    centred = held - held.mean(axis=0)
    values, directions = np.linalg.eigh(np.cov(centred, rowvar=False) + 1e-6 * np.eye(held.shape[1]))
    white = directions / np.sqrt(np.maximum(values, 1e-3))
    points, residual = centred @ white, signals[:, 1] - signals[:, 1].mean()
    slope = points.T @ residual
    curves, bends = np.linalg.eigh((points * residual[:, None]).T @ points)
    strongest = bends[:, np.argsort(-np.abs(curves), kind="stable")[:2]]
    basis, _ = np.linalg.qr(np.column_stack([slope / (np.linalg.norm(slope) + 1e-12), strongest]))
    return white @ basis


def _embedding(ground: Ground) -> list[Place]:
    if ground.vectors is None:
        return []
    known = np.isfinite(ground.vectors).all(axis=1)
    points = np.where(known[:, None], ground.vectors, np.nan)
    if points.shape[1] > _EMBEDDED:
        here = points[ground.few][known[ground.few]]
        if len(here) < 2:
            return []
        points = (points - here.mean(axis=0)) @ _turned(np.cov(here, rowvar=False))[:, :_EMBEDDED]
    return [Place("embedding", "the embedding", (), points)]
