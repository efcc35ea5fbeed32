"""Whether almost equal rows stand on both sides more often than chance puts them there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.near_pairs import Pairs

STEPS = 8  # cut-offs of the cost at which pairs are counted


@dataclass(frozen=True)
class Excess:
    """Mutually nearest pairs up to a cost, those across the tables counted against those within one."""

    cost: float  # nats up to which a pair counts as almost equal
    across: int  # pairs of an examined and a training row
    within: int  # pairs inside one table
    chance: float  # of a pair to lie across the tables if rows fell on them at random
    p_value: float  # of at least so many across, corrected for the cut-offs tried

    @property
    def by_chance(self) -> float:
        """Return how many pairs across chance alone would bring, judged by the pairs within."""
        return self.within * self.chance / (1 - self.chance)

    @property
    def natural(self) -> float:
        """Return which part of the pairs across is expected to be there by chance, 0 to 1."""
        return min(1.0, (self.by_chance + 0.5) / max(self.across, 1))


def excess_of(pairs: Pairs, examined: int, training: int) -> Excess | None:
    """Return the excess of mutually nearest pairs across the tables; None where there is no pair at all.

    Were rows dealt to the tables at random, each pair would lie across with a chance that only the tables' sizes set
    (the cross-match argument of Rosenbaum 2005), however dense the rows lie. Rows beyond `examined` are training rows.
    """
    if not len(pairs.cost):
        return None
    chance = 2 * examined * training / ((examined + training) * (examined + training - 1))
    order = np.argsort(pairs.cost, kind="stable")
    cost, across = pairs.cost[order], (pairs.one < examined)[order] & (pairs.other >= examined)[order]
    cut = _best_cut(cost, across, chance)
    counted = cost <= cut
    shared, within = int((across & counted).sum()), int((~across & counted).sum())
    return Excess(cut, shared, within, chance, _p_value(cost, across, chance))


def _best_cut(cost: np.ndarray, across: np.ndarray, chance: float) -> float:
    """Return the cost up to which a pair across is more likely a copy than chance."""
    gain = np.cumsum(np.where(across, 1.0, -2 * chance / (1 - chance)))
    ends = np.append(cost[1:] > cost[:-1], True)  # pairs of equal cost stand or fall together
    return float(cost[ends][np.argmax(gain[ends])])


def _p_value(cost: np.ndarray, across: np.ndarray, chance: float) -> float:
    from scipy.stats import binom

    cuts = np.unique(np.quantile(cost, np.linspace(0, 1, STEPS)))
    tails = [float(binom.sf(across[cost <= cut].sum() - 1, (cost <= cut).sum(), chance)) for cut in cuts]
    return min(1.0, min(tails) * len(cuts))
