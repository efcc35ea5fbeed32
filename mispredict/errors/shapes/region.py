"""A region of rows that stands out, and the way in which it does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Shape, Way
from mispredict.errors.promises import Promises
from mispredict.errors.residuals import score_for, signals_of


@dataclass(frozen=True, eq=False)
class Region:
    """Rows that stand out together, told by something else than a rule."""

    shape: Shape
    words: str  # the region itself, with its columns and numbers
    inside: np.ndarray  # bool, one entry a row of the sample
    way: Way
    gain: float  # on the rows searched, in standard deviations
    among: np.ndarray  # bool: the rows that it was found among, by whose promises it is judged
    preference: float = 1.0  # less where its words say less, and others that are nearly as good come first


@dataclass(frozen=True, eq=False)
class Surplus:
    """One way to stand out: for each row 1, its residual and the residual's variance, shape (rows, 3)."""

    way: Way
    signals: np.ndarray

    def take(self, which: np.ndarray) -> Surplus:
        """Return the same of some rows."""
        return Surplus(self.way, self.signals[which])

    def gain(self, inside: np.ndarray) -> float:
        """Return the gain of some rows: about their residuals' sum in standard deviations; -inf if too few or many."""
        return float(score_for(len(self.signals))(self.signals[inside].sum(axis=0)))


@dataclass(frozen=True)
class Cut:
    """Where rows that lie high are parted best from the others."""

    gain: float
    above: float  # the smallest value that is in
    bound: float  # values above it are in; lies between two rows


def surplus_of(promises: Promises) -> list[Surplus]:
    """Return every way to stand out: errors too many, and where there is one event also too many or too few of it."""
    signals = signals_of(promises)
    ways = [Surplus("more errors", signals[:, :3])]
    if signals.shape[1] > 3:
        more = signals[:, [0, 3, 4]]
        ways += [Surplus("more events", more), Surplus("fewer events", more * [1, -1, 1])]
    return ways


def best_cut(values: np.ndarray, signals: np.ndarray) -> Cut:
    """Return the bound above which the rows gain most; every place between two values is tried.

    Parameters
    ----------
    values
        Rows without a value (NaN) are never above a bound.
    signals
        As in `Surplus`.
    """
    high = np.where(np.isnan(values), -np.inf, values)
    order = np.argsort(-high)
    falling = high[order]
    gains = score_for(len(values))(np.cumsum(signals[order], axis=0))
    gains[:-1][falling[1:] == falling[:-1]] = -np.inf  # equal rows are on one side
    gains[~np.isfinite(falling)] = -np.inf
    best = int(gains.argmax())
    above, below = float(falling[best]), float(falling[min(best + 1, len(falling) - 1)])
    middle = (above + below) / 2
    return Cut(float(gains[best]), above, middle if below < middle < above else float(np.nextafter(above, -np.inf)))


def readable_bound(cut: Cut, digits: int = 4) -> float:
    """Return the bound with few digits; where rows lie close it may part a few of them otherwise."""
    return float(f"{cut.bound:.{digits}g}") if np.isfinite(cut.bound) else cut.bound
