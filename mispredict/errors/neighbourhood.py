"""Which rows are most like each row, in the columns that the model reads or in an embedding."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np

from mispredict.errors.columns import Binned, cut_columns
from mispredict.errors.promises import log_odds
from mispredict.errors.structure import AmongNeighbours
from mispredict.scan.counts import promise_of
from mispredict.scan.scored import Scored

NEIGHBOURS = 15
MOST_ROWS = 10_000
MOST_COLUMNS = 16  # among more, all rows are about equally far from each other
MOST_LEVELS = 12  # categories of a column that are told apart; the rarer ones are one
MOST_DIMENSIONS = 64  # of an embedding


Vectors = Callable[[Scored], np.ndarray]  # rows -> their places in an embedding, NaN for a row that has none


def among_neighbours(
    sample: Scored, columns: Collection[str], *, vectors: Vectors | None = None, seed: int = 0
) -> tuple[AmongNeighbours, str] | str:
    """Return each row's nearest rows with a note on how many were looked at, or why there are none.

    Rows are near each other that agree in the columns, or whose vectors do; at most 10,000 are looked at.
    """
    rows = np.sort(np.random.default_rng(seed).permutation(len(sample))[:MOST_ROWS])
    chosen = sample.take(rows)
    places = _in_columns(chosen, columns) if vectors is None else vectors(chosen)
    known = np.isfinite(places).all(axis=1)
    rows, places = rows[known], places[known]
    if len(rows) <= 10 * NEIGHBOURS:
        return f"neighbourhood not tested: {len(rows):,} rows have a place"
    if not places.shape[1] or not np.ptp(places, axis=0).any():
        return "neighbourhood not tested: there is no column in which rows could be near each other"
    nearest = _nearest(places if vectors is None else _on_main_axes(places))
    where = "the columns" if vectors is None else "the embedding"
    return AmongNeighbours(rows, nearest), (
        f"neighbourhood: {len(rows):,} of {len(sample):,} rows, each with the {NEIGHBOURS} nearest in {where}"
    )


def _in_columns(sample: Scored, columns: Collection[str]) -> np.ndarray:
    """Return the rows' places: quantiles of numbers from 0 to 1, categories all equally far from each other.

    Of many columns, those that the model's probability goes with the most; labels have no part in it.
    """
    cut, _ = cut_columns(sample.rows, exclude=[column for column in sample.rows.columns if column not in columns])
    level = log_odds(promise_of(sample)[0])
    ranked = sorted(range(len(cut)), key=lambda number: -_told_by(cut[number], level))[:MOST_COLUMNS]
    parts = [_places_of(cut[number]) for number in sorted(ranked)]
    return np.column_stack(parts) if parts else np.empty((len(sample), 0), dtype=np.float32)


def _told_by(column: Binned, level: np.ndarray) -> float:
    """Return the part of the variance of the log odds that lies between the column's bins."""
    counts = np.maximum(np.bincount(column.codes, minlength=column.bins + 1), 1)
    sums = np.bincount(column.codes, weights=level - level.mean(), minlength=column.bins + 1)
    return float((sums**2 / counts).sum())


def _places_of(column: Binned) -> np.ndarray:
    """Return one column as places, (rows, dimensions); what is missing is as far from all as a category is."""
    last = column.codes == column.bins
    if column.is_numeric:
        ranks = np.where(last, 0.5, column.codes / max(column.bins - 1, 1))
        return np.column_stack([ranks, last]).astype(np.float32)
    # Categories are numbered from the most frequent one on.
    codes = np.where(last, MOST_LEVELS, np.minimum(column.codes, MOST_LEVELS - 1))
    return np.eye(MOST_LEVELS + 1, dtype=np.float32)[codes] / np.float32(np.sqrt(2))


def _on_main_axes(vectors: np.ndarray) -> np.ndarray:
    """Return the vectors on their main axes."""
    centred = (vectors - vectors.mean(axis=0)).astype(np.float32)
    if centred.shape[1] <= MOST_DIMENSIONS:
        return centred
    _, axes = np.linalg.eigh(centred.T @ centred)
    main: np.ndarray = centred @ axes[:, -MOST_DIMENSIONS:]
    return main


def _nearest(places: np.ndarray) -> np.ndarray:
    """Return each row's nearest others, (rows, NEIGHBOURS)."""
    from sklearn.neighbors import NearestNeighbors

    # Many rows may lie at the very same place; a hair of noise lets chance, not the order, choose among them.
    noise = np.random.default_rng(0).normal(scale=1e-3, size=places.shape).astype(np.float32)
    found = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(places + noise * np.ptp(places))
    nearest: np.ndarray = found.kneighbors(return_distance=False)
    return nearest
