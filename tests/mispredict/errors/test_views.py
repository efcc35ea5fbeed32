"""The error tree and the heat map: their parts are whole, and what they say of each is so."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from mispredict.bad_input import BadInput
from mispredict.errors.heat import HeatMap, heat_map
from mispredict.errors.predicates import holds
from mispredict.errors.tree import ErrorTree, grow_tree
from mispredict.scan.scored import Scored

EXCLUDE = ("y",)


def check_tree(tree: ErrorTree, sample: Scored) -> None:
    for node in tree.nodes:
        inside = holds(node.conditions, sample.rows)
        assert (node.rows, node.errors) == (inside.sum(), (inside & sample.is_error).sum())
        assert node.excess == pytest.approx(node.errors - node.expected_errors)
        if node.children:
            sides = [holds(tree.nodes[child].conditions, sample.rows) for child in node.children]
            assert np.array_equal(np.sum(sides, axis=0), inside.astype(int))
            assert all(tree.nodes[child].parent == node.id for child in node.children)


def check_map(drawn: HeatMap, sample: Scored) -> None:
    assert len(drawn.cells) == len(drawn.first_labels) * len(drawn.second_labels)
    inside = [holds(cell.conditions, sample.rows) for cell in drawn.cells]
    assert all(cell.rows == own.sum() for cell, own in zip(drawn.cells, inside, strict=True))
    assert all(cell.errors == (own & sample.is_error).sum() for cell, own in zip(drawn.cells, inside, strict=True))
    if drawn.cells:
        assert np.sum(inside, axis=0).tolist() == [1] * len(sample)
    assert all((cell.z is None) == (cell.rows < 20) for cell in drawn.cells)


def test_the_tree_comes_to_the_planted_fault(planted_world, planted_rows) -> None:
    world = planted_world(6_000)
    tree = grow_tree(world, exclude=EXCLUDE)
    check_tree(tree, world)
    near = [holds(node.conditions, world.rows) for node in tree.nodes]
    planted = planted_rows(world)
    assert max((own & planted).sum() / (own | planted).sum() for own in near) > 0.7
    best = max(tree.nodes, key=lambda node: node.heldout_z or 0)
    assert best.heldout_z is not None
    assert best.heldout_z > 5


def test_a_model_that_is_right_about_itself_has_a_tree_of_its_root_alone(true_world) -> None:
    grown = [grow_tree(true_world(1_500, seed=seed), exclude=EXCLUDE) for seed in range(20)]
    assert sum(len(tree.nodes) > 1 for tree in grown) <= 2
    assert "no split gains more than chance does" in grown[0].notes[-1]


def test_the_map_is_of_the_columns_that_the_fault_is_in(planted_world) -> None:
    world = planted_world(6_000)
    drawn = heat_map(world, exclude=EXCLUDE)
    check_map(drawn, world)
    assert {drawn.first, drawn.second} == {"channel", "amount"}
    hottest = max(drawn.cells, key=lambda cell: cell.z or 0)
    assert drawn.first_labels[hottest.first] == "app" or drawn.second_labels[hottest.second] == "app"


def test_a_column_that_was_given_stays_where_it_was_given(planted_world) -> None:
    world = planted_world(2_000)
    assert heat_map(world, first="amount", exclude=EXCLUDE).first == "amount"
    drawn = heat_map(world, second="channel", exclude=EXCLUDE)
    assert drawn.second == "channel"
    both = heat_map(world, first="country", second="f", exclude=EXCLUDE)
    check_map(both, world)
    assert both.second_labels[-1] == "missing"


@pytest.mark.parametrize("name", ["y", "no such column"])
def test_a_column_that_can_not_be_chosen_is_refused(true_world, name: str) -> None:
    with pytest.raises(BadInput, match="one of the 9 columns"):
        heat_map(true_world(300), first=name, exclude=EXCLUDE)
    with pytest.raises(BadInput, match="two different columns"):
        heat_map(true_world(300), first="a", second="a", exclude=EXCLUDE)


def with_columns(world: Scored, **columns: object) -> Scored:
    return dataclasses.replace(world, rows=world.rows.assign(**columns))


def odd_worlds(planted: Scored) -> dict[str, Scored]:
    rows, rng = len(planted), np.random.default_rng(0)
    only = dataclasses.replace(planted, rows=planted.rows[["y"]].assign(x=1.0))
    right = dataclasses.replace(planted, truth=planted.predicted)
    one = right.truth.copy()
    one[7] = 1 - one[7]
    extreme = np.column_stack([1 - planted.predicted, planted.predicted]).astype(float)
    wide = pd.DataFrame(rng.normal(size=(rows, 500)), columns=[f"w{i}" for i in range(500)])
    gaps = np.where(rng.random(rows) < 0.3, np.nan, rng.normal(size=rows))
    return {
        "no errors": right,
        "one error": dataclasses.replace(planted, truth=one),
        "constant columns": only,
        "thousands of categories": with_columns(planted, m=pd.Series(rng.integers(0, 900, rows)).map("m{}".format)),
        "unique ids": with_columns(planted, u=[f"u{i}" for i in range(rows)]),
        "duplicated columns": with_columns(planted, amount2=planted.rows["amount"], channel2=planted.rows["channel"]),
        "500 columns": dataclasses.replace(planted, rows=pd.concat([planted.rows, wide], axis=1)),
        "scores of 0 and 1": dataclasses.replace(planted, probabilities=extreme),
        "costs of zero": dataclasses.replace(planted, cost=np.zeros(rows)),
        "one class": dataclasses.replace(planted, truth=np.zeros(rows, dtype=np.int64)),
        "missing values": with_columns(planted, g=gaps, h=pd.Series(["a", None, "b", "c"] * (rows // 4))),
        "few rows": planted.take(np.arange(30)),
        "no rows": planted.take(np.arange(0)),
    }


ODD = (
    *("no errors", "one error", "constant columns", "thousands of categories", "unique ids", "duplicated columns"),
    *("500 columns", "scores of 0 and 1", "costs of zero", "one class", "missing values", "few rows", "no rows"),
)


@pytest.mark.parametrize("name", ODD)
def test_odd_tables_have_a_whole_tree_and_map_or_a_reason(planted_world, name: str) -> None:
    world = odd_worlds(planted_world(2_000))[name]
    tree, drawn = grow_tree(world, exclude=EXCLUDE), heat_map(world, exclude=EXCLUDE)
    check_tree(tree, world)
    check_map(drawn, world)
    assert len(tree.nodes) > 1 or tree.notes
    assert drawn.cells or drawn.notes


def test_what_is_missing_is_a_child_of_its_own(planted_world, planted_rows) -> None:
    world = planted_world(4_000)
    hole = world.rows["amount"].where(~planted_rows(world))
    spoilt = with_columns(world, amount=hole).take(np.arange(4_000))
    tree = grow_tree(spoilt, exclude=EXCLUDE)
    check_tree(tree, spoilt)
    assert any(node.split == "amount is missing" for node in tree.nodes)


def test_the_order_of_columns_of_no_use_does_not_matter(planted_world) -> None:
    world = planted_world(2_000)
    here = grow_tree(world, exclude=EXCLUDE)
    assert here == grow_tree(with_columns(world, constant=3), exclude=EXCLUDE)


def test_a_column_asked_for_stands_where_it_was_asked_for_even_if_no_cell_stands_out(true_world) -> None:
    few = true_world(60)
    for name in heat_map(few, exclude=EXCLUDE).error_columns:
        assert heat_map(few, first=name, exclude=EXCLUDE).first == name
        assert heat_map(few, second=name, exclude=EXCLUDE).second == name
