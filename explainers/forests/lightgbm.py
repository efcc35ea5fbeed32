"""LightGBM's trees as arrays, read from the model's own text format."""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.explanation import Unit, Unsupported
from explainers.forests.arrays import Forest, Tree, averaged, stack

CATEGORICAL, DEFAULT_LEFT = 1, 2  # bits of LightGBM's decision_type; the two bits above say what counts as missing
MISSING_NONE, MISSING_ZERO = 0, 1


def read_lightgbm(booster: Any, class_index: int) -> Forest:
    """Return a LightGBM Booster in log-odds (binary) or in the class's margin."""
    header, *blocks = booster.model_to_string().partition("\nend of trees")[0].split("\nTree=")
    fields = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in blocks]
    each = int(_field(header, "num_tree_per_iteration"))
    if "linear_tree" in header or any(f.get("is_linear") == "1" for f in fields):
        raise Unsupported("this LightGBM model has linear models in its leaves, which a walk can't follow; use shap")
    sign = -1.0 if each == 1 and class_index == 0 else 1.0
    chosen = fields[0 if each == 1 else class_index :: each]
    trees = [averaged(_tree(f, sign)) for f in chosen]
    weight = 1 / len(trees) if "\naverage_output" in header else 1.0
    unit: Unit = "log-odds" if each == 1 else "margin"
    return stack(trees, weight=weight, offset=0.0, unit=unit)


def _field(header: str, name: str) -> str:
    return next(line.partition("=")[2] for line in header.splitlines() if line.startswith(name + "="))


def _tree(fields: dict[str, str], sign: float) -> Tree:
    """Return one tree: its inner nodes first, then its leaves, which LightGBM numbers -1, -2, ..."""
    leaves = sign * _numbers(fields, "leaf_value", np.float64)
    if len(leaves) == 1:
        return _lone_leaf(leaves)
    inner = len(leaves) - 1
    kind = _numbers(fields, "decision_type", np.int64)
    threshold = _numbers(fields, "threshold", np.float64)
    counts = np.concatenate([_numbers(fields, f"{part}_count", np.float64) for part in ("internal", "leaf")])
    return Tree(
        left=_children(_numbers(fields, "left_child", np.int64), inner),
        right=_children(_numbers(fields, "right_child", np.int64), inner),
        feature=_padded(_numbers(fields, "split_feature", np.int64), inner + 1),
        threshold=_padded(threshold, inner + 1),
        missing_left=_padded(_missing_left(kind, threshold), inner + 1),
        value=np.concatenate([np.zeros(inner), leaves]),
        count=counts,
        rows=counts,
        goes_left=_category_sets(fields, kind, threshold),
        zero_missing=_padded(_zero_missing(kind), inner + 1),
    )


def _missing_left(kind: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Return where a missing value goes: the learned side, or where 0 goes when training saw none missing."""
    learned = np.where(kind >> 2 == MISSING_NONE, threshold >= 0, (kind & DEFAULT_LEFT) > 0)
    return np.asarray(learned & ((kind & CATEGORICAL) == 0), dtype=bool)


def _zero_missing(kind: np.ndarray) -> np.ndarray:
    """Return where zero, and what is next to it, takes the branch of the missing values."""
    return np.asarray((kind >> 2 == MISSING_ZERO) & ((kind & CATEGORICAL) == 0))


def _category_sets(fields: dict[str, str], kind: np.ndarray, threshold: np.ndarray) -> dict[int, np.ndarray]:
    nodes = np.flatnonzero(kind & CATEGORICAL)
    if not len(nodes):
        return {}
    bounds = _numbers(fields, "cat_boundaries", np.int64)
    words = _numbers(fields, "cat_threshold", np.int64).astype("<u4")
    sets = [words[bounds[int(threshold[n])] : bounds[int(threshold[n]) + 1]] for n in nodes]
    bits = [np.unpackbits(s.view(np.uint8), bitorder="little").astype(bool) for s in sets]
    return dict(zip(nodes.tolist(), bits, strict=True))


def _children(children: np.ndarray, inner: int) -> np.ndarray:
    placed = np.where(children < 0, inner + ~children, children)
    return np.concatenate([placed, np.full(inner + 1, -1)])


def _padded(values: np.ndarray, leaves: int) -> np.ndarray:
    return np.concatenate([values, np.zeros(leaves, dtype=values.dtype)])


def _lone_leaf(leaves: np.ndarray) -> Tree:
    nowhere, zero = np.full(1, -1), np.zeros(1)
    return Tree(nowhere, nowhere, zero, zero, zero.astype(bool), leaves, zero, zero * np.nan, {})


def _numbers(fields: dict[str, str], name: str, kind: type[np.generic]) -> np.ndarray:
    return np.array(fields.get(name, "").split(), dtype=kind)
