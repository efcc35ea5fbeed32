"""The learned direction: what is diffuse is found, a model that is right about itself is left alone."""

from __future__ import annotations

import numpy as np

from mispredict.errors.direction import learn_direction
from mispredict.errors.promises import promises_of
from mispredict.scan.scored import Scored

COLUMNS = ("a", "b", "c", "d", "e", "f", "channel", "country", "amount")
WORLDS = 40


def direction_of(world: Scored, seed: int = 0):
    promises = promises_of(world, learn=np.ones(len(world), dtype=bool), seed=seed)
    order = np.random.default_rng(seed).permutation(len(world))
    return learn_direction(world, promises, columns=COLUMNS, order=order, seed=seed)


def test_a_fault_along_two_columns_is_foretold(true_world, labelled) -> None:
    world = true_world(6_000)
    oblique = (world.rows["c"] + world.rows["d"] > 1.8).to_numpy() & (np.random.default_rng(1).random(6_000) < 0.5)
    truth = np.where(oblique, 1 - world.truth, world.truth)
    found = direction_of(labelled(world.rows.drop(columns="y"), world.probabilities[:, 1], truth))
    assert found.z > 5
    assert found.p_value < 1e-6
    assert found.excess > 0.01


def test_true_models_get_ordinary_values(true_world) -> None:
    found = [direction_of(true_world(1_200, seed=seed), seed) for seed in range(WORLDS)]
    assert abs(np.mean([one.z for one in found])) < 0.5
    assert sum(one.p_value <= 0.05 for one in found) <= 6


def test_a_scale_that_is_bent_is_no_direction(true_world, labelled) -> None:
    world = true_world(6_000)
    bent = labelled(world.rows.drop(columns="y"), world.probabilities[:, 1] ** 0.5, world.truth)
    assert direction_of(bent).p_value > 0.01


def test_few_rows_tell_nothing(true_world) -> None:
    assert direction_of(true_world(200)).p_value > 0.001
