"""What stacked trees answer for many encoded rows at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.compiled import over_rows
from explainers.forests.arrays import Forest
from explainers.forests.kernels import add_contributions, add_values, fill_leaves

STEPS = 2_000_000  # splits that one thread takes in about 20 ms: for less, starting another does not pay


def forest_scores(forest: Forest, matrix: np.ndarray) -> np.ndarray:
    """Return scores (rows,) in the forest's unit, for encoded rows that are `ready`: contiguous float64."""
    sums = np.zeros(len(matrix))
    _each(forest, matrix, lambda start, stop: add_values(matrix, start, stop, forest.trees, forest.value, sums))
    return forest.offset + forest.weight * sums


def contributions(forest: Forest, matrix: np.ndarray) -> np.ndarray:
    """Return contributions (rows, encoded columns) in the forest's unit, for rows that are `ready`."""
    sums = np.zeros(matrix.shape)
    _each(forest, matrix, lambda start, stop: add_contributions(matrix, start, stop, forest.trees, forest.gain, sums))
    return forest.weight * sums


def leaves_of(forest: Forest, matrix: np.ndarray) -> np.ndarray:
    """Return the place in the stack of the leaf that each row reaches in each tree, (rows, trees) of int32."""
    leaves = np.empty((len(matrix), len(forest.roots)), dtype=np.int32)
    _each(forest, matrix, lambda start, stop: fill_leaves(matrix, start, stop, forest.trees, leaves))
    return leaves


def ready(forest: Forest, matrix: np.ndarray) -> np.ndarray:
    """Return encoded rows rounded as the library rounds them before it compares, as contiguous float64."""
    return np.ascontiguousarray(matrix.astype(forest.precision), dtype=np.float64)


def _each(forest: Forest, matrix: np.ndarray, work: Any) -> None:
    over_rows(work, len(matrix), least=max(1, STEPS // max(1, len(forest.roots) * forest.depth)))
