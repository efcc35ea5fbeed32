"""Partial results: any split and any order of merging gives the same answer."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mispredict.scan.figures import calibration_of, confusion_of, histogram_of, metrics_of
from mispredict.scan.partial import Bars, PartialScan, Sizes, draw_lots, merge, scan_rows
from mispredict.scan.ranks import RankFigures
from mispredict.scan.scored import Scored

SIZES = Sizes(worst=7, sample=9)
NO_RANKS = RankFigures(None, None)


def scored_rows(rows: int, *, classes: int = 2, seed: int = 0, steps: int = 6) -> Scored:
    """Return rows with few distinct scores and costs, so that there are many ties."""
    rng = np.random.default_rng(seed)
    raw = rng.integers(0, steps, (rows, classes)) + 0.1
    frame = pd.DataFrame({"x": rng.normal(size=rows), "kind": pd.Categorical(rng.choice(["a", "b"], rows))})
    return Scored(
        rows=frame,
        ids=frame.index.astype(str).to_numpy(dtype=object),
        truth=rng.integers(0, classes, rows),
        probabilities=raw / raw.sum(axis=1, keepdims=True),
        cost=rng.integers(1, 3, rows).astype(float),
        classes=tuple(range(classes)),
    )


def answer_of(partial: PartialScan) -> tuple[object, ...]:
    """Return everything that a pass says, in a form that can be compared exactly."""
    counts = partial.counts
    kept = [part.rows() for part in (partial.worst, partial.beyond, partial.costly, partial.sample)]
    return (
        metrics_of(counts, NO_RANKS, threshold=0.5),
        calibration_of(counts),
        confusion_of(counts, (0, 1)),
        histogram_of(counts, (0, 1)),
        [part.rows.index.tolist() for part in kept],
        [part.rows["x"].tolist() for part in kept],
        [part.ids.tolist() for part in kept],
    )


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 60),
    classes=st.integers(2, 4),
    cuts=st.sets(st.integers(1, 59), max_size=8),
    order=st.randoms(use_true_random=False),
)
def test_any_split_and_merge_order_gives_the_same_answer(
    rows: int, classes: int, cuts: set[int], order: random.Random
) -> None:
    whole = scored_rows(rows, classes=classes)
    expected = answer_of(scan_rows(whole, sizes=SIZES, bars=Bars(), seed=3))
    edges = [0, *sorted(cut for cut in cuts if cut < rows), rows]
    parts = [
        scan_rows(whole.take(np.arange(low, high)), sizes=SIZES, bars=Bars(), seed=3)
        for low, high in itertools.pairwise(edges)
    ]
    while len(parts) > 1:
        first, second = (parts.pop(order.randrange(len(parts))) for _ in range(2))
        parts.append(merge(first, second))
    assert answer_of(parts[0]) == expected


def test_rows_under_the_bar_are_not_copied_and_the_answer_stays() -> None:
    whole = scored_rows(400)
    first, second = whole.take(np.arange(200)), whole.take(np.arange(200, 400))
    begun = scan_rows(first, sizes=SIZES, bars=Bars(), seed=0)
    with_bar = scan_rows(second, sizes=SIZES, bars=begun.bars, seed=0)
    without = scan_rows(second, sizes=SIZES, bars=Bars(), seed=0)
    assert len(with_bar.sample.keys) < len(without.sample.keys)
    assert answer_of(merge(begun, with_bar)) == answer_of(merge(begun, without))


def test_worst_rows_equal_a_full_sort() -> None:
    whole = scored_rows(500, steps=40)
    parts = [scan_rows(whole.take(np.arange(i, i + 50)), sizes=SIZES, bars=Bars(), seed=0) for i in range(0, 500, 50)]
    merged = functools.reduce(merge, parts)
    by_surprise = np.lexsort((np.arange(500), -whole.surprise))[: SIZES.worst]
    dear = np.where(whole.is_error, whole.cost * whole.surprise, -1.0)
    by_cost = np.lexsort((np.arange(500), -dear))[: SIZES.worst]
    assert merged.worst.rows().rows.index.tolist() == by_surprise.tolist()
    assert merged.costly.rows().rows.index.tolist() == by_cost.tolist()
    beyond = np.where(whole.is_error, whole.beyond, -np.inf)
    by_beyond = np.lexsort((np.arange(500), -beyond))[: SIZES.worst]
    assert merged.beyond.rows().rows.index.tolist() == by_beyond.tolist()


def test_ties_across_batches_go_by_the_place_in_the_table() -> None:
    same = scored_rows(60, steps=1)  # every row has the same probabilities
    wrong = np.flatnonzero(same.is_error)[: SIZES.worst].tolist()
    parts = [scan_rows(same.take(np.arange(i, i + 10)), sizes=SIZES, bars=Bars(), seed=0) for i in range(0, 60, 10)]
    for order in (parts, parts[::-1], parts[1::2] + parts[::2]):
        assert functools.reduce(merge, order).beyond.rows().rows.index.tolist() == wrong


def test_errors_that_cost_nothing_come_last() -> None:
    whole = dataclasses.replace(scored_rows(200), cost=np.tile([0.0, 2.0], 100))
    costly = scan_rows(whole, sizes=Sizes(worst=200, sample=1), bars=Bars(), seed=0).costly.rows()
    paid = int((costly.cost > 0).sum())
    assert (costly.cost[:paid] > 0).all()
    assert np.all(np.diff(costly.rows.index[paid:]) > 0)


def test_costly_rows_are_errors_only() -> None:
    partial = scan_rows(scored_rows(300), sizes=Sizes(worst=1000, sample=5), bars=Bars(), seed=0)
    costly = partial.costly.rows()
    assert costly.is_error.all()
    assert len(costly) == partial.counts.errors


def test_the_sample_is_uniform_and_seeded() -> None:
    lots = draw_lots(np.arange(200_000), seed=0)
    assert lots.mean() == pytest.approx(0.5, abs=0.005)
    assert abs(np.corrcoef(lots[:-1], lots[1:])[0, 1]) < 0.01
    assert np.array_equal(lots[:100], draw_lots(np.arange(100), seed=0))
    assert not np.array_equal(lots[:100], draw_lots(np.arange(100), seed=1))


def test_categories_that_differ_between_batches_stay_categories() -> None:
    whole = scored_rows(20)
    first, second = whole.take(np.arange(10)), whole.take(np.arange(10, 20))
    second = Scored(
        second.rows.assign(kind=pd.Categorical(["z"] * 10)),
        *(getattr(second, name) for name in ("ids", "truth", "probabilities", "cost", "classes")),
    )
    sizes = Sizes(worst=20, sample=20)
    merged = merge(*(scan_rows(part, sizes=sizes, bars=Bars(), seed=0) for part in (first, second)))
    kinds = merged.sample.rows().rows["kind"]
    assert isinstance(kinds.dtype, pd.CategoricalDtype)
    assert (kinds == "z").sum() == 10
