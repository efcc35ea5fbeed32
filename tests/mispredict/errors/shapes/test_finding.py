import dataclasses

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.predicates import holds
from mispredict.errors.shapes.confirming import z_of
from mispredict.errors.shapes.describing import jaccard
from mispredict.errors.shapes.finding import with_shapes
from mispredict.errors.slices import SliceSearch

EXCLUDE = ("y",)


def oblique(world):
    values = world.rows["c"] - 0.7 * world.rows["d"] + 0.8 * world.rows["e"]
    return (values > values.quantile(0.9)).to_numpy()


def ball(world):
    distance = ((world.rows[["c", "d", "e"]] - [0.5, -0.5, 0]) ** 2).sum(axis=1)
    return (distance < distance.quantile(0.15)).to_numpy()


def either(world):
    return ((world.rows["channel"] == "shop") ^ (world.rows["country"] == "be")).to_numpy()


@pytest.mark.parametrize(("chosen", "shape"), [(ball, "near"), (either, "odd one")])
def test_a_planted_shape_is_found_first_and_told_by_a_rule(turned, chosen, shape):
    world = turned(chosen, rows=4000)
    search, _ = with_shapes(SliceSearch(), world, exclude=EXCLUDE)
    found = search[0]
    assert found.shape == shape
    assert search.shapes_p == pytest.approx(0.001)
    assert found.p_adjusted <= 0.05
    assert found.heldout_z > 5
    assert found.shape_words
    inside = holds(found.conditions, world.rows)
    assert jaccard(inside, chosen(world)) > 0.25
    assert len(found.conditions) <= 3
    assert found.rows == inside.sum()
    assert found.errors == world.is_error[inside].sum()
    assert found.excess_low < found.excess < found.excess_high


def test_an_oblique_fault_stands_before_its_boxes_and_its_words_are_the_planted_region(turned, both_finders):
    world = turned(oblique, rows=4000)
    boxes, search, _ = both_finders(world)
    found = search[0]
    assert found.shape == "oblique"
    assert found.heldout_z > boxes[0].heldout_z
    assert sum(one.shape != "rule" for one in search) == 1
    # The words are the region: read them as the sum that they say.
    region = region_of(found.shape_words, world.rows)
    assert jaccard(region, oblique(world)) > 0.8
    inside = holds(found.conditions, world.rows)
    assert found.precision == pytest.approx((inside & region).sum() / inside.sum())
    assert found.recall == pytest.approx((inside & region).sum() / region.sum())


def region_of(words, rows):
    total, bound = words.split(" > ")
    sum_of, sign = np.zeros(len(rows)), 1.0
    factor = 1.0
    for part in total.split(" "):
        if part in "+-":
            sign = 1.0 if part == "+" else -1.0
        elif part in rows:
            sum_of, factor, sign = sum_of + sign * factor * rows[part].to_numpy(), 1.0, 1.0
        elif part != "x":
            factor = float(part)
    return sum_of > float(bound)


def test_a_box_stays_described_by_its_box_first(both_finders, planted_world):
    boxes, search, _ = both_finders(planted_world(3000))
    assert search[0] == boxes[0]
    assert search[0].shape == "rule"
    assert [one for one in search if one.shape == "rule"] == list(boxes)


def test_where_the_model_is_right_about_itself_shapes_are_hardly_ever_found(true_world):
    found = [
        len(with_shapes(SliceSearch(), true_world(600, seed=seed), exclude=EXCLUDE, seed=seed)[0]) for seed in range(6)
    ]
    assert sum(number > 0 for number in found) <= 2


def test_an_embedding_is_searched_and_the_row_in_its_middle_named(true_world, labelled):
    world = true_world(2500)
    vectors = np.random.default_rng(3).normal(size=(2500, 20)) * np.linspace(3, 0.2, 20)
    vectors[7] = np.nan
    distance = np.linalg.norm(vectors - vectors[11], axis=1)
    flips = (distance < np.nanquantile(distance, 0.1)) & (np.random.default_rng(1).random(2500) < 0.5)
    truth = np.where(flips, 1 - world.truth, world.truth)
    world = labelled(world.rows.drop(columns="y"), world.probabilities[:, 1], truth)
    search, _ = with_shapes(SliceSearch(), world, exclude=EXCLUDE, vectors=vectors)
    assert search[0].shape == "near"
    assert " % of rows to row r" in search[0].shape_words
    assert search[0].shape_words.endswith("in the embedding")


def test_the_same_seed_finds_the_same(turned):
    world = turned(ball, rows=800)
    one, other = (with_shapes(SliceSearch(), world, exclude=EXCLUDE) for _ in range(2))
    assert one == other


def test_the_rows_are_left_alone(turned):
    world = turned(ball, rows=500)
    before = world.rows.copy()
    with_shapes(SliceSearch(), world, exclude=EXCLUDE)
    pd.testing.assert_frame_equal(world.rows, before)


@pytest.mark.parametrize("rows", [0, 1, 2, 299])
def test_too_few_rows_are_said(true_world, rows):
    search, notes = with_shapes(SliceSearch(), true_world(400).take(np.arange(rows)), exclude=EXCLUDE)
    assert search == SliceSearch()
    assert notes == (f"{rows} rows are too few to search for other shapes than rules; 300 are needed",)


def test_no_errors_are_said(true_world):
    world = true_world(400)
    world = dataclasses.replace(world, truth=world.predicted)
    assert with_shapes(SliceSearch(), world, exclude=EXCLUDE)[1] == (
        "no other shapes than rules were looked for: there are no errors",
    )


def spoiled(world, **columns):
    return dataclasses.replace(world, rows=world.rows.assign(**columns))


def strange(world, kind):
    rows = world.rows
    if kind == "no numbers":
        return dataclasses.replace(world, rows=rows[["channel", "country", "y"]])
    if kind == "one constant column":
        return dataclasses.replace(world, rows=rows[["y"]].assign(k=1.0))
    if kind == "only excluded":
        return dataclasses.replace(world, rows=rows[["y"]])
    if kind == "infinite and missing":
        return spoiled(world, a=np.where(rows["a"] > 1, np.inf, -np.inf), b=np.nan, c=rows["c"].where(rows["c"] > 0))
    if kind == "huge":
        return spoiled(world, a=rows["a"] * 1e300, b=rows["b"] * 1e-300)
    if kind == "duplicates":
        return spoiled(world, g=rows["a"], h=rows["a"], i=2 * rows["a"])
    if kind == "times and lists":
        times = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(rows)), unit="h")
        return spoiled(world, when=times, lists=[[1, 2]] * len(rows))
    if kind == "whole objects":
        return spoiled(world, n=pd.array([1, None] * (len(rows) // 2), dtype="Int64"), flag=rows["a"] > 0)
    return world.take(np.zeros(len(world), dtype=int) + np.arange(len(world)) % 3)


@pytest.mark.parametrize(
    "kind",
    [
        "no numbers",
        "one constant column",
        "only excluded",
        "infinite and missing",
        "huge",
        "duplicates",
        "times and lists",
        "whole objects",
        "the same three rows",
    ],
)
def test_strange_tables_are_answered(true_world, kind):
    search, notes = with_shapes(SliceSearch(), strange(true_world(420), kind), exclude=EXCLUDE)
    assert search.shapes_p is None or 0 < search.shapes_p <= 1
    assert notes


def test_of_five_hundred_columns_some_are_searched_and_it_is_said(true_world, labelled):
    world = true_world(400)
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(400, 500))).rename(columns=lambda i: f"w{i}")
    world = labelled(wide, world.probabilities[:, 1], world.truth)
    _, notes = with_shapes(SliceSearch(), world, exclude=EXCLUDE)
    assert "other shapes were searched in 60 of 500 numeric columns" in notes


def test_of_several_classes_only_errors_too_many_are_found(true_world):
    rng, world = np.random.default_rng(0), true_world(2500)
    probabilities = rng.dirichlet([1, 1, 1], 2500)
    truth = np.array([rng.choice(3, p=row) for row in probabilities])
    truth = np.where(oblique(world), (probabilities.argmax(axis=1) + 1) % 3, truth)
    world = dataclasses.replace(world, truth=truth, probabilities=probabilities, classes=("x", "y", "z"))
    search, _ = with_shapes(SliceSearch(), world, exclude=EXCLUDE)
    assert search[0].shape == "oblique"
    assert {one.way for one in search} == {"more errors"}


def test_boxes_of_every_way_can_be_compared_with_shapes(true_world):
    world = true_world(900)
    inside = (world.rows["a"] > 0).to_numpy()
    more, fewer, events, rare = (
        z_of(world, inside, way)[1] for way in ("more errors", "fewer errors", "more events", "fewer events")
    )
    assert fewer == pytest.approx(-more)
    assert rare == pytest.approx(-events)
