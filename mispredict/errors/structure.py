"""Tests of the residuals' structure: along time, within entities, among neighbours, against the promises themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from mispredict.errors.levels import Levelled
from mispredict.scan.counts import promise_of
from mispredict.scan.scored import Scored
from mispredict.tables.entities import entity_codes

BLOCKS = 10
DRAWS = 499
FEWEST_PAIRS = 100  # of rows of one owner
CAUTIOUS = 1.645  # an effect is the lower end of its 90 % interval
POSITIVE_PART = 0.3989  # mean of what is above 0 of a standard normal: turns a spread of rates into errors too many


@dataclass(frozen=True)
class Finding:
    """One statistic, its chance where the model is right about itself, and what it comes to (0 to 1)."""

    statistic: float
    p_value: float
    effect: float


class Structure(Protocol):
    """A way in which errors may hang together: a number that grows with it."""

    def measure(self, excess: np.ndarray) -> float:
        """Return the number, from the excess of all rows."""

    def found(self, excess: np.ndarray, null: np.ndarray) -> tuple[float, float]:
        """Return the statistic to show and the effect as a part of the rows; `null` is measured on worlds of chance."""


def examine(
    levelled: Levelled, structures: Mapping[str, Structure], *, draws: int = DRAWS, seed: int = 0
) -> dict[str, Finding]:
    """Return what each structure comes to, with its chance among worlds whose outcomes were drawn by the promises.

    Each world has as many errors at every level of the probability as the real one, and is freed of its levels just as
    that is. The chance counts the real world too (Phipson and Smyth 2010: never 0).
    """
    rng = np.random.default_rng(seed)
    null = {name: np.empty(draws) for name in structures}
    for draw in range(draws if structures else 0):
        excess = levelled.drawn(rng)
        for name, structure in structures.items():
            null[name][draw] = structure.measure(excess)
    excess = levelled.excess
    return {name: _finding(one, excess, null[name]) for name, one in structures.items()}


def _finding(structure: Structure, excess: np.ndarray, null: np.ndarray) -> Finding:
    reached = int((null >= structure.measure(excess)).sum())
    statistic, effect = structure.found(excess, null)
    return Finding(statistic, (1 + reached) / (1 + len(null)), effect)


@dataclass(frozen=True, eq=False)
class InTime:
    """Blocks of about equally many rows in the order of time: chi-square of their sums of excess."""

    blocks: np.ndarray  # int64, a row's block; rows without a time are in the last one, which does not count
    spread: np.ndarray

    def measure(self, excess: np.ndarray) -> float:
        """Return the chi-square over the blocks."""
        sums, spreads = self._sums(excess)
        return float((sums**2 / np.maximum(spreads, 1e-12)).sum())

    def found(self, excess: np.ndarray, null: np.ndarray) -> tuple[float, float]:
        """Return the chi-square, and the errors too many in the blocks that have too many."""
        sums, spreads = self._sums(excess)
        return self.measure(excess), float(np.maximum(sums - np.sqrt(spreads), 0).sum() / len(excess))

    def _sums(self, excess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        sums = np.bincount(self.blocks, weights=excess, minlength=BLOCKS + 1)
        return sums[:BLOCKS], np.bincount(self.blocks, weights=self.spread, minlength=BLOCKS + 1)[:BLOCKS]


def in_time(levelled: Levelled, moments: np.ndarray) -> InTime | str:
    """Return the blocks of rows at these moments (NaN: not known), or why time can't be looked at."""
    known = np.isfinite(moments)
    if known.sum() < len(moments) / 2:
        return f"time not tested: {known.sum():,} of {len(moments):,} rows have one"
    edges = np.unique(np.quantile(moments[known], np.arange(1, BLOCKS) / BLOCKS))
    blocks = np.where(known, np.searchsorted(edges, moments), BLOCKS)
    if len(np.unique(blocks[known])) < 2:
        return "time not tested: nearly all rows have the same one"
    return InTime(blocks, levelled.spread)


def moments_of(column: pd.Series) -> np.ndarray:
    """Return times as float64 that only their order matters of, NaN where there is none.

    Times of several zones are compared as instants; text that is no ISO time keeps its alphabetical order.
    """
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isfinite(numbers), numbers, np.nan)
    times = pd.to_datetime(column.astype(object), errors="coerce", utc=True, format="ISO8601")
    if times.notna().sum() < column.notna().sum():
        return column.astype(object).map(str, na_action="ignore").rank().to_numpy(dtype=np.float64)
    return times.rank().to_numpy(dtype=np.float64)


@dataclass(frozen=True, eq=False)
class AmongOwners:
    """Rows of one owner: the mean product of two rows' excess, each owner weighted by its rows."""

    owner: np.ndarray  # int64 from 0, of the rows that have one
    known: np.ndarray  # bool, a row has an owner
    sizes: np.ndarray

    def measure(self, excess: np.ndarray) -> float:
        """Return the variance between owners of the rate of errors, as far as promises do not explain it."""
        own = excess[self.known]
        sums, squares = (np.bincount(self.owner, weights=part) for part in (own, own**2))
        return float(((sums**2 - squares) / self.sizes).sum() / (self.sizes - 1).sum())

    def found(self, excess: np.ndarray, null: np.ndarray) -> tuple[float, float]:
        """Return the variance in standard deviations of the null, and the errors too many of the worse owners."""
        return _of_variance(self.measure(excess), null, part=float(self.known.mean()))


def among_owners(owners: pd.DataFrame) -> AmongOwners | str:
    """Return the rows of each owner, or why there is nothing to look at."""
    numbers = entity_codes(owners, list(owners.columns))
    known = numbers >= 0
    sizes = np.bincount(numbers[known]).astype(np.float64)
    pairs = float((sizes * (sizes - 1)).sum()) / 2
    if pairs < FEWEST_PAIRS or len(sizes) < 2:
        return (
            f"entity not tested: {known.sum():,} rows of {len(sizes):,} entities make {pairs:,.0f} pairs of one "
            f"entity; {FEWEST_PAIRS} pairs and two entities are needed"
        )
    return AmongOwners(numbers[known], known, sizes)


@dataclass(frozen=True, eq=False)
class AmongNeighbours:
    """Rows and those most like them: the mean product of their excess (Moran's I without its denominator)."""

    rows: np.ndarray  # int64, places in the sample
    nearest: np.ndarray  # int64, (rows, neighbours), places within `rows`

    def measure(self, excess: np.ndarray) -> float:
        """Return the covariance of neighbours' excess."""
        own = excess[self.rows]
        return float((own * own[self.nearest].mean(axis=1)).mean())

    def found(self, excess: np.ndarray, null: np.ndarray) -> tuple[float, float]:
        """Return the covariance in standard deviations of the null, and the errors too many of the worse places."""
        return _of_variance(self.measure(excess), null, part=1.0)


def _of_variance(measured: float, null: np.ndarray, *, part: float) -> tuple[float, float]:
    """Return z, and errors too many as a part of all rows if rates vary by so much among a part of them."""
    beyond, unit = measured - float(null.mean()), float(null.std())
    z = beyond / unit if unit > 0 else 0.0
    return z, part * POSITIVE_PART * float(np.sqrt(max(beyond - CAUTIOUS * unit, 0.0)))


def of_calibration(scored: Scored) -> Finding:
    """Return whether the probabilities keep what they promise, as the model makes them (Spiegelhalter 1986).

    The effect is the difference between what was promised and what came, as a part of the rows.
    """
    from scipy.stats import norm

    promised, came = promise_of(scored)
    lean = 1 - 2 * promised
    variance = float((lean**2 * promised * (1 - promised)).sum())
    z = float(((came - promised) * lean).sum() / np.sqrt(max(variance, 1e-12)))
    return Finding(z, float(2 * norm.sf(abs(z))), float(abs(came.mean() - promised.mean())))
