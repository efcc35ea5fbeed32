"""A tree of the errors: the table parted where errors gather beyond what the probabilities promise."""

from __future__ import annotations

import heapq
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from mispredict.errors.columns import Binned, cut_columns
from mispredict.errors.findings import Condition
from mispredict.errors.gains import LEAST_ROWS, LEAST_SHARE, Split, best_split, codes_of, gain_by_chance
from mispredict.errors.parting import parted
from mispredict.errors.predicates import holds, rule_text
from mispredict.errors.promises import Promises, expected_errors, promises_of
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored

FEWEST_ROWS = 100
DEPTH = 4
MOST_LEAVES = 16
_FIRST_DEPTH = 2
_FAR = 4.0  # standard deviations


@dataclass(frozen=True)
class Node:
    """Rows of the tree; those of its children are exactly its own, parted."""

    id: int  # 0 is the root; children have larger ids than their parent
    parent: int | None
    split: str  # what sets it apart from its siblings, "all rows" for the root
    conditions: tuple[Condition, ...]  # the whole path: they hold for exactly these rows
    rows: int
    errors: int
    expected_errors: float  # by the model's own probabilities
    excess: float  # errors - expected_errors
    z: float  # of the errors beyond the recalibrated promises; not corrected for the search
    heldout_z: float | None  # the same on rows that no split was chosen by; None where there are none
    share: float  # of all errors, the part that lies here, 0 to 1
    children: tuple[int, ...]


@dataclass(frozen=True)
class ErrorTree:
    """The nodes, the root first and each level from left to right."""

    nodes: tuple[Node, ...]
    looked_at: int  # rows
    of: int  # rows of the whole table
    notes: tuple[str, ...]


def grow_tree(
    sample: Scored, *, exclude: Collection[str], seed: int = 0, depth: int = DEPTH, most_leaves: int = MOST_LEAVES
) -> ErrorTree:
    """Return the tree of the residual: errors minus recalibrated promises, parted greedily, the best split first.

    A split must gain more than the best one of each of 99 worlds with outcomes drawn from the promises does; it is
    chosen by two thirds of the rows. What is missing in a split's column is a child of its own.
    """
    grown = _Growth.plant(sample, exclude=exclude, seed=seed)
    refusal = _refusal(sample, grown)
    if refusal:
        return ErrorTree(grown.nodes(), len(sample), len(sample), (*grown.notes, *refusal))
    grown.learn_elsewhere()
    grown.grow(depth=depth, most_leaves=most_leaves)
    return ErrorTree(grown.nodes(), len(sample), len(sample), (*grown.notes, grown.how()))


def _refusal(sample: Scored, grown: _Growth) -> tuple[str, ...]:
    if len(sample) < FEWEST_ROWS:
        return (f"{len(sample)} rows are too few to part; {FEWEST_ROWS} are needed",)
    if not sample.is_error.any():
        return ("there are no errors",)
    return () if grown.columns else ("there is no column that a rule may use",)


@dataclass(eq=False)
class _Twig:
    conditions: tuple[Condition, ...]
    split: str
    rows: np.ndarray  # places in the sample
    depth: int
    parent: _Twig | None = None
    children: list[_Twig] = field(default_factory=list)


def _leaves(twig: _Twig) -> list[_Twig]:
    return [leaf for child in twig.children for leaf in _leaves(child)] if twig.children else [twig]


@dataclass(eq=False)
class _Growth:
    sample: Scored
    columns: list[Binned]
    codes: np.ndarray
    promises: Promises
    searched: np.ndarray
    seed: int
    root: _Twig
    notes: list[str]
    tried: int = 0

    @classmethod
    def plant(cls, sample: Scored, *, exclude: Collection[str], seed: int) -> _Growth:
        columns, notes = cut_columns(sample.rows, exclude=exclude)
        everywhere = np.ones(len(sample), dtype=bool)
        searched = ~is_held_out(sample.rows.index.to_numpy(dtype=np.int64), seed=seed)
        root = _Twig((), rule_text(()), np.arange(len(sample)), 0)
        promises = promises_of(sample, learn=everywhere, seed=seed)
        return cls(sample, columns, codes_of(columns, sample.rows), promises, searched, seed, root, notes)

    def grow(self, *, depth: int, most_leaves: int) -> None:
        """Split the node that gains most, as long as one gains more than chance does."""
        leaves, waiting = 1, self._queue([self.root], depth)
        while waiting:
            _, _, twig, split = heapq.heappop(waiting)
            children = self._children(twig, split)
            if leaves + len(children) - 1 > most_leaves:
                continue
            leaves += len(children) - 1
            twig.children = children
            for one in self._queue(children, depth):
                heapq.heappush(waiting, one)

    def learn_elsewhere(self) -> None:
        """Learn the promises again without the rows of a first, small tree that have far too many errors.

        A fault that the recalibration has learned from would make all other rows look better than promised.
        """
        self.grow(depth=_FIRST_DEPTH, most_leaves=MOST_LEAVES)
        learn = np.ones(len(self.sample), dtype=bool)
        for leaf in _leaves(self.root):
            if (self._z(leaf.rows) or 0.0) > _FAR:
                learn[leaf.rows] = False
        if not learn.all() and 2 * learn.sum() > len(learn):
            self.promises = promises_of(self.sample, learn=learn, seed=self.seed)
        self.root.children = []

    def _queue(self, twigs: list[_Twig], depth: int) -> list[tuple[float, int, _Twig, Split]]:
        queued = []
        for twig in twigs:
            self.tried += 1
            split = self._split(twig) if twig.depth < depth else None
            if split is not None:
                queued.append((-split.gain, self.tried, twig, split))
        return queued

    def _split(self, twig: _Twig) -> Split | None:
        rows = twig.rows[self.searched[twig.rows]]
        least = max(LEAST_ROWS, LEAST_SHARE * int(self.searched.sum()))
        if len(rows) < 2 * least:
            return None
        codes, promises = self.codes[:, rows], self.promises.take(rows)
        split = best_split(self.columns, codes, promises, least_rows=least)
        if split is None or split.gain <= 0:
            return None
        chance = gain_by_chance(self.columns, codes, promises, least_rows=least, seed=self.seed + self.tried)
        return split if split.gain > chance else None

    def _children(self, twig: _Twig, split: Split) -> list[_Twig]:
        column = self.columns[split.column]
        rows = self.sample.rows.iloc[twig.rows]
        children = []
        for own, path in parted(column, split.bins, twig.conditions, rows[column.name]):
            inside = twig.rows[holds(own, rows)]
            if len(inside):
                children.append(_Twig(path, rule_text(own), inside, twig.depth + 1, twig))
        return children

    def how(self) -> str:
        held = int((~self.searched).sum())
        said = (
            "no split gains more than chance does" if not self.root.children else "every split gains more than chance"
        )
        return (
            f"splits were chosen by {int(self.searched.sum()):,} rows and {held:,} were held out; counts are over all "
            f"of them; {said} (99 worlds in which the model is right about itself)"
        )

    def nodes(self) -> tuple[Node, ...]:
        """Return the nodes level by level."""
        level, order = [self.root], [self.root]
        while level:
            level = [child for twig in level for child in twig.children]
            order += level
        ids = {id(twig): number for number, twig in enumerate(order)}
        return tuple(self._node(twig, ids) for twig in order)

    def _node(self, twig: _Twig, ids: dict[int, int]) -> Node:
        wrong, expected = self.sample.is_error, expected_errors(self.sample)
        errors, promised = int(wrong[twig.rows].sum()), float(expected[twig.rows].sum())
        return Node(
            id=ids[id(twig)],
            parent=None if twig.parent is None else ids[id(twig.parent)],
            split=twig.split,
            conditions=twig.conditions,
            rows=len(twig.rows),
            errors=errors,
            expected_errors=promised,
            excess=errors - promised,
            z=self._z(twig.rows) or 0.0,
            heldout_z=self._z(twig.rows[~self.searched[twig.rows]]),
            share=errors / max(int(wrong.sum()), 1),
            children=tuple(ids[id(child)] for child in twig.children),
        )

    def _z(self, rows: np.ndarray) -> float | None:
        if not len(rows):
            return None
        return float(self.promises.excess[rows].sum() / np.sqrt(max(self.promises.spread[rows].sum(), 1e-12)))
