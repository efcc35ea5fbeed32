"""Residuals freed of the level of the probability: what they still show is no matter of calibration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mispredict.errors.promises import Promises, log_odds
from mispredict.scan.counts import promise_of
from mispredict.scan.scored import Scored

MOST_LEVELS = 50
CHANCE_A_LEVEL = 2.0  # least variance of the errors at a level: less is freed of nearly all it has
ROWS_A_LEVEL = 40  # about: what is freed of more levels than that has little left to show
APART = 100.0  # more than log odds and a Gumbel variable differ by together
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class Levelled:
    """Each row's chance of an error, and its level: rows that the model is about equally sure of. One entry a row."""

    chance: np.ndarray  # recalibrated
    level: np.ndarray  # int64 from 0
    is_error: np.ndarray

    @property
    def spread(self) -> np.ndarray:
        """Return the variance of each row's outcome."""
        return self.chance * (1 - self.chance)

    @property
    def excess(self) -> np.ndarray:
        """Return each row's error minus its chance, freed of its level."""
        return self.freed(self.is_error)

    def take(self, which: np.ndarray) -> Levelled:
        """Return some rows, at the same levels."""
        return Levelled(self.chance[which], self.level[which], self.is_error[which])

    def freed(self, outcomes: np.ndarray) -> np.ndarray:
        """Return outcomes (bool) minus their chances, such that they add up to 0 at every level.

        It is what one step of a recalibration by level would leave: each row bears its level's misfit by its variance.
        """
        return self._less_level(outcomes - self.chance, by=self.spread)

    def parted(self, foretold: np.ndarray) -> np.ndarray:
        """Return what is foretold of the rows without what their levels alone foretell.

        Its product with the outcomes then owes nothing to a recalibration, which all rows share.
        """
        weight = self._at_levels(self.spread)
        mean = self._at_levels(self.spread * foretold) / np.maximum(weight, _NOTHING)
        parted: np.ndarray = foretold - mean[self.level]
        return parted

    def drawn(self, rng: np.random.Generator) -> np.ndarray:
        """Return the excess of outcomes drawn by the chances: a world in which the model is right about itself.

        Every level keeps as many errors as it has, so that nothing hangs on how well the chances were recalibrated:
        rows are drawn without replacement by their odds (successive sampling, by the largest of Gumbel variables).
        """
        order = np.argsort(self._places - rng.gumbel(size=len(self.chance)))
        outcomes = np.empty(len(order), dtype=bool)
        outcomes[order] = self._is_drawn_first
        return self.freed(outcomes)

    @cached_property
    def _places(self) -> np.ndarray:
        """Return numbers by which rows stand level after level, those that are likelier errors first."""
        return APART * self.level - log_odds(self.chance)

    @cached_property
    def _is_drawn_first(self) -> np.ndarray:
        """Return for the rows in order of their levels whether they are among the first that their level draws."""
        errors = np.bincount(self.level, weights=self.is_error).astype(np.int64)
        rows = np.bincount(self.level)
        starts = np.cumsum(rows) - rows
        ordered = np.sort(self.level)
        first: np.ndarray = np.arange(len(ordered)) - starts[ordered] < errors[ordered]
        return first

    def _less_level(self, excess: np.ndarray, *, by: np.ndarray) -> np.ndarray:
        misfit = self._at_levels(excess) / np.maximum(self._at_levels(by), _NOTHING)
        freed: np.ndarray = excess - by * misfit[self.level]
        return freed

    def _at_levels(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.level, weights=values)


def level_rows(sample: Scored, promises: Promises, *, most: int = MOST_LEVELS) -> Levelled:
    """Return the rows at levels of the probability as the model makes it, each with about equally much left to chance.

    Of rare events nearly all rows are sure; levels of equally many would put all that are not into one. Equal
    probabilities are one level, so that a model that gives labels alone has a level for each of them.
    """
    probability, _ = promise_of(sample)
    levels = max(min(most, len(sample) // ROWS_A_LEVEL, int(promises.spread.sum() / CHANCE_A_LEVEL)), 1)
    return Levelled(
        promises.error, np.searchsorted(_edges(probability, promises.spread, levels), probability), promises.is_error
    )


def _edges(probability: np.ndarray, spread: np.ndarray, levels: int) -> np.ndarray:
    order = np.argsort(probability, kind="stable")
    mass = np.cumsum(spread[order])
    at = np.searchsorted(mass, mass[-1] * np.arange(1, levels) / levels) if len(mass) else np.empty(0, dtype=np.int64)
    edges: np.ndarray = np.unique(probability[order][np.minimum(at, len(order) - 1)])
    return edges
