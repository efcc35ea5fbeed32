"""The readable rule of a cluster: found against the rest of the table, not against other errors.

A cluster's errors have the same true class and are called the same, or are of both kinds where the residual of a binary
model made it. `precision` is the part of the rule's rows in the table that are errors of the cluster's kinds, `recall`
the part of the cluster's errors that the rule holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from mispredict.errors.columns import cut_columns
from mispredict.errors.findings import Condition
from mispredict.errors.lattice import Lattice
from mispredict.errors.polish import conditions_of, pieces_of, sharpen, shorten
from mispredict.scan.scored import Scored
from mispredict.scan.stack import stack

REST = 10_000  # rows beside the errors that rules are found against; a uniform part of the sample, weighted
FEWEST = 3  # errors that a rule must hold
LEAST_RECALL = 0.3  # part of the cluster: a rule that holds for less of it describes something else
LEAST_GAIN = 0.04  # of F1, that a condition must bring
USUAL_LENGTH = 3  # conditions; each one more must bring more
LONG_GAIN = 0.05
DEPTH, WIDTH = 3, 12


@dataclass(frozen=True)
class Overlap:
    """The F1 of a rule against a cluster; sums over the cluster's errors and over all rows of the table."""

    size: int  # errors of the cluster
    in_table: float  # part of the errors that the table's sample has, 1 where the sample is the table

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return the F1 of each rule."""
        hits, rows = sums[..., 0], sums[..., 1]
        precision = np.minimum(self.in_table * hits / np.maximum(rows, 1e-9), 1)
        recall = hits / self.size
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        return np.where(hits >= max(min(FEWEST, self.size), LEAST_RECALL * self.size), f1, -np.inf)

    def keeps(self, score: float, without: float, *, conditions: int) -> bool:
        """Return whether a condition brings enough."""
        return score - without > (LEAST_GAIN if conditions <= USUAL_LENGTH else LONG_GAIN)

    def orders(self, sums: np.ndarray) -> list[np.ndarray]:
        """Return the density of the cluster's errors."""
        return [sums[..., 0] / np.maximum(sums[..., 1], 1e-9)]


class RuleFinder:
    """Finds rules for groups of errors; the table is cut into bins once for all of them."""

    def __init__(self, errors: Scored, table: Scored, *, exclude: Collection[str], seed: int = 0) -> None:
        positions = errors.rows.index.to_numpy()
        in_table = np.isin(positions, table.rows.index.to_numpy())
        self._in_table = float(in_table.mean())
        rest = np.flatnonzero(~np.isin(table.rows.index.to_numpy(), positions))
        few = np.sort(np.random.default_rng(seed).permutation(rest)[:REST])
        self._rows = stack([errors, table.take(few)]).rows
        self._weights = np.concatenate([in_table.astype(float), np.full(len(few), len(rest) / max(len(few), 1))])
        columns, self.notes = cut_columns(self._rows, exclude=exclude)
        self._lattice = Lattice(columns) if columns else None

    def rule_for(self, members: np.ndarray) -> tuple[Condition, ...]:
        """Return the rule that overlaps best with some of the errors (positions among them), () if none does."""
        if self._lattice is None:
            return ()
        signals = np.column_stack([np.zeros(len(self._rows)), self._weights])
        signals[members, 0] = 1
        score = Overlap(len(members), self._in_table)
        found = self._lattice.search(signals, score, depth=DEPTH, width=WIDTH)
        if not found:
            return ()
        pieces = sharpen(pieces_of(self._lattice, found[0].rule), self._rows, signals, score)
        return conditions_of(shorten(pieces, signals, score))
