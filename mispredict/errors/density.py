"""Groups of rows that lie close together (HDBSCAN), and whether they would be found again."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np

SMALLEST = 10  # rows of a group
SHARES = (0.02, 0.05, 0.1, 0.2)  # least sizes that are tried, of all rows
NEIGHBOURS = 5
DRAWS = 3  # part samples a size, in which the groups must be found again
PART = 0.8
STABLE = 0.6  # adjusted Rand index between a part sample's groups and those of all rows


@dataclass(frozen=True, eq=False)
class Groups:
    """A group for each row, -1 where it lies in none, and how stable they are."""

    labels: np.ndarray  # int64
    least: int  # the smallest size that was asked for
    stability: float  # 0 to 1
    tried: tuple[tuple[int, float], ...] = ()  # every least size that was tried, and its stability


def find_groups(points: np.ndarray, *, seed: int = 0) -> Groups | None:
    """Return the most stable groups among several least sizes; None if none is found again in part samples."""
    sizes = sorted({max(SMALLEST, round(share * len(points))) for share in SHARES})
    tried = [_grouped(points, size, seed) for size in sizes if 2 * size <= len(points)]
    stable = [one for one in tried if one.labels.max(initial=-1) >= 0 and one.stability >= STABLE]
    # Among the stable ones the finest that are about as stable as the best: large sizes swallow small groups.
    best = max((one.stability for one in stable), default=0.0)
    chosen = next((one for one in stable if one.stability >= best - 0.05), None)
    return chosen and replace(chosen, tried=tuple((one.least, one.stability) for one in tried))


def _grouped(points: np.ndarray, least: int, seed: int) -> Groups:
    labels = _labels(points, least)
    rng = np.random.default_rng(seed)
    parts = [np.sort(rng.permutation(len(points))[: int(PART * len(points))]) for _ in range(DRAWS)]
    again = [_agreement(labels[part], _labels(points[part], max(2, round(PART * least)))) for part in parts]
    return Groups(labels, least, float(np.mean(again)))


def _labels(points: np.ndarray, least: int) -> np.ndarray:
    from hdbscan import HDBSCAN

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rows that are equal make it divide by 0, which it copes with
        # The approximate tree, its default, loses most groups of large tables.
        finder = HDBSCAN(min_cluster_size=least, min_samples=NEIGHBOURS, approx_min_span_tree=False, core_dist_n_jobs=1)
        labels: np.ndarray = finder.fit_predict(points).astype(np.int64)
    return labels


def _agreement(first: np.ndarray, second: np.ndarray) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(first, second))
