"""What sets rows apart: planted differences are found and ranked, chance is not, odd columns don't break it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.apart import COMPARED, MISSING, MOST, columns_apart


def rows(count: int, *, age: float = 0.0, app: float = 0.3, gone: float = 0.1, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": rng.normal(age, 1, count),
            "channel": pd.Categorical(np.where(rng.random(count) < app, "app", rng.choice(["web", "pos"], count))),
            "income": np.where(rng.random(count) < gone, np.nan, rng.normal(size=count)),
            "noise": rng.normal(size=count),
            "flag": rng.random(count) < 0.5,
            "id": [f"{seed}-{i}" for i in range(count)],
            "same": 1,
            "day": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 99, count), unit="D"),
        }
    )


def test_planted_differences_are_found_the_clearest_first() -> None:
    here, rest = rows(200, age=1.0, app=0.95, gone=0.7, seed=1), rows(5_000)
    found = columns_apart(here, rest, list(here))
    assert [one.column for one in found] == ["channel", "income", "age"]
    channel, income, age = found
    assert (channel.kind, channel.value, income.value) == ("value", "app", MISSING)
    assert channel.strength == pytest.approx((here.channel == "app").mean() - (rest.channel == "app").mean())
    assert (age.here, age.rest) == (here.age.median(), rest.age.median())


def test_the_strength_of_numbers_is_that_of_their_auc() -> None:
    from sklearn.metrics import roc_auc_score

    here, rest = rows(150, age=0.8, seed=1)[["age"]].round(1), rows(900)[["age"]].round(1)
    (age,) = columns_apart(here, rest, ["age"])
    labels = np.repeat([1, 0], [len(here), len(rest)])
    auc = roc_auc_score(labels, np.concatenate([here.age, rest.age]))
    assert age.strength == pytest.approx(2 * auc - 1)


def test_the_chance_of_ranks_is_that_of_mann_and_whitney() -> None:
    from scipy.stats import mannwhitneyu

    from mispredict.errors.apart import _of_numbers

    here, rest = rows(60, age=0.3, seed=1).age.round(0).to_numpy(), rows(900).age.round(0).to_numpy()
    _, chance = _of_numbers("age", here, rest)
    assert chance == pytest.approx(mannwhitneyu(here, rest, method="asymptotic", use_continuity=False).pvalue)


def test_rows_drawn_alike_are_seldom_set_apart() -> None:
    found = [columns_apart(rows(25, seed=2 * i), rows(1_000, seed=2 * i + 1), list(rows(1))) for i in range(60)]
    assert sum(bool(one) for one in found) <= 6  # one in twenty, and luck


def test_few_rows_need_a_large_difference() -> None:
    here = rows(10, seed=1)
    assert columns_apart(here, rows(1_000), list(here)) == ()
    (age,) = columns_apart(here.assign(age=9.0), rows(1_000), list(here))
    assert (age.column, age.strength) == ("age", 1.0)


def test_of_two_values_the_one_that_is_frequent_here_is_named() -> None:
    here, rest = rows(100, seed=1).assign(flag=False), rows(1_000)
    (flag,) = columns_apart(here, rest, ["flag"])
    assert (flag.value, flag.here) == ("False", 1.0)


def test_at_most_eight_columns_are_named_and_no_frame_changes() -> None:
    here = pd.DataFrame({f"c{i}": np.arange(50.0) + 60 for i in range(12)})
    rest = here - 60
    before = here.copy()
    assert len(columns_apart(here, rest, list(here))) == MOST
    pd.testing.assert_frame_equal(here, before)


def test_rows_missing_columns_and_lists_are_passed_over() -> None:
    here, rest = rows(30, seed=1), rows(300)
    assert columns_apart(here[:0], rest, list(here)) == columns_apart(here, rest[:0], list(here)) == ()
    assert columns_apart(here, rest, ["absent"]) == ()
    listed = here.assign(income=np.nan, lists=[[1.0, 2.0]] * 30)
    (income,) = columns_apart(listed, rest.assign(lists=[[2.0, float(i)] for i in range(300)]), ["income"])
    assert (income.value, income.here) == (MISSING, 1.0)


def test_infinite_values_are_the_largest() -> None:
    here, rest = pd.DataFrame({"x": [np.inf] * 40}), pd.DataFrame({"x": np.arange(400.0)})
    (x,) = columns_apart(here, rest, ["x"])
    assert (x.strength, x.here) == (1.0, np.inf)


def test_large_tables_are_thinned_evenly() -> None:
    here, rest = rows(2 * COMPARED, age=2.0, seed=1), rows(3 * COMPARED)
    (age,) = columns_apart(here, rest, ["age", "noise"])
    assert age.here == pytest.approx(2.0, abs=0.05)
    assert age.rest == pytest.approx(0.0, abs=0.05)


def test_bytes_that_are_no_text_are_compared_as_they_read() -> None:
    here, rest = pd.DataFrame({"blob": [b"\xff"] * 50}), pd.DataFrame({"blob": [b"\xff", b"a"] * 50})
    assert columns_apart(here, rest, ["blob"])[0].value == repr(b"\xff")


def test_between_infinite_ends_there_is_no_middle() -> None:
    rest = pd.DataFrame({"x": [np.inf, -np.inf] * 50})
    (x,) = columns_apart(pd.DataFrame({"x": [5.0] * 60 + [np.inf] * 60}), rest, ["x"])
    assert (x.here, x.rest) == (5.0, -np.inf)
