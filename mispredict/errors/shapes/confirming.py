"""Whether shapes hold on rows that no search has seen, corrected for how many of them are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Way
from mispredict.errors.promises import Promises, promises_of
from mispredict.errors.shapes.region import Region, surplus_of
from mispredict.scan.scored import Scored

DRAWS = 999
_AT_ONCE = 111
_LEVELS = 10  # of the promise, at each of which the rows inside are compared with those outside
_FEWEST = 5  # held-out rows


@dataclass(frozen=True, eq=False)
class Confirmed:
    """Some regions on the held-out rows: arrays with one entry a region."""

    z: np.ndarray  # nan where too few held-out rows lie in it
    p: np.ndarray  # of each, against the best of all in worlds without any fault

    @property
    def best_p(self) -> float:
        """Return the chance that the best of as many regions looks so good where there is nothing."""
        return float(self.p.min(initial=1.0))


def confirm(regions: Sequence[Region], held_out: Scored, at: np.ndarray, *, seed: int) -> Confirmed:
    """Return how far each region stands out on held-out rows, and the chance of that in a world without any fault.

    Outcomes are drawn from the promises and every region is asked again; the largest z of a draw is what each p is
    compared with (max-T). Regions and their ways were chosen on other rows, so that nothing else is to be drawn again.

    Parameters
    ----------
    at
        The held-out rows' positions in the sample.
    """
    if not regions or not len(held_out):
        return Confirmed(np.full(len(regions), np.nan), np.ones(len(regions)))
    inside = np.stack([region.inside[at] for region in regions])
    weights, z = [], []
    for mask, region in zip(inside, regions, strict=True):
        among = region.among[at]
        spread, of_region = z_of(held_out.take(among), mask[among], region.way, seed=seed)
        weights.append(spread)
        z.append(of_region)
    return _against_draws(np.array(z), inside, [region.way for region in regions], (np.array(weights), held_out, seed))


def z_of(scored: Scored, inside: np.ndarray, way: Way, *, seed: int = 0) -> tuple[float, float]:
    """Return the standard deviation of a region's surplus, and the surplus in such deviations (nan: too few rows).

    Promises are those of the rows outside, and what is uncertain about them widens the deviation.
    """
    outside = ~inside
    if inside.sum() < _FEWEST or not outside.any():
        return np.inf, np.nan
    promises = promises_of(scored, learn=outside, seed=seed)
    signals = _signals(promises, way)
    variance = float((signals[:, 2] * _wider(promises.error, inside))[inside].sum())
    if variance <= 0:
        return np.inf, np.nan
    return float(np.sqrt(variance)), float(signals[inside, 1].sum() / np.sqrt(variance))


def _signals(promises: Promises, way: Way) -> np.ndarray:
    ways = {surplus.way: surplus.signals for surplus in surplus_of(promises)}
    # No shape is looked for that has too few errors, but there are boxes of that kind that shapes are compared with.
    return ways["more errors"] * [1, -1, 1] if way == "fewer errors" else ways[way]


def _wider(error: np.ndarray, inside: np.ndarray) -> np.ndarray:
    edges = np.quantile(error, np.linspace(0, 1, _LEVELS + 1)[1:-1])
    level = np.searchsorted(edges, error)
    within, beyond = (np.bincount(level[part], minlength=_LEVELS) for part in (inside, ~inside))
    return np.asarray((1 + within / np.maximum(beyond, 1))[level])


def _against_draws(
    z: np.ndarray, inside: np.ndarray, ways: Sequence[Way], given: tuple[np.ndarray, Scored, int]
) -> Confirmed:
    spreads, held_out, seed = given
    promises = promises_of(held_out, learn=np.ones(len(held_out), dtype=bool), seed=seed)
    rng = np.random.default_rng(seed)
    masks = inside.astype(np.float32)
    largest: list[np.ndarray] = []
    for _ in range(DRAWS // _AT_ONCE):
        drawn = [promises.drawn(rng) for _ in range(_AT_ONCE)]
        residuals = {way: np.stack([_signals(world, way)[:, 1] for world in drawn], axis=1) for way in set(ways)}
        sums = np.stack([masks[i] @ residuals[way].astype(np.float32) for i, way in enumerate(ways)])
        # Each z keeps the deviation of a draw, which knows its promises exactly.
        largest.append((sums / _exact(promises, inside, ways)[:, None]).max(axis=0))
    every = np.concatenate(largest)
    p = np.array([1.0 if np.isnan(one) else (1 + (every >= one).sum()) / (1 + len(every)) for one in z])
    return Confirmed(np.where(np.isfinite(spreads), z, np.nan), p)


def _exact(promises: Promises, inside: np.ndarray, ways: Sequence[Way]) -> np.ndarray:
    variances = [(_signals(promises, way)[:, 2] * mask).sum() for mask, way in zip(inside, ways, strict=True)]
    return np.sqrt(np.maximum(variances, 1e-12))
