"""Which of the regions become slices, and where they stand among the boxes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Slice, Way
from mispredict.errors.predicates import holds
from mispredict.errors.shapes.confirming import z_of
from mispredict.errors.shapes.describing import Describer, agreement, jaccard
from mispredict.errors.shapes.measuring import Candidate, slice_of, weight_of
from mispredict.errors.slices import CONFIRMED
from mispredict.scan.scored import Scored

LEVEL = 0.05
BETTER = 1.03  # held-out z over that of the boxes of the same fault: a shape must tell more than what is there
SHARED = 0.25  # part of a box or of a region that lies in the other, from which both are of the same fault
NEAR_RULE, NEAR_BOX = 0.8, 0.5  # F1 of a region's rule, Jaccard with a box: from both on it is the box again
OWN_Z = 3.0  # on held-out rows that nothing accepted holds: less is the rim of what is there
MOST_SHAPES = 4


@dataclass(frozen=True, eq=False)
class _Stand:
    """What stands in the list: a slice and the rows it speaks of."""

    slice: Slice
    inside: np.ndarray


@dataclass(frozen=True, eq=False)
class Scene:
    """What shapes are placed in."""

    sample: Scored
    held_out: np.ndarray  # positions
    exclude: Collection[str]
    seed: int

    def heldout_z(self, inside: np.ndarray, way: Way, without: np.ndarray) -> float:
        """Return how far rows stand out in one way, on held-out rows without some others; 0 if they are too few."""
        asked = self.held_out[~without[self.held_out]]
        z = z_of(self.sample.take(asked), inside[asked], way, seed=self.seed)[1]
        return 0.0 if np.isnan(z) else z


def place(candidates: Sequence[Candidate], boxes: Sequence[Slice], scene: Scene) -> tuple[tuple[Slice, ...], int]:
    """Return boxes and accepted shapes in one order, and how many shapes of the candidates did not hold.

    A shape stands before the boxes of the same fault, since only one that tells more than they do is taken; else where
    its errors too many put it. One that only a booster can tell stands last: a rule that people can read goes first.
    """
    stands = [_Stand(box, holds(box.conditions, scene.sample.rows)) for box in boxes]
    hold = [one for one in candidates if one.p <= LEVEL and one.z >= CONFIRMED]
    describer: Describer | None = None
    for one in sorted(hold, key=lambda one: -one.z * one.region.preference):
        if sum(stand.slice.shape != "rule" for stand in stands) == MOST_SHAPES:
            break
        if not _tells_more(one, stands, scene):
            continue
        describer = describer or Describer(scene.sample.rows, exclude=scene.exclude, seed=scene.seed)
        described = _described(one, stands, describer, scene)
        if described is not None:
            untold = one.region.preference < 1
            stands = [*stands, described] if untold else _inserted(stands, described, scene.sample)
    return tuple(stand.slice for stand in stands), len(candidates) - len(hold)


def _tells_more(one: Candidate, stands: list[_Stand], scene: Scene) -> bool:
    """Return whether a region is more than the boxes of the same fault, and no rim or mirror image of other slices."""
    region, nothing = one.region, np.zeros(len(scene.sample), dtype=bool)
    same = _of_same_fault(stands, region.inside)
    if any(stand.slice.shape != "rule" for stand in same):  # one shape tells a fault; more tell its rim
        return False
    others = _any([stand.inside for stand in stands if stand not in same], nothing)
    own = scene.heldout_z(region.inside, region.way, others)
    if others.any() and own < OWN_Z:
        return False
    told = [(stand.inside, stand.slice.way) for stand in same]  # a weak box must not hide a strong one in their union
    told += [(_any([stand.inside for stand in same], nothing), way) for way in {region.way, *(w for _, w in told)}]
    return not same or own * region.preference > BETTER * max(scene.heldout_z(*one, others) for one in told)


def _of_same_fault(stands: list[_Stand], inside: np.ndarray) -> list[_Stand]:
    return [s for s in stands if (s.inside & inside).sum() > SHARED * max(min(s.inside.sum(), inside.sum()), 1)]


def _any(masks: list[np.ndarray], nothing: np.ndarray) -> np.ndarray:
    return np.logical_or.reduce([nothing, *masks])


def _described(one: Candidate, stands: list[_Stand], describer: Describer, scene: Scene) -> _Stand | None:
    """Return the region with its rule; None without a rule, or if it is a box that is there already."""
    inside = one.region.inside
    rule = describer.nearest_rule(inside)
    near = agreement(rule, scene.sample.rows, inside)
    covered = any(jaccard(stand.inside, inside) >= NEAR_BOX for stand in stands)
    if not rule or (near.f1 >= NEAR_RULE and covered):
        return None
    return _Stand(slice_of(one, rule, near, scene.sample, scene.held_out), inside)


def _inserted(stands: list[_Stand], new: _Stand, sample: Scored) -> list[_Stand]:
    same = _of_same_fault([stand for stand in stands if stand.slice.shape == "rule"], new.inside)
    if same:
        at = next(i for i, stand in enumerate(stands) if stand is same[0])
    else:
        weight = weight_of(sample, new.inside)
        at = next((i for i, stand in enumerate(stands) if weight_of(sample, stand.inside) < weight), len(stands))
    return [*stands[:at], new, *stands[at:]]
