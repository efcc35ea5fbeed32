"""Examined rows that the model was trained on: what it learned by heart is no evidence of how it errs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.errors.row_digests import Kinds, common_kinds, digests_of
from mispredict.tables.ids import ids_of
from mispredict.tables.table import Table

BEYOND_CHANCE = 1e-3  # p-value under which shared rows are more than tables with repeated rows share by chance
SHOWN = 100
REFUSED = 0.5  # share of the examined rows


@dataclass(frozen=True, eq=False)
class Overlap:
    """Examined rows that also stand in the training table, equal in every column compared."""

    count: int
    rows: int  # of the examined table
    training_rows: int
    by_chance: bool  # rows repeat so often that tables drawn apart share as many: all of them stay evidence
    ids: tuple[str, ...]  # the first 100
    positions: np.ndarray  # int64, ascending; of all of them
    untold: str = ""  # why it can't be told

    @property
    def share(self) -> float:
        """Return the part of the examined rows, 0 to 1."""
        return self.count / self.rows if self.rows else 0.0

    @property
    def is_refused(self) -> bool:
        """Return whether so many rows were trained on that the rest says nothing of the table."""
        return not self.by_chance and self.share > REFUSED

    @property
    def note(self) -> str:
        """Return what was found and what comes of it, or why it can't be told; "" where nothing was found."""
        if self.untold:
            return f"whether examined rows were trained on can't be told: {self.untold}"
        if not self.count:
            return ""
        said = f"{self.count:,} of {self.rows:,} rows also stand in the training table ({self.training_rows:,} rows)"
        if self.by_chance:
            return f"{said}; rows repeat so often in these tables that as many are shared by chance: they stay in"
        if self.is_refused:
            return (
                f"{said}: errors on rows that the model learned from say nothing about errors on new ones; name a "
                "table that it has not seen, or correct [training]"
            )
        return f"{said}; they are left out of slices and verdict, and stay in figures and ranking"

    def is_evidence(self, positions: np.ndarray) -> np.ndarray:
        """Return True for each position in the table whose row the model was not trained on."""
        if self.by_chance:
            return np.ones(len(positions), dtype=bool)
        return ~np.isin(positions, self.positions)


def overlap_with_training(
    examined: Table, training: Table, *, features: Sequence[str], target: str, id_column: str | None = None
) -> Overlap:
    """Return the examined rows that also stand in the training table, by digests of features and target.

    Both tables are streamed; held are 64-bit digests of the examined rows, and counts. Two different rows have the same
    digest once in 2**64 pairs. Numbers are equal whatever their types, categories are their values, missing is missing.
    """
    kinds = common_kinds(examined.schema, training.schema, (*features, target))
    if isinstance(kinds, str):
        return _untold(examined, training, kinds)
    own = _all_digests(examined, kinds)
    digests, first, times = np.unique(own, return_inverse=True, return_counts=True)
    trained = np.zeros(len(digests), dtype=np.int64)
    for batch in training.batches(list(kinds)):
        found = digests_of(batch, kinds)
        places = np.minimum(np.searchsorted(digests, found), len(digests) - 1)
        trained += np.bincount(places[digests[places] == found], minlength=len(digests))
    positions = np.flatnonzero(trained[first] > 0)
    by_chance = _is_chance(times, trained, (examined.rows, training.rows))
    ids = _ids(examined, positions[:SHOWN], id_column)
    return Overlap(len(positions), examined.rows, training.rows, by_chance, ids, positions)


def _untold(examined: Table, training: Table, why: str) -> Overlap:
    nothing = np.empty(0, dtype=np.int64)
    return Overlap(0, examined.rows, training.rows, by_chance=True, ids=(), positions=nothing, untold=why)


def _all_digests(table: Table, kinds: Kinds) -> np.ndarray:
    own = np.empty(table.rows, dtype=np.uint64)
    first = 0
    for batch in table.batches(list(kinds)):
        own[first : first + batch.num_rows] = digests_of(batch, kinds)
        first += batch.num_rows
    return own


def _is_chance(times: np.ndarray, trained: np.ndarray, sizes: tuple[int, int]) -> bool:
    """Return whether tables drawn apart from one source share as many rows.

    A row that stands twice in all falls on one table each with odds of 2 m to n against twice in the examined one, of n
    and m rows: of such pairs the shared ones are binomial, however often rows repeat.
    """
    from scipy.stats import binom

    shared = int(((times == 1) & (trained == 1)).sum())
    within = int(((times == 2) & (trained == 0)).sum())
    if np.array_equal(times, trained):  # the very same rows, each as often
        return False
    odds = 2 * sizes[1] / sizes[0]
    return bool(binom.sf(shared - 1, shared + within, odds / (1 + odds)) > BEYOND_CHANCE)


def _ids(table: Table, positions: np.ndarray, column: str | None) -> tuple[str, ...]:
    if column is None or not len(positions):
        return tuple(map(str, positions.tolist()))
    return tuple(ids_of(table.take(positions, [column]), column).tolist())
