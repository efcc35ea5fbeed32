"""What one batch adds to a pass; partial results merge in any order to the same answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.scan.counts import Counts, add_counts, count_rows
from mispredict.scan.keep import LOWEST, Bar, Kept, keep_best, merge_kept
from mispredict.scan.scored import Scored


@dataclass(frozen=True)
class Sizes:
    """How many rows a pass keeps."""

    worst: int = 20_000  # by surprise, again by what is beyond the entropy, and again by cost
    sample: int = 50_000


@dataclass(frozen=True)
class Bars:
    """What a row must beat to be kept at all, known from batches that were merged before."""

    worst: Bar = LOWEST
    beyond: Bar = LOWEST
    costly: Bar = LOWEST
    sample: Bar = LOWEST


@dataclass(frozen=True, eq=False)
class PartialScan:
    """Sums and kept rows of a part of the table. Rows of equal keys stand in the order of the table."""

    counts: Counts
    worst: Kept  # by surprise, right rows too
    beyond: Kept  # errors only, by surprise minus entropy
    costly: Kept  # errors only, by cost x surprise; those that cost nothing come last
    sample: Kept  # uniform: the rows whose positions drew the highest lots

    @property
    def bars(self) -> Bars:
        """Return what further rows must beat."""
        return Bars(self.worst.bar, self.beyond.bar, self.costly.bar, self.sample.bar)


def scan_rows(scored: Scored, *, sizes: Sizes, bars: Bars, seed: int, unlabelled: int = 0) -> PartialScan:
    """Return one batch's partial result."""
    surprise = scored.surprise
    beyond = np.where(scored.is_error, scored.beyond, -np.inf)
    costly = np.where(scored.is_error, scored.cost * surprise, -np.inf)
    lots = draw_lots(scored.rows.index.to_numpy(dtype=np.int64), seed=seed)
    return PartialScan(
        counts=count_rows(scored, unlabelled=unlabelled),
        worst=keep_best(scored, surprise, size=sizes.worst, bar=bars.worst),
        beyond=keep_best(scored, beyond, size=sizes.worst, bar=bars.beyond),
        costly=keep_best(scored, costly, size=sizes.worst, bar=bars.costly),
        sample=keep_best(scored, lots, size=sizes.sample, bar=bars.sample),
    )


def merge(first: PartialScan, second: PartialScan) -> PartialScan:
    """Return the partial result of the rows of both."""
    return PartialScan(
        counts=add_counts(first.counts, second.counts),
        worst=merge_kept(first.worst, second.worst),
        beyond=merge_kept(first.beyond, second.beyond),
        costly=merge_kept(first.costly, second.costly),
        sample=merge_kept(first.sample, second.sample),
    )


def draw_lots(positions: np.ndarray, *, seed: int) -> np.ndarray:
    """Return a pseudo-random number in [0, 1) for each position, the same in every pass (SplitMix64)."""
    mixed = positions.astype(np.uint64) + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53
