from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mispredict.errors.counted import sums_of
from mispredict.errors.findings import Cluster, Condition
from mispredict.errors.predicates import holds
from mispredict.errors.promises import expected_errors
from mispredict.errors.recount import recount_clusters, recount_slices, rules_of
from mispredict.errors.slices import find_slices
from mispredict.scan.scored import Scored
from tests.mispredict.errors.conftest import EXCLUDE, planted_world, true_world
from tests.mispredict.errors.test_counted import several_classes

APP = (Condition("channel", "=", "app"), Condition("amount", ">", 30.0))


def slices_of(sample: Scored, table: Scored):
    search, _ = find_slices(sample, exclude=EXCLUDE)
    return search.slices, recount_slices(search.slices, sums_of(rules_of(search.slices, []), table, seed=0))


def test_a_slice_found_in_a_sample_has_the_figures_of_the_whole_table() -> None:
    table = planted_world(40_000)
    found, (counted, notes) = slices_of(table.take(np.arange(8_000)), table)
    inside = holds(counted[0].conditions, table.rows)
    errors, expected = table.is_error[inside].sum(), expected_errors(table)[inside].sum()
    assert (counted[0].rows, counted[0].errors) == (inside.sum(), errors)
    assert counted[0].expected_errors == pytest.approx(expected, abs=1e-5)
    assert counted[0].excess_low < errors - expected < counted[0].excess_high
    assert counted[0].lift == pytest.approx(errors / inside.sum() / table.is_error.mean())
    assert counted[0].rows > 4 * found[0].rows
    assert counted[0].heldout_z is not None
    assert found[0].heldout_z is not None
    assert counted[0].heldout_z > 1.8 * found[0].heldout_z  # five times the rows
    assert len(notes) == (len(counted) < len(found))


def test_over_the_same_rows_it_says_nearly_what_the_search_said() -> None:
    table = planted_world(20_000)
    found, (counted, _) = slices_of(table, table)
    assert [one.rule for one in counted] == [one.rule for one in found]
    for before, after in zip(found, counted, strict=True):
        assert (before.rows, before.errors) == (after.rows, after.errors)
        assert after.heldout_ratio == pytest.approx(before.heldout_ratio)
        assert after.heldout_z == pytest.approx(before.heldout_z, rel=0.1)
        assert after.z == pytest.approx(before.z, rel=0.1)


def test_a_rule_that_the_rest_of_the_table_does_not_confirm_is_left_out_and_said() -> None:
    sample, faultless = planted_world(8_000), true_world(40_000, seed=5)
    _, (counted, notes) = slices_of(sample, faultless)
    assert not counted
    assert "did not hold on the held-out rows of the table" in notes[0]


def test_useless_rules_stand_out_no_more_than_chance_however_many_rows_there_are() -> None:
    search, _ = find_slices(planted_world(8_000), exclude=EXCLUDE)
    zs = []
    for seed in range(20):
        table = true_world(20_000, seed=seed + 10)
        useless = [replace(search[0], conditions=(Condition("c", "<=", 0.0),), way="more events")]
        sums = sums_of(rules_of(useless, []), table, seed=0)
        counted, _ = recount_slices([replace(useless[0], shape="rule")], sums)
        zs.append(counted[0].heldout_z if counted else 0.0)
    assert np.mean([z >= 1.645 for z in zs]) <= 0.2


def a_cluster(errors: Scored, conditions: tuple[Condition, ...]) -> Cluster:
    return Cluster(
        id=0, size=len(errors), name="", rule="", conditions=conditions, precision=0.0, recall=0.5, lift=0.0,
        rule_rows=0, errors=0, expected_errors=0.0, p_adjusted=None, heldout_z=None, heldout_ratio=None, apart=(),
        medoids=(), rows=tuple(errors.ids.tolist()),
    )  # fmt: skip


def test_a_clusters_rule_is_counted_over_the_table_and_confirmed_there() -> None:
    table = planted_world(20_000)
    errors = table.take(table.is_error & (table.truth == 1) & holds(APP, table.rows))
    useless = (Condition("c", "<=", 0.0),)
    clusters = [a_cluster(errors, APP), a_cluster(errors, useless), a_cluster(errors, ())]
    good, chance, ruleless = recount_clusters(clusters, sums_of(rules_of([], clusters), table, seed=0), errors)
    inside = holds(APP, table.rows)
    assert (good.rule_rows, good.errors) == (inside.sum(), table.is_error[inside].sum())
    assert good.precision == pytest.approx(len(errors) / inside.sum())
    assert good.recall == 0.5
    assert good.p_adjusted is not None
    assert good.p_adjusted < 1e-6
    assert good.heldout_ratio is not None
    assert good.heldout_ratio > 1.5
    assert chance.p_adjusted is not None
    assert chance.p_adjusted > 0.01
    assert (ruleless.p_adjusted, ruleless.heldout_z, ruleless.rule_rows) == (None, None, 20_000)


def test_a_cluster_of_errors_on_both_sides_of_the_threshold_is_precise_for_both() -> None:
    table = planted_world(8_000)
    errors = table.take(table.is_error & holds(APP, table.rows))
    assert len(np.unique(errors.truth)) == 2
    cluster = a_cluster(errors, APP)
    (counted,) = recount_clusters([cluster], sums_of(rules_of([], [cluster]), table, seed=0), errors)
    assert counted.precision == pytest.approx(counted.errors / counted.rule_rows)


def test_the_interval_of_a_recounted_slice_is_the_samples_own_where_the_sample_is_the_table() -> None:
    table = planted_world(3_000)
    found, (counted, _) = slices_of(table, table)
    assert counted[0].excess_low == pytest.approx(found[0].excess_low)
    assert counted[0].excess_high == pytest.approx(found[0].excess_high)


def test_several_classes_are_recounted_too() -> None:
    world = several_classes(20_000)
    turned = holds(APP, world.rows) & (np.random.default_rng(0).random(len(world)) < 0.5)
    world = replace(world, truth=np.where(turned, (world.predicted + 1) % 3, world.truth))
    _, (counted, _) = slices_of(world.take(np.arange(8_000)), world)
    assert counted
    assert {"channel", "amount"} & {condition.column for condition in counted[0].conditions}
    assert counted[0].heldout_z is not None
    assert counted[0].heldout_z > 5
