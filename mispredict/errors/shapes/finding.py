"""The second finder: faults that no box holds, added to the boxes found."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from mispredict.errors.predicates import holds
from mispredict.errors.promises import promises_of
from mispredict.errors.shapes.confirming import confirm
from mispredict.errors.shapes.either import find_either_or
from mispredict.errors.shapes.ground import Ground
from mispredict.errors.shapes.learned import find_learned
from mispredict.errors.shapes.measuring import Candidate
from mispredict.errors.shapes.near import find_near
from mispredict.errors.shapes.numbers import numbers_in
from mispredict.errors.shapes.oblique import find_oblique
from mispredict.errors.shapes.placing import Scene, place
from mispredict.errors.shapes.region import Region, Surplus, surplus_of
from mispredict.errors.slices import USUAL_CRITICAL, SliceSearch
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored

FEWEST_ROWS = 300
LEAST_LEFT = 0.3  # of the searched rows, that what was found must leave for a second look
MOST_SEARCHED = 30_000

FINDERS: tuple[Callable[[Ground], list[Region]], ...] = (find_oblique, find_near, find_either_or, find_learned)


def with_shapes(
    search: SliceSearch,
    sample: Scored,
    *,
    exclude: Collection[str],
    seed: int = 0,
    vectors: np.ndarray | None = None,
) -> tuple[SliceSearch, tuple[str, ...]]:
    """Return the search with slices of other shapes than boxes, each told by the rule nearest to it, and notes.

    The rows that are searched find a handful of regions; the held-out rows, which no search has seen, say of each
    whether it holds. p-values are of the held-out rows, corrected for all regions that were asked.

    Parameters
    ----------
    vectors
        An embedding of the sample's rows, (rows, dimensions), NaN where a row has none.
    """
    refusal = _refusal(sample)
    if refusal:
        return search, (refusal,)
    out = is_held_out(sample.rows.index.to_numpy(dtype=np.int64), seed=seed)
    searched, held_out = _some(~out, seed), np.flatnonzero(out)
    if not len(searched) or not len(held_out):
        return search, ("no other shapes than rules were looked for: all rows are searched, or all held out",)
    ground, notes = _ground(sample, searched, exclude=exclude, vectors=vectors, seed=seed)
    regions = _regions(ground, [holds(one.conditions, sample.rows) for one in search], sample, seed)
    confirmed = confirm(regions, sample.take(held_out), held_out, seed=seed)
    candidates = [Candidate(*one) for one in zip(regions, confirmed.z.tolist(), confirmed.p.tolist(), strict=True)]
    slices, failed = place(candidates, search.slices, Scene(sample, held_out, exclude, seed))
    shapes_p = confirmed.best_p if regions else None
    return replace(search, slices=slices, shapes_p=shapes_p), (*notes, _how(len(regions), failed, len(held_out)))


def _how(asked: int, failed: int, held_out: int) -> str:
    if not asked:
        return "no other shapes than rules could be looked for in these columns"
    return (
        f"{asked} other shapes (sums of columns, neighbourhoods, either-or, a small booster) were asked whether they "
        f"hold on {held_out:,} held-out rows, their p-values corrected for all of them: {failed} did not"
    )


def _some(allowed: np.ndarray, seed: int) -> np.ndarray:
    rows = np.flatnonzero(allowed)
    return np.sort(np.random.default_rng(seed + 3).permutation(rows)[:MOST_SEARCHED])


def _refusal(sample: Scored) -> str | None:
    if len(sample) < FEWEST_ROWS:
        return f"{len(sample)} rows are too few to search for other shapes than rules; {FEWEST_ROWS} are needed"
    if not sample.is_error.any():
        return "no other shapes than rules were looked for: there are no errors"
    if not len(sample.rows.columns):
        return "no other shapes than rules were looked for: there are no columns"
    return None


def _ground(
    sample: Scored, searched: np.ndarray, *, exclude: Collection[str], vectors: np.ndarray | None, seed: int
) -> tuple[Ground, tuple[str, ...]]:
    every = np.ones(len(sample), dtype=bool)
    ways = _ways(sample, searched, seed)
    numbers, notes = numbers_in(sample.rows, exclude=exclude, residuals=ways[0].signals[:, 1], at=searched)
    return Ground(sample.rows, sample.ids, exclude, numbers, vectors, ways, searched, every), notes


def _ways(sample: Scored, at: np.ndarray, seed: int) -> tuple[Surplus, ...]:
    """Return the residuals of some rows by promises learned from them alone; of all other rows zeros."""
    promises = promises_of(sample.take(at), learn=np.ones(len(at), dtype=bool), seed=seed)
    ways = []
    for surplus in surplus_of(promises):
        signals = np.zeros((len(sample), 3))
        signals[at] = surplus.signals
        ways.append(replace(surplus, signals=signals))
    return tuple(ways)


def _regions(ground: Ground, boxes: list[np.ndarray], sample: Scored, seed: int) -> list[Region]:
    """Return what the finders find on all searched rows, then on those that boxes and the first find leave.

    A large fault bends the recalibration, so that healthy rows seem to stand out the other way; what is left is
    judged by promises that are learned from it alone.
    """
    first = [region for finder in FINDERS for region in finder(ground)]
    strongest = max(first, key=lambda region: region.gain, default=None)
    strong = [strongest.inside] if strongest is not None and strongest.gain >= USUAL_CRITICAL else []
    if not strong and not boxes:
        return first
    among = ~np.logical_or.reduce([*strong, *boxes])
    left = ground.at[among[ground.at]]
    if len(left) < max(LEAST_LEFT * len(ground.at), FEWEST_ROWS / 2):
        return first
    rest = replace(ground, at=left, among=among, ways=_ways(sample, left, seed))
    return first + [region for finder in FINDERS for region in finder(rest)]
