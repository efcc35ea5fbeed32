"""All trees of an ensemble in one stack of arrays, so that one row goes down all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from explainers.explanation import Unit
from explainers.forests.kernels import CATEGORICAL, MISSING_LEFT, ZERO_MISSING


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree for one class. Leaves have `left` -1; children are places in this tree."""

    left: np.ndarray
    right: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    missing_left: np.ndarray  # bool: where a missing value goes
    value: np.ndarray  # the node's value in the forest's unit; only the leaves' are read where `Forest` averages
    count: np.ndarray  # weight of the node in averages: training rows, their weights or their hessians
    rows: np.ndarray  # training rows in the node, NaN where the library doesn't store them
    goes_left: dict[int, np.ndarray]  # categorical node -> bool by code; other codes and missing are `missing_left`
    zero_missing: np.ndarray | None = None  # bool: where zero counts as missing; None: nowhere
    mix: np.ndarray | None = None  # (nodes, classes) shares of the training rows, where the library stores them


@dataclass(frozen=True, eq=False)
class Forest:
    """Stacked trees: the score of one class is `offset` + the sum over trees of weight x value of the leaf reached."""

    left: np.ndarray  # int32, place in the stack; a leaf points to itself
    right: np.ndarray
    feature: np.ndarray  # int32, 0 in leaves
    threshold: np.ndarray  # float64, infinite in leaves
    missing_left: np.ndarray
    flags: np.ndarray  # uint8, the bits of `forests.kernels`
    value: np.ndarray
    gain: np.ndarray  # value less the parent's, 0 in roots
    cover: np.ndarray  # weight of the node in averages: training rows, their weights or their hessians
    rows: np.ndarray
    table: np.ndarray  # int32: the node's row in `goes_left`, -1 where the split is numeric
    goes_left: np.ndarray  # bool, (categorical nodes, codes)
    roots: np.ndarray
    depth: int
    weight: float  # of every tree
    offset: float
    unit: Unit
    compare: Literal["<=", "<"]
    precision: type[np.float32] | type[np.float64]  # in which the library compares values
    mixes: tuple[np.ndarray | None, ...] = ()  # a tree's class shares by node, in the order of the roots

    @cached_property
    def trees(self) -> tuple[np.ndarray, ...]:
        """Return what the compiled loops of `forests.kernels` read to take a row down."""
        nodes = np.column_stack([self.left, self.right, self.feature, self.flags]).astype(np.int32)
        below = np.nextafter(self.threshold, -np.inf) if self.compare == "<" else self.threshold
        return np.ascontiguousarray(nodes), below, self.table, self.goes_left, self.roots

    @cached_property
    def spread(self) -> np.ndarray:
        """Return how far apart each encoded column's thresholds lie: their deviation, weighted by rows that met them.

        1 where there are less than two, and beyond the last column that is asked.
        """
        asked = np.flatnonzero(np.isfinite(self.threshold) & (self.table < 0))  # those of leaves are infinite
        column, at, weight = self.feature[asked], self.threshold[asked], self.cover[asked]
        whole = np.maximum(np.bincount(column, weight), np.finfo(float).tiny)
        mean = np.bincount(column, weight * at) / whole
        deviation = np.sqrt(np.bincount(column, weight * (at - mean[column]) ** 2) / whole)
        return np.where(deviation > 0, deviation, 1.0)

    @property
    def base(self) -> float:
        """Return the score before any split: what the model answers for an average training row."""
        return self.offset + self.weight * float(self.value[self.roots].sum())

    def is_leaf(self, nodes: np.ndarray) -> np.ndarray:
        """Return True where the nodes have no children."""
        return np.asarray(self.left[nodes] == nodes)

    def step(self, values: np.ndarray, nodes: np.ndarray) -> np.ndarray:
        """Return the next nodes for encoded values that are asked at `nodes`, one each."""
        threshold = self.threshold[nodes]
        left = values <= threshold if self.compare == "<=" else values < threshold
        missing = np.isnan(values)
        if missing.any():
            left = np.where(missing, self.missing_left[nodes], left)
        if len(self.goes_left):
            asked = np.flatnonzero(self.table[nodes] >= 0)
            left[asked] = self._by_category(values[asked], nodes[asked])
        return np.asarray(np.where(left, self.left[nodes], self.right[nodes]))

    def _by_category(self, codes: np.ndarray, nodes: np.ndarray) -> np.ndarray:
        known = (codes >= 0) & (codes < self.goes_left.shape[1])
        safe = np.where(known, codes, 0).astype(np.int64)
        return np.asarray(np.where(known, self.goes_left[self.table[nodes], safe], self.missing_left[nodes]))


def stack(
    trees: Sequence[Tree],
    *,
    weight: float,
    offset: float,
    unit: Unit,
    compare: Literal["<=", "<"] = "<=",
    precision: type[np.float32] | type[np.float64] = np.float64,
) -> Forest:
    """Return the trees as one stack."""
    sizes = np.array([len(t.left) for t in trees])
    roots = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
    own = np.arange(sizes.sum(), dtype=np.int32)
    start = np.repeat(roots, sizes)
    left, right = (np.concatenate([getattr(t, side) for t in trees]) for side in ("left", "right"))
    leaf = left < 0
    left = np.where(leaf, own, left + start).astype(np.int32)
    right = np.where(leaf, own, right + start).astype(np.int32)
    value = np.concatenate([t.value for t in trees]).astype(np.float64)
    table, goes_left = _category_table(trees, roots, len(own))
    missing_left = np.concatenate([t.missing_left for t in trees]).astype(bool)
    return Forest(
        left=left,
        right=right,
        feature=np.where(leaf, 0, np.concatenate([t.feature for t in trees])).astype(np.int32),
        threshold=np.where(leaf, np.inf, np.concatenate([t.threshold for t in trees])),
        missing_left=missing_left,
        flags=_flags(trees, missing_left, table),
        value=value,
        gain=_gains(value, left, right),
        cover=np.concatenate([t.count for t in trees]).astype(np.float64),
        rows=np.concatenate([t.rows for t in trees]).astype(np.float64),
        table=table,
        goes_left=goes_left,
        roots=roots,
        depth=max(depth_of(t) for t in trees),
        weight=weight,
        offset=offset,
        unit=unit,
        compare=compare,
        precision=precision,
        mixes=tuple(t.mix for t in trees),
    )


def depth_of(tree: Tree) -> int:
    """Return the number of splits on the longest path."""
    return len(levels_of(tree)) - 1


def levels_of(tree: Tree) -> list[np.ndarray]:
    """Return the tree's nodes, one array a level from the root down."""
    levels = [np.zeros(1, dtype=np.int64)]
    while True:
        inner = levels[-1][tree.left[levels[-1]] >= 0]
        if not len(inner):
            return levels
        levels.append(np.concatenate([tree.left[inner], tree.right[inner]]).astype(np.int64))


def averaged(tree: Tree) -> Tree:
    """Return the tree with each inner node valued at the mean of its leaves, weighted by training rows.

    Boosters store gradients' optima in inner nodes, not what the tree answers for a row that stops there.
    """
    value = np.asarray(tree.value, dtype=np.float64).copy()
    for level in reversed(levels_of(tree)):
        inner = level[tree.left[level] >= 0]
        left, right = tree.left[inner], tree.right[inner]
        a, b = tree.count[left].astype(np.float64), tree.count[right].astype(np.float64)
        whole = np.where(a + b > 0, a + b, 1.0)
        share = np.where(a + b > 0, a / whole, 0.5)
        value[inner] = share * value[left] + (1 - share) * value[right]
    return replace(tree, value=value)


def _gains(value: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    gain = np.zeros(len(value))
    inner = np.flatnonzero(left != np.arange(len(left)))
    for child in (left[inner], right[inner]):
        gain[child] = value[child] - value[inner]
    return gain


def _flags(trees: Sequence[Tree], missing_left: np.ndarray, table: np.ndarray) -> np.ndarray:
    zero = np.concatenate([np.zeros(len(t.left), bool) if t.zero_missing is None else t.zero_missing for t in trees])
    bits = MISSING_LEFT * missing_left + ZERO_MISSING * zero + CATEGORICAL * (table >= 0)
    return np.asarray(bits, dtype=np.uint8)


def _category_table(trees: Sequence[Tree], roots: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    table = np.full(nodes, -1, dtype=np.int32)
    found = [
        (root + node, tree.missing_left[node], codes)
        for tree, root in zip(trees, roots, strict=True)
        for node, codes in tree.goes_left.items()
    ]
    width = max((len(codes) for *_, codes in found), default=0)
    goes_left = np.zeros((len(found), width), dtype=bool)
    for i, (node, otherwise, codes) in enumerate(found):
        table[node] = i
        goes_left[i] = otherwise
        goes_left[i, : len(codes)] = codes
    return table, goes_left
