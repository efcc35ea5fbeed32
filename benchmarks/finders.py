"""Ways to find the rows of a fault: ours and other people's. Each returns up to five masks, the best first."""

from __future__ import annotations

import functools
import importlib.util
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.findings import Slice
from mispredict.scan.scored import Scored

MOST = 5
Finder = Callable[[Scored], list[np.ndarray]]


@functools.lru_cache(maxsize=1)
def _searched(scored: Scored) -> Any:
    from mispredict.errors.slices import find_slices

    return find_slices(scored, exclude=())[0]


def _rows_of(slices: Sequence[Slice], scored: Scored) -> list[np.ndarray]:
    from mispredict.errors.predicates import holds

    return [holds(one.conditions, scored.rows) for one in slices[:MOST]]


def boxes(scored: Scored) -> list[np.ndarray]:
    """Return the rows of our slices."""
    return _rows_of(_searched(scored), scored)


def boxes_and_shapes(scored: Scored) -> list[np.ndarray]:
    """Return the rows of the rules of our slices and of the shapes that are no boxes."""
    from mispredict.errors.shapes import with_shapes

    return _rows_of(with_shapes(_searched(scored), scored, exclude=())[0].slices, scored)


def tree_on_errors(scored: Scored) -> list[np.ndarray]:
    """Return the leaves of a tree of depth 3 that foretells errors, the most errors too many first."""
    from sklearn.tree import DecisionTreeClassifier

    table, wrong = _encoded(scored.rows), scored.is_error
    tree = DecisionTreeClassifier(max_depth=3, min_samples_leaf=max(20, len(table) // 100), random_state=0)
    leaves = tree.fit(table, wrong).apply(table)
    beyond = {leaf: (wrong[leaves == leaf] - wrong.mean()).sum() for leaf in np.unique(leaves)}
    return [leaves == leaf for leaf in sorted(beyond, key=lambda leaf: -beyond[leaf])[:MOST]]


def hdbscan_on_errors(scored: Scored) -> list[np.ndarray]:
    """Return the boxes around the groups of misclassified rows: the middle nine tenths of them in every column."""
    from hdbscan import HDBSCAN

    table = _encoded(scored.rows)
    table = (table - table.mean()) / table.std().replace(0, 1)
    wrong = table[scored.is_error]
    if len(wrong) < 20:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        groups = HDBSCAN(min_cluster_size=max(10, len(wrong) // 50)).fit_predict(wrong.to_numpy())
    largest = pd.Series(groups[groups >= 0]).value_counts().index[:MOST]
    return [_box(table, wrong[groups == group]) for group in largest]


def sliceline_on_errors(scored: Scored) -> list[np.ndarray]:
    """Return SliceLine's slices of the 0/1 errors."""
    return _sliceline(scored, scored.is_error.astype(np.float64))


def sliceline_on_residuals(scored: Scored) -> list[np.ndarray]:
    """Return SliceLine's slices of errors too many: the standardised residual where it is positive."""
    expected = 1 - scored.probabilities.max(axis=1)
    residual = (scored.is_error - expected) / np.sqrt(np.clip(expected * (1 - expected), 1e-4, None))
    return _sliceline(scored, np.clip(residual, 0, np.quantile(residual, 0.995)))


FINDERS: dict[str, Finder] = {
    "ours, boxes": boxes,
    "ours, boxes and shapes": boxes_and_shapes,
    "tree of depth 3 on errors": tree_on_errors,
    "HDBSCAN on misclassified rows": hdbscan_on_errors,
    "sliceline on errors": sliceline_on_errors,
    "sliceline on residuals": sliceline_on_residuals,
}


def absent() -> dict[str, str]:
    """Return the finders that can't run here and why."""
    found = {}
    if importlib.util.find_spec("sliceline") is None:
        found |= dict.fromkeys(("sliceline on errors", "sliceline on residuals"), "pip install sliceline")
    if not _has_shapes():
        found |= {"ours, boxes and shapes": "this version has no second finder"}
    return found


def _has_shapes() -> bool:
    try:
        from mispredict.errors.shapes import with_shapes  # noqa: F401
    except ImportError:
        return False
    return True


def _sliceline(scored: Scored, errors: np.ndarray) -> list[np.ndarray]:
    from sliceline.slicefinder import Slicefinder

    table = pd.DataFrame({name: _binned(scored.rows[name]) for name in scored.rows})
    finder = Slicefinder(alpha=0.95, k=MOST, max_l=2, min_sup=max(20, len(table) // 100), verbose=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        finder.fit(table.to_numpy(), errors)
    wanted = finder.top_slices_
    return [np.all([table.iloc[:, i] == v for i, v in enumerate(one) if v is not None], axis=0) for one in wanted]


def _binned(column: pd.Series) -> np.ndarray:
    if pd.api.types.is_numeric_dtype(column):
        return pd.qcut(column, 5, labels=False, duplicates="drop").to_numpy() + 1
    return pd.factorize(column)[0] + 1


def _encoded(rows: pd.DataFrame) -> pd.DataFrame:
    return pd.get_dummies(rows).astype(np.float64)


def _box(table: pd.DataFrame, group: pd.DataFrame) -> np.ndarray:
    low, high = group.quantile(0.05), group.quantile(0.95)
    inside: np.ndarray = ((table >= low) & (table <= high)).all(axis=1).to_numpy()
    return inside
