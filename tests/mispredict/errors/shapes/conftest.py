"""Tables with faults that are no box."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mispredict.errors.slices import find_slices
from mispredict.scan.scored import Scored


@pytest.fixture(name="turned")
def _turned(true_world: Callable[..., Scored], labelled: Callable[..., Scored]) -> Callable[..., Scored]:
    def turned(chosen: Callable[[Scored], np.ndarray], *, rows: int = 5000, seed: int = 0) -> Scored:
        """Return a world with 40 % of the labels turned round in some of its rows."""
        world = true_world(rows, seed=seed)
        flips = chosen(world) & (np.random.default_rng(seed + 1).random(rows) < 0.4)
        truth = np.where(flips, 1 - world.truth, world.truth)
        return labelled(world.rows.drop(columns="y"), world.probabilities[:, 1], truth)

    return turned


@pytest.fixture(name="both_finders")
def _both_finders():
    from mispredict.errors.shapes.finding import with_shapes

    def both(world: Scored, **options):
        boxes, _ = find_slices(world, exclude=("y",))
        return boxes, *with_shapes(boxes, world, exclude=("y",), **options)

    return both
