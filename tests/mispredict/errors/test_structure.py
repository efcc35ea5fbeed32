"""Structure in time, among owners and among neighbours: found where planted, p-values even where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.levels import Levelled, level_rows
from mispredict.errors.neighbourhood import among_neighbours
from mispredict.errors.promises import promises_of
from mispredict.errors.structure import AmongOwners, InTime, among_owners, examine, in_time, moments_of, of_calibration
from mispredict.scan.scored import Scored

WORLDS = 120
KS_95 = 1.36 / np.sqrt(WORLDS)


def _plain(event: np.ndarray, truth: np.ndarray) -> Scored:
    rows = pd.DataFrame({"x": event})
    ids = rows.index.astype(str).to_numpy(dtype=object)
    return Scored(rows, ids, truth, np.column_stack([1 - event, event]), np.ones(len(event)), (0, 1))


def _levelled(world: Scored) -> Levelled:
    return level_rows(world, promises_of(world, learn=np.ones(len(world), dtype=bool)))


def _distance(values: list[float]) -> float:
    places = np.arange(1, len(values) + 1) / len(values)
    return float(np.abs(np.sort(values) - places).max())


@pytest.mark.parametrize("bent", [1.0, 0.5])
def test_p_values_of_true_models_are_spread_evenly(bent: float) -> None:
    """Entities and times go with the probability, as they do; a bent scale is calibration's matter alone."""
    rng = np.random.default_rng(0)
    found: dict[str, list[float]] = {"time": [], "entity": [], "neighbourhood": []}
    for seed in range(WORLDS):
        event = np.sort(rng.beta(1, 3, 1_000))
        world = _plain(event**bent, (rng.random(1_000) < event).astype(np.int64))
        levelled = _levelled(world)
        blocks, owners = in_time(levelled, np.arange(1_000) + rng.normal(0, 300, 1_000)), _owners(np.arange(1_000) // 5)
        near = among_neighbours(world, ["x"])
        assert isinstance(blocks, InTime)
        assert not isinstance(near, str)
        structures = {"time": blocks, "entity": owners, "neighbourhood": near[0]}
        for name, one in examine(levelled, structures, draws=199, seed=seed).items():
            found[name].append(one.p_value)
    assert max(map(_distance, found.values())) < 1.2 * KS_95


def _owners(numbers: np.ndarray) -> AmongOwners:
    found = among_owners(pd.DataFrame({"owner": numbers}))
    assert isinstance(found, AmongOwners)
    return found


@pytest.mark.parametrize("effect", [0.0, 1.5])
def test_owners_whose_errors_come_together_are_found(effect: float) -> None:
    rng = np.random.default_rng(0)
    owners = rng.integers(0, 500, 5_000)
    event = np.full(5_000, 0.3)
    true = 1 / (1 + np.exp(-(np.log(event / (1 - event)) + effect * rng.normal(size=500)[owners])))
    world = _plain(event, (rng.random(5_000) < true).astype(np.int64))
    found = examine(_levelled(world), {"entity": _owners(owners)})["entity"]
    assert (found.p_value < 0.01) == (effect > 0)
    assert (found.effect > 0.05) == (effect > 0)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_rows_without_an_owner_are_nobodys(missing: object) -> None:
    owners = pd.Series(np.tile(["a", "b", "c"], 200), dtype=object)
    owners[::6] = missing
    found = among_owners(pd.DataFrame({"owner": owners}))
    assert isinstance(found, AmongOwners)
    assert found.known.sum() == 500
    assert sorted(found.sizes.tolist()) == [100, 200, 200]


def test_owners_with_one_row_each_tell_nothing() -> None:
    said = among_owners(pd.DataFrame({"owner": np.arange(300)}))
    assert said == (
        "entity not tested: 300 rows of 300 entities make 0 pairs of one entity; 100 pairs and two entities are needed"
    )
    assert isinstance(among_owners(pd.DataFrame({"owner": np.zeros(300)})), str)


def test_a_region_of_errors_is_found_among_neighbours(true_world, labelled) -> None:
    world = true_world(4_000)
    ball = ((world.rows[["a", "c"]] - 1) ** 2).sum(axis=1).to_numpy() < 0.5
    turned = ball & (np.random.default_rng(1).random(4_000) < 0.5)
    spoilt = labelled(
        world.rows.drop(columns="y"), world.probabilities[:, 1], np.where(turned, 1 - world.truth, world.truth)
    )
    near = among_neighbours(spoilt, ["a", "c", "channel"])
    assert not isinstance(near, str)
    found = examine(_levelled(spoilt), {"near": near[0]})["near"]
    assert found.p_value < 0.01
    assert found.statistic > 3
    assert near[1] == "neighbourhood: 4,000 of 4,000 rows, each with the 15 nearest in the columns"


def test_an_embedding_takes_the_place_of_columns(true_world) -> None:
    world = true_world(600)
    places = np.random.default_rng(0).normal(size=(600, 80))
    places[::2] = np.nan
    near = among_neighbours(world, [], vectors=lambda scored: places[scored.rows.index])
    assert not isinstance(near, str)
    assert near[1] == "neighbourhood: 300 of 600 rows, each with the 15 nearest in the embedding"
    assert "300" not in str(among_neighbours(world, []))


def test_times_of_any_kind_are_put_in_order() -> None:
    zones = pd.Series(["2026-01-01T02:00:00+02:00", "2026-01-01T00:30:00+00:00", None])
    assert moments_of(zones)[:2].argsort().tolist() == [0, 1]
    assert np.isnan(moments_of(zones)[2])
    aware = pd.Series(pd.to_datetime(["2026-01-02", None, "2026-01-01"])).dt.tz_localize("Europe/Paris")
    assert np.nan_to_num(moments_of(aware)).tolist() == [2.0, 0.0, 1.0]
    assert np.nan_to_num(moments_of(pd.Series(["week 2", "week 1", None]))).tolist() == [2.0, 1.0, 0.0]
    assert np.isnan(moments_of(pd.Series([np.inf, 1.0]))).tolist() == [True, False]


def test_times_that_say_nothing_are_said_to() -> None:
    levelled = _levelled(_plain(np.full(300, 0.3), np.arange(300) % 2))
    assert in_time(levelled, np.zeros(300)) == "time not tested: nearly all rows have the same one"
    few = np.where(np.arange(300) < 100, np.arange(300.0), np.nan)
    assert in_time(levelled, few) == "time not tested: 100 of 300 rows have one"


def test_calibration_of_true_models_is_even() -> None:
    rng = np.random.default_rng(0)
    events = [rng.beta(1, 3, 600) for _ in range(WORLDS)]
    chances = [of_calibration(_plain(event, (rng.random(600) < event).astype(np.int64))).p_value for event in events]
    assert _distance(chances) < 1.2 * KS_95
