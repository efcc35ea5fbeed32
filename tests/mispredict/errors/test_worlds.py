"""A slice's score adds up over rows, says nothing for honest outcomes, and is not carried by one rare one."""

from __future__ import annotations

import numpy as np
import pytest

from mispredict.errors.promises import Promises
from mispredict.errors.worlds import FLIPS, WorldScore, gain_of, world_signals


def promises_of_events(event: np.ndarray, came: np.ndarray) -> Promises:
    called = event >= 0.5
    return Promises(np.where(called, 1 - event, event), event, came != called, came, called)


def test_parts_of_the_rows_add_up_to_all_of_them() -> None:
    rng = np.random.default_rng(0)
    event = rng.uniform(0.01, 0.99, 400)
    promises = promises_of_events(event, rng.random(400) < event)
    half = np.arange(400) < 150
    whole, first, second = (world_signals(promises.take(rows)).sum(axis=0) for rows in (half | True, half, ~half))
    np.testing.assert_allclose(first + second, whole)


def test_honest_outcomes_gain_little_and_turned_ones_much() -> None:
    rng = np.random.default_rng(1)
    event = rng.uniform(0.02, 0.3, 1_000)
    came = rng.random(1_000) < event
    turned = came ^ (rng.random(1_000) < 0.3)
    score = WorldScore(1, 2_000)
    honest, faulty = (score(world_signals(promises_of_events(event, one)).sum(axis=0)) for one in (came, turned))
    assert honest < 3 < 15 < faulty


def test_one_outcome_that_was_called_impossible_says_no_more_than_its_world_allows() -> None:
    event = np.full(200, 1e-4)
    came = np.arange(200) == 0
    alone = world_signals(promises_of_events(event, came))[0]
    assert alone[1 : 1 + len(FLIPS)].max() == pytest.approx(np.log(1 + 0.8 * ((1 - 1e-4) / 1e-4 - 1)))
    assert WorldScore(1, 400)(world_signals(promises_of_events(event, came)).sum(axis=0)) < 2


def test_a_slice_whose_kind_stands_nowhere_else_counts_less() -> None:
    rng = np.random.default_rng(2)
    event = np.r_[np.full(300, 0.05), np.full(900, 0.4)]
    promises = promises_of_events(event, rng.random(1_200) < np.r_[np.full(300, 0.4), np.full(900, 0.4)])
    inside = np.arange(1_200) < 300
    nowhere, everywhere = gain_of(promises, inside, ~inside), gain_of(promises, inside, inside | True)
    assert 0 < nowhere < everywhere
