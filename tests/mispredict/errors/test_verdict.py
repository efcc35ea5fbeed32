"""The verdict: its words, its sentence, its tests on structure that is there and that is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.findings import Test as OneTest
from mispredict.errors.slices import SliceSearch, find_slices
from mispredict.errors.verdict import Evidence, holm, judge
from mispredict.scan.scored import Scored


def test_the_words_say_the_numbers(planted_world) -> None:
    world = planted_world(4_000)
    slices, _ = find_slices(world, exclude=("y",))
    verdict = judge(world, slices, time=None)
    assert verdict.word == "systemic"
    assert verdict.sentence.startswith(
        f"4,000 rows with {world.is_error.sum():,} errors: they hang together and matter."
    )
    assert slices[0].rule in verdict.sentence
    assert "The smallest slice effect we could have seen is" in verdict.sentence
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


@pytest.mark.parametrize(("errors", "said"), [(1, "1 error in 1,000 rows"), (4, "4 errors in 1,000 rows")])
def test_a_handful_of_errors_cannot_hang_together(true_world, labelled, errors, said) -> None:
    world = true_world(1_000)
    truth = np.where(np.arange(1_000) < errors, 1 - world.predicted, world.predicted)
    verdict = judge(labelled(world.rows, world.probabilities[:, 1], truth), SliceSearch(), time=None)
    assert verdict.word == "cannot tell"
    assert verdict.sentence == f"{said}: too few to tell whether errors hang together; 5 are needed."


def test_errors_that_come_in_a_bad_week_are_found(true_world, labelled) -> None:
    world = true_world(6_000)
    times = pd.date_range("2026-01-01", periods=6_000, freq="h")
    bad = (np.arange(6_000) > 5_000) & (np.random.default_rng(0).random(6_000) < 0.3)
    rows = world.rows.drop(columns="y").assign(at=times)
    spoilt = labelled(rows, world.probabilities[:, 1], np.where(bad, 1 - world.truth, world.truth))
    verdict = judge(spoilt, SliceSearch(), time="at")
    assert {test.name: test.p_adjusted < 0.01 for test in verdict.tests}["time"]
    assert verdict.word == "systemic"
    assert "It shows in: " in verdict.sentence
    assert "time" in verdict.sentence.split("It shows in: ")[1]


def test_times_that_are_partly_missing_do_not_stop_it(true_world, labelled) -> None:
    world = true_world(1_000)
    times = pd.Series(pd.date_range("2026-01-01", periods=1_000, freq="h")).where(np.arange(1_000) % 3 > 0)
    spoilt = labelled(world.rows.drop(columns="y").assign(at=times), world.probabilities[:, 1], world.truth)
    assert "time" in {test.name for test in judge(spoilt, SliceSearch(), time="at").tests}


def test_holm_never_lowers_and_keeps_the_order() -> None:
    tests = holm([OneTest(str(p), 0.0, p, 1.0, 0.0) for p in (0.04, 0.01, 0.03)])
    assert [round(test.p_adjusted, 3) for test in tests] == [0.03, 0.06, 0.06]


def test_the_sentence_says_of_how_many_rows(true_world) -> None:
    verdict = judge(true_world(1_000), SliceSearch(), time=None, evidence=Evidence(of_rows=30_000))
    assert verdict.sentence.startswith("1,000 of 30,000 rows with ")
    assert (verdict.rows, verdict.of_rows) == (1_000, 30_000)


def test_labels_alone_are_the_weaker_test_and_said_to_be(planted_world) -> None:
    world = planted_world(4_000)
    hard = replace(world, probabilities=np.eye(2)[world.predicted])
    slices, _ = find_slices(world, exclude=("y",))
    verdict = judge(hard, slices, time=None)
    assert "This is the weaker test: the model gives labels and no probabilities." in verdict.sentence
    assert "weaker test" not in judge(world, slices, time=None).sentence
    assert 0 < verdict.smallest_visible_effect < 0.5


def test_what_could_not_be_tested_is_said(true_world) -> None:
    world = true_world(1_000)
    rows = world.rows.assign(at=pd.Timestamp("2026-01-01"), who=np.arange(1_000))
    verdict = judge(replace(world, rows=rows), SliceSearch(), time="at", entity=("who",))
    assert not {"time", "entity", "neighbourhood"} & {test.name for test in verdict.tests}
    assert [note.split(":")[0] for note in verdict.notes] == [
        "time not tested",
        "entity not tested",
        "neighbourhood not tested",
    ]


@pytest.mark.parametrize("kind", ["one error", "constant", "wide", "sure", "free"])
def test_odd_rows_get_an_answer(kind: str, true_world) -> None:
    world = _odd(kind, true_world(600))
    slices, _ = find_slices(world, exclude=("y",))
    verdict = judge(world, slices, time=None)
    assert verdict.word in (("cannot tell",) if kind == "one error" else ("random-looking", "minor", "systemic"))
    assert all(0 <= test.p_value <= 1 and np.isfinite(test.statistic) for test in verdict.tests)


def _odd(kind: str, world: Scored) -> Scored:
    if kind == "one error":
        wrong = np.flatnonzero(world.is_error)
        return world.take(np.sort(np.append(np.flatnonzero(~world.is_error), wrong[0])))
    if kind == "constant":
        return replace(world, rows=pd.DataFrame({"k": 1, "y": world.truth}))
    if kind == "wide":
        noise = np.random.default_rng(0).normal(size=(len(world), 500))
        return replace(world, rows=pd.DataFrame(noise).rename(columns=str).assign(y=world.truth))
    if kind == "sure":
        return replace(world, probabilities=np.round(world.probabilities))
    return replace(world, cost=np.zeros(len(world)))
