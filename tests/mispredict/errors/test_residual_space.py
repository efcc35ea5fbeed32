"""The residual's space: a planted fault sets errors apart by where it lies; chance teaches it nothing that holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from explainers.explanation import Attribution
from mispredict.errors.clusters import cluster_errors
from mispredict.errors.predicates import holds
from mispredict.errors.residual_space import METHOD, residual_contributions
from mispredict.scan.scored import Scored


def promised_world(rows: int = 6_000, *, fault: float = 0.0, seed: int = 0) -> Scored:
    """Return rows whose labels keep the model's promises, but for a share of flips where build = 'b7' and age > 0."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.normal(size=rows),
            "amount": rng.lognormal(size=rows),
            "build": pd.Categorical(np.where(rng.random(rows) < 0.15, "b7", rng.choice(["b5", "b6"], rows))),
            "noise": rng.normal(size=rows),
        },
        index=np.arange(rows),
    )
    event = 1 / (1 + np.exp(1.5 - frame["amount"].to_numpy() - 0.5 * frame["age"].to_numpy()))
    truth = rng.random(rows) < event
    faulty = (frame["build"] == "b7").to_numpy() & (frame["age"] > 0).to_numpy()
    truth = truth ^ (faulty & (rng.random(rows) < fault))
    ids = np.array([f"r{i}" for i in range(rows)], dtype=object)
    return Scored(frame, ids, truth.astype(np.int64), np.column_stack([1 - event, event]), np.ones(rows), (0, 1))


def space_of(world: Scored, *, exclude: tuple[str, ...] = (), seed: int = 0) -> tuple[Scored, Attribution]:
    errors = world.take(world.is_error)
    space = residual_contributions(errors, world, exclude=exclude, seed=seed)
    assert isinstance(space, Attribution)
    return errors, space


def test_errors_of_a_fault_lie_where_the_residual_says_so() -> None:
    world = promised_world(fault=0.5)
    errors, space = space_of(world)
    faulty = holds_fault(errors)
    assert space.method == METHOD
    assert space.values.index.equals(errors.rows.index)
    assert space.values["build"][faulty].mean() > space.values["build"][~faulty].mean() + 0.3
    assert space.values["noise"].abs().mean() < 0.2 * space.values["build"].abs().max()


def holds_fault(scored: Scored) -> np.ndarray:
    return ((scored.rows["build"] == "b7") & (scored.rows["age"] > 0)).to_numpy()


def test_a_fault_is_a_cluster_whose_rule_holds_on_the_held_out_rows() -> None:
    world = promised_world(fault=0.5)
    errors, space = space_of(world)
    clusters, _, notes = cluster_errors(errors, space, world, exclude=())
    first = clusters[0]
    inside, planted = holds(first.conditions, world.rows), holds_fault(world)
    assert (inside & planted).sum() / (inside | planted).sum() > 0.8
    assert first.p_adjusted is not None
    assert first.p_adjusted < 0.001
    assert first.heldout_ratio is not None
    assert first.heldout_ratio > 1.5
    assert {"build", "age"} & {apart.column for apart in first.apart}
    assert any("contributions to the residual" in note for note in notes)


def test_a_perfect_model_s_errors_make_no_cluster_that_holds() -> None:
    held = []
    for seed in range(6):
        world = promised_world(3_000, seed=seed)
        errors, space = space_of(world, seed=seed)
        clusters, _, _ = cluster_errors(errors, space, world, exclude=(), seed=seed)
        held.append(any(one.p_adjusted is not None and one.p_adjusted <= 0.05 for one in clusters))
    assert sum(held) <= 1


def test_the_same_seed_gives_the_same_space_and_no_frame_changes() -> None:
    world = promised_world(1_500, fault=0.5)
    before = world.rows.copy()
    first, second = space_of(world)[1], space_of(world)[1]
    pd.testing.assert_frame_equal(first.values, second.values)
    pd.testing.assert_frame_equal(world.rows, before)


def test_held_out_rows_have_no_say_in_the_space() -> None:
    from mispredict.errors.split import is_held_out

    world = promised_world(2_000, fault=0.5)
    out = is_held_out(world.rows.index.to_numpy(), seed=0)
    other = Scored(
        world.rows,
        world.ids,
        np.where(out, 1 - world.truth, world.truth),
        world.probabilities,
        world.cost,
        world.classes,
    )
    errors = world.take(world.is_error & ~out)
    spaces = [residual_contributions(errors, table, exclude=()) for table in (world, other)]
    pd.testing.assert_frame_equal(spaces[0].values, spaces[1].values)  # type: ignore[union-attr]


def test_too_few_rows_and_no_columns_are_said() -> None:
    world = promised_world(300, fault=0.5)
    errors = world.take(world.is_error)
    few = residual_contributions(errors, world, exclude=())
    assert isinstance(few, str)
    assert "too few to learn the residual" in few
    large = promised_world(1_000, fault=0.5)
    none = residual_contributions(large.take(large.is_error), large, exclude=list(large.rows.columns))
    assert none == "there is no column from which the residual could be learned"


@pytest.mark.parametrize("odd", ["constant", "ids", "missing", "thousands", "twins"])
def test_odd_columns_do_not_break_it(odd: str) -> None:
    world = promised_world(1_200, fault=0.5)
    rng, rows = np.random.default_rng(0), len(world)
    column = {
        "constant": np.ones(rows),
        "ids": world.ids,
        "missing": np.full(rows, np.nan),
        "thousands": rng.integers(0, 500, rows).astype(str),
        "twins": world.rows["age"].to_numpy(),
    }[odd]
    table = Scored(
        world.rows.assign(odd=column), world.ids, world.truth, world.probabilities, world.cost, world.classes
    )
    errors, space = space_of(table)
    assert np.isfinite(space.values.to_numpy()).all()
    assert len(space.values) == len(errors)


def test_several_classes_are_compared_by_whether_they_are_wrong() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=2_000), "shop": rng.choice(list("abc"), 2_000)})
    chances = rng.dirichlet([5, 2, 1], 2_000)
    truth = np.array([rng.choice(3, p=p) for p in chances])
    truth = np.where((frame["shop"] == "a") & (rng.random(2_000) < 0.6), (truth + 1) % 3, truth)
    ids = np.array([str(i) for i in range(2_000)], dtype=object)
    world = Scored(frame, ids, truth, chances, np.ones(2_000), ("u", "v", "w"))
    errors, space = space_of(world)
    wrong_shop = (errors.rows["shop"] == "a").to_numpy()
    assert space.values["shop"][wrong_shop].mean() > space.values["shop"][~wrong_shop].mean()
