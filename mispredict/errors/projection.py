"""Rows laid out in two dimensions by how alike their contributions are (UMAP)."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

NEIGHBOURS = 15
DIMENSIONS = 10  # principal components that the neighbours are looked for in
FEWEST = 15  # rows; fewer are laid out by their principal components alone


def lay_out(values: pd.DataFrame, *, seed: int = 0) -> np.ndarray:
    """Return a place for each row, shape (rows, 2); rows that are alike lie near each other.

    The neighbours come from scikit-learn and the start from the principal components: UMAP's own search for
    neighbours would be compiled anew in every process.
    """
    points = reduce(values.to_numpy(dtype=np.float64), dimensions=DIMENSIONS, seed=seed)
    flat = _two(points)
    if len(points) < FEWEST or np.ptp(points, axis=0).max() == 0:
        return flat
    return _umap(points, flat, seed)


def reduce(values: np.ndarray, *, dimensions: int, seed: int = 0) -> np.ndarray:
    """Return the principal components, at most so many; missing contributions count as none."""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    wanted = min(dimensions, *values.shape)
    if wanted == 0 or len(values) < 2:
        return np.zeros((len(values), max(1, wanted)))
    from sklearn.decomposition import PCA

    centred = values - values.mean(axis=0)
    if not centred.any():
        return np.zeros((len(values), wanted))
    components: np.ndarray = PCA(wanted, random_state=seed).fit_transform(centred)
    return components


def warm() -> None:
    """Import and compile what the first map needs, so that it doesn't wait."""
    rng = np.random.default_rng(0)
    lay_out(pd.DataFrame(rng.normal(size=(60, 4))))


def _two(points: np.ndarray) -> np.ndarray:
    flat = np.zeros((len(points), 2))
    flat[:, : min(2, points.shape[1])] = points[:, :2]
    return flat


def _umap(points: np.ndarray, start: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.neighbors import NearestNeighbors

    near = min(NEIGHBOURS, len(points) - 1)
    distances, neighbours = NearestNeighbors(n_neighbors=near).fit(points).kneighbors(points)
    # UMAP divides by the extent of its start, which is 0 where the rows lie on a line.
    jitter = np.random.default_rng(seed).normal(scale=1e-4, size=start.shape)
    spread = 10 * start / max(float(np.abs(start).max()), 1e-12) + jitter
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=ImportWarning)  # of a variant that needs Tensorflow
        from umap import UMAP

        warnings.filterwarnings("ignore", message="precomputed_knn")  # it can't place new rows: none will come
        warnings.filterwarnings("ignore", message="n_jobs value")  # a seed means one thread
        umap = UMAP(
            n_neighbors=near,
            init=spread.astype(np.float32),
            precomputed_knn=(neighbours, distances.astype(np.float32)),
            random_state=seed,
        )
        placed: np.ndarray = umap.fit_transform(points.astype(np.float32))
    return np.nan_to_num(placed.astype(np.float64))
