"""HistGradientBoosting's trees as arrays, with its categorical splits and missing-value branches."""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.explanation import Unit
from explainers.forests.arrays import Forest, Tree, averaged, stack

CODES = 256  # the bitsets hold one bit for each code of a category


def read_histogram(model: Any, class_index: int) -> Forest:
    """Return the ensemble in log-odds (binary) or in the class's margin."""
    binary = model.n_trees_per_iteration_ == 1
    sign = -1.0 if binary and class_index == 0 else 1.0
    column = 0 if binary else class_index
    known, place = model._bin_mapper.make_known_categories_bitsets()
    trees = [averaged(_tree(step[column], sign, _bits(known), place)) for step in model._predictors]
    unit: Unit = "log-odds" if binary else "margin"
    return stack(trees, weight=1.0, offset=sign * float(np.ravel(model._baseline_prediction)[column]), unit=unit)


def _tree(predictor: Any, sign: float, known: np.ndarray, place: np.ndarray) -> Tree:
    nodes = predictor.nodes
    leaf = nodes["is_leaf"].astype(bool)
    missing_left = nodes["missing_go_to_left"].astype(bool)
    sets = _bits(predictor.raw_left_cat_bitsets)
    goes_left = {
        int(i): np.where(known[place[nodes["feature_idx"][i]]], sets[nodes["bitset_idx"][i]], missing_left[i])
        for i in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf)
    }
    return Tree(
        left=np.where(leaf, -1, nodes["left"].astype(np.int64)),
        right=np.where(leaf, -1, nodes["right"].astype(np.int64)),
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"],
        missing_left=missing_left,
        value=sign * nodes["value"],
        count=nodes["count"],
        rows=nodes["count"],
        goes_left=goes_left,
    )


def _bits(sets: np.ndarray) -> np.ndarray:
    """Return bitsets (n, 8) of uint32 as booleans (n, 256)."""
    sets = np.ascontiguousarray(sets, dtype="<u4").reshape(-1, CODES // 32)
    return np.unpackbits(sets.view(np.uint8), axis=1, bitorder="little").astype(bool)
