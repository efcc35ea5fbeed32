"""The verdict: its words, its sentence, its tests on structure that is there and that is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.findings import Test as OneTest
from mispredict.errors.promises import raw_promises
from mispredict.errors.slices import SliceSearch, find_slices
from mispredict.errors.structure import of_calibration, of_entities, of_time
from mispredict.errors.verdict import holm, judge


def test_the_words_say_the_numbers(planted_world) -> None:
    world = planted_world(4_000)
    slices, _ = find_slices(world, exclude=("y",))
    verdict = judge(world, slices, time=None)
    assert verdict.word == "systemic"
    assert verdict.sentence.startswith(
        f"4,000 rows with {world.is_error.sum():,} errors: they hang together and matter."
    )
    assert slices[0].rule in verdict.sentence
    assert "would have been seen" in verdict.sentence
    assert 0 < verdict.smallest_visible_effect < 0.3
    assert [test.name for test in verdict.tests][-1] == "calibration"


def test_more_rows_see_smaller_effects(true_world) -> None:
    few, many = (judge(true_world(n), SliceSearch(searched=n), time=None) for n in (400, 4_000))
    assert many.smallest_visible_effect < 0.5 * few.smallest_visible_effect


def test_what_can_not_be_told_is_said(true_world) -> None:
    world = true_world(1_000)
    nothing = SliceSearch()
    few = judge(world.take(np.arange(150)), nothing, time=None)
    right = judge(world.take(~world.is_error), nothing, time=None)
    one_class = judge(world.take(world.truth == 0), nothing, time=None)
    assert {one.word for one in (few, right, one_class)} == {"cannot tell"}
    assert "too few to tell; 200 are needed" in few.sentence
    assert right.sentence.startswith("There are no errors in")
    assert "are of one class (0)" in one_class.sentence


def test_errors_that_come_in_a_bad_week_are_found(true_world, labelled) -> None:
    world = true_world(6_000)
    times = pd.date_range("2026-01-01", periods=6_000, freq="h")
    bad = (np.arange(6_000) > 5_000) & (np.random.default_rng(0).random(6_000) < 0.3)
    rows = world.rows.drop(columns="y").assign(at=times)
    spoilt = labelled(rows, world.probabilities[:, 1], np.where(bad, 1 - world.truth, world.truth))
    verdict = judge(spoilt, SliceSearch(), time="at")
    assert {test.name: test.p_adjusted < 1e-6 for test in verdict.tests}["time"]
    assert verdict.word == "systemic"
    assert "It shows in: time" in verdict.sentence


def test_times_that_are_partly_missing_do_not_stop_it(true_world, labelled) -> None:
    world = true_world(1_000)
    times = pd.Series(pd.date_range("2026-01-01", periods=1_000, freq="h")).where(np.arange(1_000) % 3 > 0)
    spoilt = labelled(world.rows.drop(columns="y").assign(at=times), world.probabilities[:, 1], world.truth)
    assert "time" in {test.name for test in judge(spoilt, SliceSearch(), time="at").tests}


@pytest.mark.parametrize("effect", [0.0, 1.5])
def test_owners_whose_errors_come_together_are_found(effect: float) -> None:
    rng = np.random.default_rng(0)
    owners = rng.integers(0, 500, 5_000)
    event = np.full(5_000, 0.3)
    true = 1 / (1 + np.exp(-(np.log(event / (1 - event)) + effect * rng.normal(size=500)[owners])))
    promises = raw_promises(_plain(event, (rng.random(5_000) < true).astype(np.int64)))
    answer = of_entities(promises, pd.DataFrame({"owner": owners}))
    assert answer is not None
    assert (answer.p_value < 0.01) == (effect > 0)


def test_owners_with_one_row_each_tell_nothing(true_world) -> None:
    promises = raw_promises(true_world(300))
    assert of_entities(promises, pd.DataFrame({"owner": np.arange(300)})) is None


def test_p_values_of_true_models_are_spread_evenly() -> None:
    rng = np.random.default_rng(0)
    of_times, of_scales, of_owners = [], [], []
    for _ in range(300):
        event = rng.beta(1, 3, 600)
        world = _plain(event, (rng.random(600) < event).astype(np.int64))
        of_times.append(of_time(raw_promises(world), np.arange(600)).p_value)
        of_scales.append(of_calibration(world).p_value)
        owners = of_entities(raw_promises(world), pd.DataFrame({"owner": rng.integers(0, 100, 600)}))
        of_owners.append(owners.p_value if owners else 1.0)
    for values in (of_times, of_scales, of_owners):
        gaps = np.abs(np.sort(values) - np.arange(300) / 300)
        assert gaps.max() < 0.12


def test_holm_never_lowers_and_keeps_the_order() -> None:
    tests = holm([OneTest(str(p), 0.0, p, 1.0, 0.0) for p in (0.04, 0.01, 0.03)])
    assert [round(test.p_adjusted, 3) for test in tests] == [0.03, 0.06, 0.06]


def _plain(event: np.ndarray, truth: np.ndarray):
    from mispredict.scan.scored import Scored

    rows = pd.DataFrame({"x": event})
    ids = rows.index.astype(str).to_numpy(dtype=object)
    return Scored(rows, ids, truth, np.column_stack([1 - event, event]), np.ones(len(event)), (0, 1))
