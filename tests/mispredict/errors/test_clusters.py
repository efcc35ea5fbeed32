"""Clusters: planted groups of reasons are found, kinds stay apart, and no groups is an answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from explainers.explanation import Attribution
from mispredict.errors.clusters import cluster_errors
from mispredict.errors.findings import Cluster
from mispredict.errors.predicates import holds
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored


def world_with_reasons(rows: int = 4_000, *, seed: int = 0) -> tuple[Scored, np.ndarray]:
    """Return rows of which two groups are wrongly called events, and some events are missed; and each row's group."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"x": rng.normal(size=rows), "age": rng.integers(1, 900, rows), "shop": rng.choice(list("stu"), rows)}
    )
    frame["version"] = np.where(rng.random(rows) < 0.08, "5.12", "5.11")
    new_version, night = (frame["version"] == "5.12").to_numpy(), (frame["age"] < 40).to_numpy()
    group = np.select([new_version, night], [1, 2], 0)
    truth = (rng.random(rows) < 0.05).astype(np.int64)
    event = np.where((group > 0) & (rng.random(rows) < 0.9), rng.uniform(0.6, 0.9, rows), rng.uniform(0, 0.3, rows))
    ids = np.array([f"r{i}" for i in range(rows)], dtype=object)
    return Scored(frame, ids, truth, np.column_stack([1 - event, event]), np.ones(rows), (0, 1)), group


def reasons(errors: Scored, group: np.ndarray, *, seed: int = 0) -> Attribution:
    """Return contributions in which each group has its own reason."""
    rng = np.random.default_rng(seed)
    values = pd.DataFrame(rng.normal(scale=0.02, size=(len(errors), 4)), columns=["x", "age", "shop", "version"])
    values["version"] += 0.5 * (group == 1)
    values["age"] += 0.4 * (group == 2)
    return Attribution(values.set_index(errors.rows.index), 0.1, "probability", "walk")


def assert_rules(clusters: list[Cluster]) -> None:
    new_version, night = clusters[:2]
    assert new_version.rule == "version = '5.12'"
    assert {condition.column for condition in night.conditions} <= {"age", "version"}
    assert "age <= " in night.rule
    assert min(new_version.recall, night.recall) > 0.95
    assert min(new_version.precision, night.precision) > 0.7


def test_planted_groups_are_found_with_their_rules() -> None:
    world, group = world_with_reasons()
    errors = world.take(world.is_error)
    own = group[world.is_error]
    clusters, labels, notes = cluster_errors(errors, reasons(errors, own), world, exclude=())
    blocked = errors.truth == 0
    assert adjusted_rand_score(own[blocked], labels[blocked]) > 0.9
    assert_rules(clusters)
    assert any("stability" in note for note in notes)


def test_a_cluster_s_figures_are_those_of_its_rule() -> None:
    world, group = world_with_reasons()
    errors = world.take(world.is_error)
    clusters, labels, _ = cluster_errors(errors, reasons(errors, group[world.is_error]), world, exclude=())
    for number, cluster in enumerate(clusters):
        members = labels == number
        inside = holds(cluster.conditions, world.rows)
        kind = errors.truth[members][0]
        assert cluster.id == number
        assert cluster.size == members.sum() == len(cluster.rows)
        assert cluster.precision == pytest.approx((world.is_error & (world.truth == kind))[inside].mean())
        assert cluster.recall == pytest.approx(holds(cluster.conditions, errors.rows[members]).mean())
        surprises = dict(zip(errors.ids, errors.surprise, strict=True))
        assert [surprises[row] for row in cluster.rows] == sorted(
            (surprises[row] for row in cluster.rows), reverse=True
        )


def test_the_group_with_most_errors_too_many_comes_first() -> None:
    world, group = world_with_reasons()
    errors = world.take(world.is_error)
    clusters, _, _ = cluster_errors(errors, reasons(errors, group[world.is_error]), world, exclude=())
    assert clusters[0].rule == "version = '5.12'"


def test_errors_that_no_rule_describes_come_after_those_that_one_does() -> None:
    world, group = world_with_reasons()
    errors = world.take(world.is_error)
    own = group[world.is_error]
    plain = np.flatnonzero((own == 0) & (errors.truth == 1))
    own[plain[: len(plain) // 2]] = 3  # alike in their contributions, and in nothing that the table shows
    attribution = reasons(errors, own)
    values = attribution.values.assign(x=attribution.values["x"] + 0.5 * (own == 3))
    clusters, labels, _ = cluster_errors(errors, Attribution(values, 0.1, "probability", "walk"), world, exclude=())
    of = {int(labels[own == number][0]): number for number in (1, 2, 3)}
    assert [of[cluster.id] for cluster in clusters if cluster.id in of] == [1, 2, 3]
    assert all(cluster.recall >= 0.3 for cluster in clusters)


def test_errors_of_two_kinds_never_share_a_cluster() -> None:
    world, _ = world_with_reasons()
    errors = world.take(world.is_error)
    alike = Attribution(reasons(errors, np.zeros(len(errors))).values, 0.1, "probability", "walk")
    _, labels, _ = cluster_errors(errors, alike, world, exclude=())
    for label in set(labels.tolist()) - {-1}:
        assert len(set(errors.truth[labels == label].tolist())) == 1


def test_without_groups_there_is_no_stable_cluster() -> None:
    world, _ = world_with_reasons()
    errors = world.take(world.is_error)
    rng = np.random.default_rng(0)
    smooth = pd.DataFrame(rng.normal(size=(len(errors), 4)), index=errors.rows.index, columns=list("abcd"))
    clusters, labels, notes = cluster_errors(errors, Attribution(smooth, 0.0, "log-odds", "shap"), world, exclude=())
    assert clusters == []
    assert (labels == -1).all()
    assert any(note.startswith("no stable cluster among") for note in notes)


def test_errors_kept_from_a_larger_table_have_the_same_rules() -> None:
    world, group = world_with_reasons(12_000)
    errors = world.take(world.is_error)
    sample = world.take(np.sort(np.random.default_rng(0).permutation(12_000)[:4_500]))  # 3,000 of them are searched
    clusters, _, _ = cluster_errors(errors, reasons(errors, group[world.is_error]), sample, exclude=())
    assert_rules(clusters)


@pytest.mark.parametrize("count", [0, 1, 12])
def test_few_errors_are_no_clusters(count: int) -> None:
    world, group = world_with_reasons(500)
    which = np.flatnonzero(world.is_error)[:count]
    errors = world.take(which)
    clusters, labels, notes = cluster_errors(errors, reasons(errors, group[which]), world, exclude=())
    assert (clusters, labels.tolist()) == ([], [-1] * count)
    assert notes


def test_errors_that_are_all_equal_do_not_break_it() -> None:
    world, _ = world_with_reasons()
    errors = world.take(world.is_error)
    equal = pd.DataFrame(np.ones((len(errors), 4)), index=errors.rows.index, columns=["x", "age", "shop", "version"])
    _, labels, notes = cluster_errors(errors, Attribution(equal, 0.0, "probability", "walk"), world, exclude=())
    assert len(labels) == len(errors)
    assert notes


def test_every_field_of_a_cluster_is_filled() -> None:
    world, group = world_with_reasons()
    errors = world.take(world.is_error)
    clusters, _, _ = cluster_errors(errors, reasons(errors, group[world.is_error]), world, exclude=())
    first = clusters[0]
    inside = holds(first.conditions, world.rows)
    promised = (1 - world.probabilities.max(axis=1))[inside]
    assert first.name == "version = 5.12"
    assert (first.rule_rows, first.errors) == (inside.sum(), world.is_error[inside].sum())
    assert first.expected_errors == pytest.approx(promised.sum())
    assert first.p_adjusted is not None
    assert first.p_adjusted < 0.01  # no row outside of the two faults is as sure, so the promises are uncertain
    assert first.heldout_z is not None
    assert first.heldout_z > 2.5
    assert first.heldout_ratio is not None
    assert first.heldout_ratio > 2
    assert first.apart[0].column == "version"
    assert 3 <= len(set(first.medoids)) <= 5
    assert set(first.medoids) <= set(first.rows)
    assert len({one.name for one in clusters}) == len(clusters)


def test_held_out_errors_have_no_say_in_the_rules() -> None:
    world, group = world_with_reasons()
    out = is_held_out(world.rows.index.to_numpy(), seed=0)
    errors = world.take(world.is_error)
    fewer = world.take(world.is_error & ~out)
    both = reasons(errors, group[world.is_error])
    own = Attribution(both.values.loc[fewer.rows.index], 0.1, "probability", "walk")
    found = {one.rule for one in cluster_errors(errors, both, world, exclude=())[0] if one.p_adjusted}
    again = {one.rule for one in cluster_errors(fewer, own, world, exclude=())[0] if one.p_adjusted}
    assert found == again


def test_clusters_that_do_not_hold_come_last_and_are_counted() -> None:
    world, group = world_with_reasons()
    errors = world.take(world.is_error)
    own = group[world.is_error]
    plain = np.flatnonzero((own == 0) & (errors.truth == 1))
    own[plain[: len(plain) // 2]] = 3
    attribution = reasons(errors, own)
    values = attribution.values.assign(x=attribution.values["x"] + 0.5 * (own == 3))
    clusters, _, notes = cluster_errors(errors, Attribution(values, 0.1, "probability", "walk"), world, exclude=())
    good = [one.p_adjusted is not None and one.p_adjusted <= 0.05 for one in clusters]
    assert good == sorted(good, reverse=True)
    assert any("listed last" in note for note in notes) == (not all(good))


def test_a_world_of_500_columns_is_clustered() -> None:
    world, group = world_with_reasons(1_500)
    rng = np.random.default_rng(0)
    wide = pd.DataFrame(rng.normal(size=(1_500, 496)), columns=[f"w{i}" for i in range(496)])
    rows = pd.concat([world.rows, wide], axis=1)
    table = Scored(rows, world.ids, world.truth, world.probabilities, world.cost, world.classes)
    errors = table.take(table.is_error)
    clusters, _, _ = cluster_errors(errors, reasons(errors, group[table.is_error]), table, exclude=())
    assert clusters[0].rule == "version = '5.12'"


def test_scores_of_exactly_0_and_1_and_columns_that_say_nothing_are_answered() -> None:
    world, group = world_with_reasons()
    rows = world.rows[["shop"]].assign(id=world.ids, constant=1, twin=world.rows["shop"])
    sure = np.round(world.probabilities)
    table = Scored(rows, world.ids, world.truth, sure, world.cost, world.classes)
    errors = table.take(table.is_error)
    clusters, labels, notes = cluster_errors(errors, reasons(errors, group[table.is_error]), table, exclude=())
    assert len(labels) == len(errors)
    assert notes
    assert all(np.isfinite([one.lift, one.expected_errors, one.precision]).all() for one in clusters)


def test_without_a_usable_column_clusters_have_no_rule_and_no_chance() -> None:
    world, group = world_with_reasons()
    errors = world.take(world.is_error)
    space = reasons(errors, group[world.is_error])
    clusters, _, _ = cluster_errors(errors, space, world, exclude=list(world.rows.columns))
    assert clusters
    for one in clusters:
        assert (one.conditions, one.p_adjusted, one.heldout_z) == ((), None, None)
        assert one.name.startswith("no rule")
