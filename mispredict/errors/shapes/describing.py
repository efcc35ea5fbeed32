"""A region told by the readable rule that comes nearest to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.columns import cut_columns
from mispredict.errors.findings import Condition
from mispredict.errors.lattice import Lattice
from mispredict.errors.polish import conditions_of, pieces_of, sharpen, shorten
from mispredict.errors.predicates import holds

MOST_ROWS = 8_000  # that rules are compared on; what is said of the chosen one is counted on all rows
MOST_CONDITIONS = 3
LEAST_GAIN = 0.02  # of F1, that a condition must bring
DEPTH, WIDTH = 3, 12


@dataclass(frozen=True)
class Likeness:
    """The F1 of a rule against a region; sums over the region's rows and over all rows."""

    size: float  # rows of the region

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Return the F1 of each rule."""
        f1: np.ndarray = 2 * sums[..., 0] / np.maximum(sums[..., 1] + self.size, 1e-9)
        return np.where(sums[..., 0] > 0, f1, -np.inf)

    def keeps(self, score: float, without: float, *, conditions: int) -> bool:
        """Return whether a condition brings enough, and the rule is no longer than people read."""
        return conditions <= MOST_CONDITIONS and score - without > LEAST_GAIN

    def orders(self, sums: np.ndarray) -> list[np.ndarray]:
        """Return the part of the rows that the region has."""
        return [sums[..., 0] / np.maximum(sums[..., 1], 1e-9)]


class Describer:
    """Finds rules for regions of a sample; its columns are cut into bins once for all of them."""

    def __init__(self, rows: pd.DataFrame, *, exclude: Collection[str], seed: int = 0) -> None:
        self._at = np.sort(np.random.default_rng(seed).permutation(len(rows))[:MOST_ROWS])
        self._rows = rows.iloc[self._at]
        columns, _ = cut_columns(self._rows, exclude=exclude)
        self._lattice = Lattice(columns) if columns else None

    def nearest_rule(self, inside: np.ndarray) -> tuple[Condition, ...]:
        """Return the rule of at most three conditions that overlaps best with some rows of the sample, () if none."""
        own = inside[self._at]
        if self._lattice is None or not own.any():
            return ()
        signals = np.column_stack([own, np.ones(len(own))]).astype(np.float64)
        score = Likeness(float(own.sum()))
        found = self._lattice.search(signals, score, depth=DEPTH, width=WIDTH)
        if not found:
            return ()
        pieces = shorten(pieces_of(self._lattice, found[0].rule), signals, score)
        return conditions_of(shorten(sharpen(pieces, self._rows, signals, score), signals, score))


@dataclass(frozen=True)
class Agreement:
    """How near a rule comes to a region."""

    precision: float  # of the rule's rows, the part in the region
    recall: float  # of the region's rows, the part that the rule holds

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-12)


def agreement(conditions: tuple[Condition, ...], rows: pd.DataFrame, inside: np.ndarray) -> Agreement:
    """Return how near a rule comes to a region, over all rows."""
    held = holds(conditions, rows)
    both = int((held & inside).sum())
    return Agreement(both / max(int(held.sum()), 1), both / max(int(inside.sum()), 1))


def jaccard(one: np.ndarray, other: np.ndarray) -> float:
    """Return the rows of both over the rows of either."""
    return float((one & other).sum() / max((one | other).sum(), 1))
