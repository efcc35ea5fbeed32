from __future__ import annotations

import itertools
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mispredict.errors.counted import CountedRule, TableSums, count, sums_of
from mispredict.errors.findings import Condition
from mispredict.errors.predicates import holds
from mispredict.errors.promises import expected_errors
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored
from tests.mispredict.errors.conftest import planted_world

APP = (Condition("channel", "=", "app"), Condition("amount", ">", 30.0))
LOW = (Condition("a", "<=", -0.5),)
MISSING = (Condition("f", "is missing", None),)
SOME = (Condition("country", "in", ["be", "fr"]),)  # a list: a condition that can't be a key
RULES = (CountedRule(APP), CountedRule(LOW, (0,)), CountedRule(MISSING, (0, 1)), CountedRule(SOME))
WORLD = planted_world(3_000)


def same(first: TableSums, second: TableSums) -> bool:
    parts = list(zip((*first.rules, first.whole), (*second.rules, second.whole), strict=True))
    sums = all((a.all, a.own, a.held_out) == (b.all, b.own, b.held_out) for a, b in parts)
    return sums and all((a.levels == b.levels).all() and (a.confusion == b.confusion).all() for a, b in parts)


@settings(max_examples=15)
@given(cuts=st.lists(st.integers(0, len(WORLD)), max_size=5), seed=st.integers(0, 99))
def test_any_split_in_any_order_adds_up_to_the_very_same(cuts: list[int], seed: int) -> None:
    edges = [0, *sorted(cuts), len(WORLD)]
    shuffled = np.random.default_rng(seed).permutation(len(WORLD))
    parts = [shuffled[low:high] for low, high in itertools.pairwise(edges)]
    summed = [sums_of(RULES, WORLD.take(part), seed=0) for part in parts]
    total = summed[-1]
    for part in summed[:-1]:
        total = part + total
    assert same(total, sums_of(RULES, WORLD, seed=0))


def test_sums_are_what_a_count_by_hand_gives() -> None:
    sums = sums_of(RULES, WORLD, seed=0)
    inside, held_out = holds(LOW, WORLD.rows), is_held_out(WORLD.rows.index.to_numpy(), seed=0)
    own = inside & ~holds(APP, WORLD.rows)
    low = sums.rules[1]
    assert (low.all.rows, low.all.errors) == (inside.sum(), WORLD.is_error[inside].sum())
    assert (low.own.rows, low.own.errors) == (own.sum(), WORLD.is_error[own].sum())
    assert low.held_out.rows == (inside & held_out).sum()
    assert low.all.expected == pytest.approx(expected_errors(WORLD)[inside].sum(), abs=1e-6)
    assert low.levels[..., 0].sum() == own.sum()
    assert low.levels[1, ..., 0].sum() == (own & held_out).sum()
    assert low.levels[..., 1].sum() == (own & (WORLD.truth == 1)).sum()
    assert low.levels[:, 1, :, 0].sum() == (own & (WORLD.predicted == 1)).sum()
    assert low.confusion.sum() - np.trace(low.confusion) == low.all.errors
    assert sums.whole.all.rows == len(WORLD)


def test_own_rows_of_rules_that_come_after_each_other_are_counted_once() -> None:
    sums = sums_of(RULES[:3], WORLD, seed=0)
    held = holds(APP, WORLD.rows) | holds(LOW, WORLD.rows) | holds(MISSING, WORLD.rows)
    assert sum(rule.own.rows for rule in sums.rules) == held.sum()


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_counts_the_same(pool: type) -> None:
    parts = [WORLD.take(part) for part in np.array_split(np.arange(len(WORLD)), 7)]
    with pool(2) as executor:
        counted = count(RULES, iter(parts), executor=executor, seed=0)
    assert counted is not None
    assert same(counted, sums_of(RULES, WORLD, seed=0))


def test_only_a_few_batches_are_read_ahead() -> None:
    taken: list[int] = []

    def batches():
        for number, part in enumerate(np.array_split(np.arange(len(WORLD)), 9)):
            taken.append(number)
            yield WORLD.take(part)

    class Slow(ThreadPoolExecutor):
        waiting = 0

        def submit(self, *args, **kwargs):
            future = super().submit(*args, **kwargs)
            Slow.waiting = max(Slow.waiting, len(taken) - done[0])
            future.add_done_callback(lambda _: done.__setitem__(0, done[0] + 1))
            return future

    done = [0]
    with Slow(1) as executor:
        count(RULES, batches(), executor=executor, seed=0, in_flight=2)
    assert Slow.waiting <= 2


def test_nothing_to_count_is_told_by_none() -> None:
    with ThreadPoolExecutor(1) as executor:
        assert count(RULES, [], executor=executor, seed=0) is None


def test_several_classes_are_counted_by_whether_the_prediction_held() -> None:
    world = several_classes(2_000)
    sums = sums_of([CountedRule(LOW)], world, seed=0)
    inside = holds(LOW, world.rows)
    assert sums.rules[0].confusion.shape == (3, 3)
    assert sums.rules[0].all.errors == world.is_error[inside].sum()
    assert sums.rules[0].levels[..., 1].sum() == (~world.is_error)[inside].sum()


def several_classes(rows: int) -> Scored:
    rng = np.random.default_rng(3)
    world = planted_world(rows)
    odds = np.exp(np.column_stack([world.rows["a"], world.rows["b"], world.rows["c"]]))
    chances = odds / odds.sum(axis=1, keepdims=True)
    truth = (chances.cumsum(axis=1) < rng.random(rows)[:, None]).sum(axis=1).clip(0, 2)
    return replace(world, truth=truth, probabilities=chances, classes=("x", "y", "z"))
