"""Recalibration keeps honest promises as they are and mends bent ones."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from mispredict.errors.promises import (
    Recalibration,
    learn_recalibration,
    log_odds,
    promises_by,
    promises_of,
    raw_promises,
    recalibrate,
    recalibration_of,
)


@pytest.mark.parametrize("rows", [400, 5_000])
def test_bent_probabilities_are_mended(rows: int) -> None:
    rng = np.random.default_rng(0)
    true = rng.beta(1, 4, rows)
    came = rng.random(rows) < true
    bent = 1 / (1 + np.exp(-(2 * log_odds(true) + 1)))
    mended = recalibrate(bent, came, learn=np.ones(rows, dtype=bool))
    assert np.abs(mended - true).mean() < 0.5 * np.abs(bent - true).mean()


def test_rows_that_are_not_learned_from_do_not_count() -> None:
    rng = np.random.default_rng(0)
    true = rng.beta(1, 4, 4_000)
    came = rng.random(4_000) < true
    learn = np.arange(4_000) < 3_000
    spoilt = came | ~learn
    assert np.array_equal(recalibrate(true, came, learn=learn), recalibrate(true, spoilt, learn=learn))


def test_residuals_of_a_true_model_add_up_to_nothing(true_world) -> None:
    world = true_world(8_000)
    for promises in (raw_promises(world), promises_of(world, learn=np.ones(len(world), dtype=bool))):
        assert abs(promises.excess.sum() / np.sqrt(promises.spread.sum())) < 3
        assert abs(promises.shift.sum() / np.sqrt(promises.spread.sum())) < 3


def test_drawn_outcomes_follow_the_promises(true_world) -> None:
    promises = raw_promises(true_world(8_000))
    drawn = promises.drawn(np.random.default_rng(0))
    assert abs(drawn.excess.sum() / np.sqrt(drawn.spread.sum())) < 3
    assert not np.array_equal(drawn.is_error, promises.is_error)


def test_one_outcome_only_leaves_probabilities_alone() -> None:
    given = np.linspace(0.1, 0.9, 200)
    learn = np.ones(200, dtype=bool)
    assert recalibrate(given, np.zeros(200, dtype=bool), learn=learn) == pytest.approx(given)


def test_a_curve_corrects_other_rows_batch_after_batch(true_world) -> None:
    world, learn = true_world(4_000), np.arange(4_000) < 3_000
    curve = pickle.loads(pickle.dumps(learn_recalibration(world, learn=learn)))
    at_once = promises_of(world, learn=learn).error[~learn]
    batches = [promises_by(world.take(part), curve).error for part in np.array_split(np.flatnonzero(~learn), 3)]
    assert np.array_equal(np.concatenate(batches), at_once)


def test_a_curve_of_too_few_rows_corrects_nothing() -> None:
    given, came = np.array([0.0, 0.2, 1.0]), np.array([False, True, True])
    curve = recalibration_of(given, came, learn=np.ones(3, dtype=bool))
    assert curve(given) == pytest.approx([1e-4, 0.2, 1 - 1e-4])
    assert Recalibration()(given) == pytest.approx([1e-4, 0.2, 1 - 1e-4])
