"""Plant a slice and find it first; leave it out and find nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.hard import is_hard, soften
from mispredict.errors.predicates import holds
from mispredict.errors.slices import find_slices
from mispredict.errors.verdict import judge
from mispredict.scan.scored import Scored

EXCLUDE = ("y",)
SEEDS = 20


def jaccard(first: np.ndarray, second: np.ndarray) -> float:
    return float((first & second).sum() / (first | second).sum())


@pytest.mark.parametrize("seed", [0, 1])
def test_the_planted_slice_comes_first(planted_world, planted_rows, seed: int) -> None:
    world = planted_world(6_000, seed=seed)
    slices, _ = find_slices(world, exclude=EXCLUDE, seed=seed)
    first = slices[0]
    inside = holds(first.conditions, world.rows)
    assert jaccard(inside, planted_rows(world)) > 0.8
    assert {c.column for c in first.conditions} == {"channel", "amount"}
    assert first.rows == inside.sum()
    assert first.errors == world.is_error[inside].sum()
    assert first.excess == pytest.approx(first.errors - first.expected_errors)
    assert first.p_adjusted <= 0.05
    assert first.heldout_z is not None
    assert first.heldout_z > 3
    assert judge(world, slices, time=None, seed=seed).word == "systemic"


def test_true_models_are_hardly_ever_accused(true_world) -> None:
    accused = systemic = 0
    for seed in range(SEEDS):
        world = true_world(1_000, seed=seed)
        slices, _ = find_slices(world, exclude=EXCLUDE, seed=seed)
        accused += len(slices) > 0
        systemic += judge(world, slices, time=None, seed=seed).word == "systemic"
    assert accused <= 2
    assert systemic <= 2


def test_a_fault_of_calibration_alone_is_no_slice(true_world, labelled) -> None:
    world = true_world(6_000)
    bent = world.probabilities[:, 1] ** 0.6
    spoilt = labelled(world.rows.drop(columns="y"), bent, world.truth)
    slices, notes = find_slices(spoilt, exclude=EXCLUDE)
    assert list(slices) == []
    assert any("recalibrated" in note for note in notes)
    verdict = judge(spoilt, slices, time=None)
    assert verdict.word != "systemic"
    assert {test.name: test.p_adjusted < 0.05 for test in verdict.tests}["calibration"]


def test_a_fault_that_bends_the_calibration_is_blamed_on_its_own_rows(true_world, labelled) -> None:
    world = true_world(9_000)
    broken = (world.rows["country"] == "pl").to_numpy() & (np.arange(9_000) % 3 > 0)
    rng = np.random.default_rng(0)
    event = np.where(broken, rng.uniform(0.4, 0.95, 9_000), world.probabilities[:, 1])
    truth = np.where(broken, rng.random(9_000) < 0.02, world.truth).astype(np.int64)
    spoilt = labelled(world.rows.drop(columns="y").assign(build=np.where(broken, "new", "old")), event, truth)
    slices, _ = find_slices(spoilt, exclude=EXCLUDE)
    assert slices[0].rule == "build = 'new'"


def test_columns_with_a_role_are_left_alone(planted_world) -> None:
    slices, _ = find_slices(planted_world(4_000), exclude=("y", "channel"))
    assert "channel" not in {c.column for one in slices for c in one.conditions}


def test_the_same_seed_gives_the_same_answer(planted_world) -> None:
    world = planted_world(2_000)
    assert find_slices(world, exclude=EXCLUDE, seed=4) == find_slices(world, exclude=EXCLUDE, seed=4)


def test_two_columns_that_are_equal_are_named_once(planted_world) -> None:
    world = planted_world(5_000)
    rows = world.rows.assign(copy=world.rows["channel"], unique=[f"u{i}" for i in range(5_000)], constant=1)
    twice = Scored(rows, world.ids, world.truth, world.probabilities, world.cost, world.classes)
    slices, notes = find_slices(twice, exclude=EXCLUDE)
    assert sum({"channel", "copy"} & {c.column for c in one.conditions} != set() for one in slices) == 1
    assert any("'unique'" in note for note in notes)


def test_several_classes_are_searched_by_their_errors() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"x": rng.normal(size=5_000), "k": rng.choice(list("abcdef"), 5_000)})
    raw = rng.dirichlet([4, 1, 1], 5_000)
    truth = (raw.cumsum(axis=1) < rng.random(5_000)[:, None]).sum(axis=1)
    wrong = (rows["k"] == "c").to_numpy() & (rng.random(5_000) < 0.5)
    truth = np.where(wrong, (truth + 1) % 3, truth)
    world = Scored(rows, rows.index.astype(str).to_numpy(object), truth, raw, np.ones(5_000), ("u", "v", "w"))
    slices, _ = find_slices(world, exclude=())
    assert slices[0].rule == "k = 'c'"


def test_too_few_rows_and_no_errors_are_said(true_world) -> None:
    few = true_world(60)
    assert find_slices(few, exclude=EXCLUDE)[1] == ("60 rows are too few to search for slices; 100 are needed",)
    world = true_world(500)
    right = world.take(~world.is_error)
    assert find_slices(right, exclude=EXCLUDE)[1] == ("there are no errors",)
    only = Scored(world.rows[["y"]], world.ids, world.truth, world.probabilities, world.cost, world.classes)
    assert find_slices(only, exclude=EXCLUDE)[1] == ("there is no column that a rule may use",)


def test_a_rule_that_is_mostly_wrong_comes_before_a_broad_one_that_is_a_little(true_world, labelled) -> None:
    world, rng = true_world(12_000), np.random.default_rng(2)
    narrow = ((world.rows["country"] == "pl") & (world.rows["channel"] == "shop")).to_numpy()
    broad = (world.rows["c"] > 0.3).to_numpy() & ~narrow
    turned = (narrow & (rng.random(12_000) < 0.8)) | (broad & (rng.random(12_000) < 0.12))
    truth = np.where(turned, 1 - world.truth, world.truth)
    spoilt = labelled(world.rows.drop(columns="y"), world.probabilities[:, 1], truth)
    slices, _ = find_slices(spoilt, exclude=EXCLUDE)
    assert slices[0].rule == "channel = 'shop' and country = 'pl'"
    assert any({c.column for c in one.conditions} == {"c"} and one.excess > slices[0].excess for one in slices[1:])


def test_labels_without_probabilities_are_held_against_their_accuracy(planted_world, true_world, labelled) -> None:
    def hard(world: Scored) -> Scored:
        return labelled(world.rows.drop(columns="y"), (world.probabilities[:, 1] >= 0.5).astype(float), world.truth)

    world = hard(planted_world(6_000))
    slices, notes = find_slices(world, exclude=EXCLUDE)
    assert any({"channel", "amount"} <= {c.column for c in one.conditions} for one in slices)
    assert all(0 < one.expected_errors < one.rows for one in slices)
    assert notes[0].startswith("the model gives labels without probabilities")


def test_several_hard_classes_keep_their_predictions() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"x": rng.normal(size=900)})
    truth, predicted = rng.integers(0, 3, 900), rng.integers(0, 3, 900)
    ids = rows.index.astype(str).to_numpy(object)
    world = Scored(rows, ids, truth, np.eye(3)[predicted], np.ones(900), ("u", "v", "w"))
    assert is_hard(world)
    assert np.array_equal(soften(world).predicted, predicted)
    assert soften(world).probabilities.sum(axis=1) == pytest.approx(np.ones(900))


@pytest.mark.parametrize("errors", [1, 2])
def test_one_error_is_an_answer(true_world, labelled, errors: int) -> None:
    world = true_world(600)
    truth = world.predicted.copy()
    truth[:errors] = 1 - truth[:errors]
    slices, _ = find_slices(labelled(world.rows.drop(columns="y"), world.probabilities[:, 1], truth), exclude=EXCLUDE)
    assert all(one.way != "more errors" for one in slices)


def test_scores_of_exactly_0_and_1_are_searched(planted_world, labelled) -> None:
    world = planted_world(4_000)
    event = np.where(world.probabilities[:, 1] < 0.05, 0.0, np.where(world.probabilities[:, 1] > 0.95, 1.0, 0.5))
    slices, _ = find_slices(labelled(world.rows.drop(columns="y"), event, world.truth), exclude=EXCLUDE)
    assert all(np.isfinite(one.z) and one.heldout_z is not None for one in slices)


@pytest.mark.parametrize("kind", ["wide", "categories", "constant"])
def test_odd_tables_are_an_answer_or_a_note(true_world, labelled, kind: str) -> None:
    world, rng = true_world(900), np.random.default_rng(0)
    tables = {
        "wide": pd.DataFrame(rng.normal(size=(900, 500))).rename(columns=str),
        "categories": pd.DataFrame({f"k{i}": rng.integers(0, 150, 900).astype(str) for i in range(5)}),
        "constant": pd.DataFrame({"x": np.ones(900)}),
    }
    odd = labelled(tables[kind], world.probabilities[:, 1], world.truth)
    slices, notes = find_slices(odd, exclude=EXCLUDE)
    assert notes
    assert (slices.p_value is None) == (kind == "constant")


def test_a_copied_column_is_told_as_the_same_in_other_words(planted_world) -> None:
    world = planted_world(5_000)
    twice = Scored(
        world.rows.assign(copy=world.rows["channel"]), world.ids, world.truth, world.probabilities, world.cost, (0, 1)
    )
    slices, _ = find_slices(twice, exclude=EXCLUDE)
    assert all(one.rule not in one.also for one in slices)
    assert all(one.excess_low < one.excess < one.excess_high for one in slices)


def test_fewer_errors_than_promised_are_found_and_said(true_world, labelled) -> None:
    world = true_world(8_000)
    better = (world.rows["country"] == "pl").to_numpy()
    truth = np.where(better, world.predicted, world.truth)
    slices, _ = find_slices(labelled(world.rows.drop(columns="y"), world.probabilities[:, 1], truth), exclude=EXCLUDE)
    assert ("country = 'pl'", "fewer errors") in [(one.rule, one.way) for one in slices]
