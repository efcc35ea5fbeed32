"""What the search for slices finds where there is nothing to find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.lattice import Lattice
from mispredict.errors.promises import Promises
from mispredict.errors.worlds import world_score, world_signals

DRAWS = 199
AT_ONCE = 20
TAIL = 0.2  # of the worlds, the largest: the tail beyond them is fitted to these
FLOOR = 1e-4  # the smallest p-value that is claimed: a tail fitted to few hundred worlds says no more
ROWS = 2_000  # of the searched rows; the largest z hardly depends on how many there are


@dataclass(frozen=True, eq=False)
class Null:
    """The largest z of the whole search in each of many worlds in which the model is right about itself."""

    largest: np.ndarray

    def p_value(self, z: float) -> float:
        """Return the share of worlds that reach z (Phipson and Smyth 2010: never 0); beyond all of them, the tail's.

        The largest of many sums has a tail no heavier than the exponential one that is fitted to the top fifth of the
        worlds (a generalised Pareto of shape 0, Knijnenburg et al. 2009), so what it says is rather too large.
        """
        counted = float((1 + (self.largest >= z).sum()) / (1 + len(self.largest)))
        if z <= self.largest.max():
            return counted
        return float(np.clip(self._tail(z), FLOOR, counted))

    def _tail(self, z: float) -> float:
        bar = float(np.quantile(self.largest, 1 - TAIL))
        beyond = float((self.largest[self.largest > bar] - bar).mean()) if (self.largest > bar).any() else 0.0
        return TAIL * float(np.exp(-(z - bar) / beyond)) if beyond > 0 else 1.0

    @property
    def critical(self) -> float:
        """Return the z that one world in twenty reaches."""
        return float(np.quantile(self.largest, 0.95))


def simulate_null(lattice: Lattice, promises: Promises, *, depth: int, width: int, seed: int) -> Null:
    """Return the null of the same search on the same rows, outcomes drawn from the promises (max-T, Westfall-Young)."""
    rng = np.random.default_rng(seed)
    score = world_score(lattice.rows)
    largest: list[float] = []
    while len(largest) < DRAWS:
        worlds = np.stack([world_signals(promises.drawn(rng)) for _ in range(min(AT_ONCE, DRAWS - len(largest)))])
        found = lattice.search_many(worlds, score, depth=depth, width=width)
        largest.extend(one[0].score if one else 0.0 for one in found)
    return Null(np.array(largest))
