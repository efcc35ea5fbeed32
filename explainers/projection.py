"""Points laid out in two dimensions: what is alike lies near each other (UMAP, t-SNE)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Literal

import numpy as np

from explainers.explanation import Unsupported

Layout = Literal["umap", "tsne"]
EPOCHS = 200  # what UMAP takes for large tables; 500 keep neighbourhoods no better (trustworthiness 0.953, 0.952)
NAMES: dict[Layout, str] = {"umap": "UMAP", "tsne": "t-SNE"}
# rows laid out within half a minute by one thread of a busy machine
LIMITS: dict[Layout, int] = {"umap": 50_000, "tsne": 3_000}
NEIGHBOURS = 15
DIMENSIONS = 10  # principal components that the neighbours are looked for in
FEWEST = 15  # rows; fewer are laid out by their principal components alone
PERPLEXITY = 30.0  # neighbours that t-SNE weighs, fewer where there are few rows
ITERATIONS = 500  # of t-SNE: half of what scikit-learn does, with the same neighbourhoods to 0.2 % (trustworthiness)


def project(points: np.ndarray, *, layout: Layout = "umap", seed: int = 0) -> np.ndarray:
    """Return a place for each row of `points`, (rows, 2) float32; the same seed gives the same places.

    Fewer than `FEWEST` rows, and points that are all the same, are laid out by their principal components. Raises
    `Unsupported` for missing or infinite values and for more rows than `LIMITS` says; `drawn` picks them.
    """
    if layout not in LIMITS:
        raise Unsupported(f"there is no layout {layout!r}; the layouts are {', '.join(LIMITS)}")
    values = _checked(points, layout)
    reduced = reduce(values, dimensions=DIMENSIONS, seed=seed)
    flat = _two(reduced)
    if len(reduced) < FEWEST or np.ptp(reduced, axis=0).max() == 0:
        return flat.astype(np.float32)
    return _LAYOUTS[layout](reduced, flat, seed).astype(np.float32)


def drawn(rows: int, *, layout: Layout = "umap", seed: int = 0) -> np.ndarray:
    """Return which of so many rows to lay out, in order: all of them, or a uniform sample of `LIMITS[layout]`."""
    if rows <= LIMITS[layout]:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, LIMITS[layout], replace=False))


def reduce(values: np.ndarray, *, dimensions: int, seed: int = 0) -> np.ndarray:
    """Return the principal components, at most so many; missing values count as none."""
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    wanted = min(dimensions, *values.shape)
    if wanted == 0 or len(values) < 2:
        return np.zeros((len(values), max(1, wanted)))
    from sklearn.decomposition import PCA

    if not np.ptp(values, axis=0).any():
        return np.zeros((len(values), wanted))
    components: np.ndarray = PCA(wanted, random_state=seed).fit_transform(values - values.mean(axis=0))
    return components


def warm() -> None:
    """Import and compile what the first map needs, so that it doesn't wait."""
    project(np.random.default_rng(0).normal(size=(60, 4)))


def _checked(points: np.ndarray, layout: Layout) -> np.ndarray:
    values = np.asarray(points, dtype=np.float64)
    if values.ndim != 2:
        raise Unsupported(f"points of shape {values.shape} can't be laid out; give one line of numbers a row")
    lost = int((~np.isfinite(values)).any(axis=1).sum())
    if lost:
        raise Unsupported(f"{lost:,} of {len(values):,} points hold a missing or infinite value; leave them out")
    if len(values) > LIMITS[layout]:
        raise Unsupported(
            f"{layout} lays out at most {LIMITS[layout]:,} rows in bearable time and {len(values):,} were given; "
            "take a sample"
        )
    return values / max(float(np.abs(values).max(initial=0.0)), 1e-300)  # 32 bits hold what is left


def _two(points: np.ndarray) -> np.ndarray:
    flat = np.zeros((len(points), 2))
    flat[:, : min(2, points.shape[1])] = points[:, :2]
    return flat


def _start(flat: np.ndarray, seed: int, extent: float) -> np.ndarray:
    """Return the start of a layout: principal components, moved off the line on which they may lie."""
    jitter = np.random.default_rng(seed).normal(scale=1e-5 * extent, size=flat.shape)
    return np.asarray(extent * flat / max(float(np.abs(flat).max()), 1e-12) + jitter, dtype=np.float32)


def _umap(points: np.ndarray, flat: np.ndarray, seed: int) -> np.ndarray:
    """Return UMAP's places; it is given its neighbours, since its own search would be compiled in every process."""
    from sklearn.neighbors import NearestNeighbors

    near = min(NEIGHBOURS, len(points) - 1)
    distances, neighbours = NearestNeighbors(n_neighbors=near).fit(points).kneighbors(points)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=ImportWarning)  # of a variant that needs Tensorflow
        from umap import UMAP

        warnings.filterwarnings("ignore", message="precomputed_knn")  # it can't place new rows: none will come
        warnings.filterwarnings("ignore", message="n_jobs value")  # a seed means one thread
        umap = UMAP(
            n_neighbors=near,
            n_epochs=EPOCHS,
            init=_start(flat, seed, 10.0),
            precomputed_knn=(neighbours, distances.astype(np.float32)),
            random_state=seed,
        )
        placed: np.ndarray = umap.fit_transform(points.astype(np.float32))
    return np.nan_to_num(placed.astype(np.float64))


def _tsne(points: np.ndarray, flat: np.ndarray, seed: int) -> np.ndarray:
    """Return t-SNE's places (Barnes and Hut's approximation, from the principal components)."""
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    tsne = TSNE(
        perplexity=min(PERPLEXITY, (len(points) - 1) / 3),
        init=_start(flat, seed, 1e-4),
        max_iter=ITERATIONS,
        random_state=seed,
    )
    with threadpool_limits(1, user_api="openmp"):  # on busy cores its threads wait for each other: 51 s for 8 s
        return np.asarray(tsne.fit_transform(points.astype(np.float32)))


_LAYOUTS: dict[Layout, Callable[[np.ndarray, np.ndarray, int], np.ndarray]] = {"umap": _umap, "tsne": _tsne}
