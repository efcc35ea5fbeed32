"""LIME in raw columns, with categories and holes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Explanation, Unsupported, explain
from explainers.scalars import scalars

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


class Known:
    """A model whose answer is a formula."""

    classes_ = (0, 1)

    def __init__(self, columns: list[str], formula: Callable[[pd.DataFrame], Any]) -> None:
        self.feature_names_in_ = columns
        self.formula = formula

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        event = np.asarray(self.formula(rows), dtype=np.float64)
        return np.column_stack([1 - event, event])


def _lime(formula: Callable[[pd.DataFrame], Any], row: pd.DataFrame, background: pd.DataFrame) -> Explanation:
    return explain(Known(list(row.columns), formula), row, background, method="lime")[0]


def _noise(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"x": rng.normal(size=n), "noise": rng.normal(size=n)})


def test_the_local_fit_and_its_error_are_said(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of logistic")
    one = explain(fit("pipeline of logistic"), rows.iloc[:1], rows, method="lime")[0]
    assert 0 < one.quality["r2"] <= 1
    assert 0 < one.quality["standard_error"] < 0.05
    assert one.notes == (
        f"LIME's local fit has R2 {one.quality['r2']:.2f} on 5,000 samples around the row; "
        f"standard error at most {one.quality['standard_error']:.2g}",
    )
    assert not one.additive
    assert one.score == pytest.approx(fit("pipeline of logistic").predict_proba(rows.iloc[:1])[0, 1], abs=1e-12)


def test_lime_finds_the_columns_that_a_known_model_uses() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {"amount": rng.normal(size=400), "city": rng.choice(["Oslo", "Rome"], 400), "noise": rng.normal(size=400)}
    )
    rows.loc[::5, "amount"] = np.nan
    row = pd.DataFrame({"amount": [1.5], "city": ["Rome"], "noise": [0.0]})
    one = _lime(lambda r: 0.4 * (r["city"] == "Rome") + 0.4 * (r["amount"].fillna(0) > 0), row, rows)
    assert one.values["city"] == pytest.approx(0.4, abs=0.02)
    assert one.values["amount"] > 0.2
    assert abs(one.values["noise"]) <= 4 * one.quality["standard_error"]


def test_the_error_is_the_spread_of_repeats() -> None:
    rows = _noise().assign(third=np.random.default_rng(1).normal(size=300))
    model = Known(list(rows.columns), lambda r: 1 / (1 + np.exp(-3 * r["x"] * r["third"])))
    found = [explain(model, rows.iloc[[3]], rows, method="lime", seed=s)[0] for s in range(30)]
    spread = pd.DataFrame([e.values for e in found]).std().max()
    assert spread == pytest.approx(np.mean([e.quality["standard_error"] for e in found]), rel=0.35)


def test_a_seed_repeats_and_another_does_not(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    one, same, other = (
        explain(fit("lightgbm"), rows.iloc[[4]], rows, method="lime", seed=s)[0].values for s in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_the_models_own_value_is_asked_and_no_value_that_no_row_has() -> None:
    seen: list[pd.DataFrame] = []

    def formula(rows: pd.DataFrame) -> Any:
        seen.append(rows)
        return 0.5 + 0.1 * (rows["count"] > 1)

    background = pd.DataFrame({"count": np.tile([1, 1, 1, 2, 3, 5, 8, 9], 30), "seven": 7, "flag": [True, False] * 120})
    row = pd.DataFrame({"count": [4], "seven": [7], "flag": [True]})
    one = _lime(formula, row, background)
    asked = pd.concat(seen)
    assert set(asked["count"]) == {1, 2, 4, 8, 9}  # 4 stands for its own bin, from 3 to 5
    assert set(asked["seven"]) == {7}
    assert asked.dtypes.astype(str).tolist() == ["int64", "int64", "bool"]
    assert one.values["seven"] == 0.0


@pytest.mark.parametrize(
    ("value", "others"),
    [
        ("new", ["old"] * 50),  # a category that the background lacks
        (np.nan, [1.0, 2.0] * 25),  # missing where nothing was
        (3.0, [np.nan] * 50),  # known where everything is missing
        (np.inf, list(range(50))),
        (-np.inf, list(range(50))),
        (5.0, [0.0] * 49 + [9.0]),  # nearly constant, and the row is not
        (0.0, [0.0] * 40 + [9.0] * 10),  # most rows have the row's value
        (True, [False] * 50),
        (pd.Timestamp("2026-03-01"), list(pd.date_range("2025-01-01", periods=50))),
        (pd.NaT, list(pd.date_range("2025-01-01", periods=50))),
    ],
    ids=str,
)
def test_a_value_that_decides_alone_is_found(value: Any, others: list[Any]) -> None:
    background = pd.DataFrame({"odd": others, "noise": np.random.default_rng(0).normal(size=50)})
    row = pd.DataFrame({"odd": [value], "noise": [0.3]})

    def formula(rows: pd.DataFrame) -> Any:
        own = rows["odd"].isna() if pd.isna(value) else rows["odd"] == value
        return 0.1 + 0.8 * own

    one = _lime(formula, row, background)
    assert one.score == pytest.approx(0.9)
    assert one.values["odd"] == pytest.approx(0.8, abs=0.01)
    assert abs(one.values["noise"]) < 0.01


@pytest.mark.parametrize("rows", [1, 2])
def test_few_background_rows_are_enough(rows: int) -> None:
    table = _noise()
    one = _lime(lambda r: 0.2 + 0.6 * (r["x"] == table["x"][9]), table.iloc[[9]], table.iloc[:rows])
    assert one.values["x"] == pytest.approx(0.6, abs=0.01)


def test_lime_without_rows_to_vary_within_is_refused(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    with pytest.raises(Unsupported, match="lime varies a row within background rows, and found none; add a table"):
        explain(fit("forest"), rows.iloc[:1], rows.iloc[:0], method="lime")


def test_wide_tables_take_fewer_samples_and_say_so() -> None:
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 10_000)), columns=[f"c{i}" for i in range(10_000)])
    sizes: list[int] = []

    def formula(rows: pd.DataFrame) -> Any:
        sizes.append(len(rows))
        return (rows["c3"] > 0) * 0.5 + 0.2

    one = _lime(formula, wide.iloc[[0]], wide)
    assert sizes == [500]
    assert "on 500 samples around the row; with so many columns a sample, neither" in one.notes[0]
    assert "standard_error" not in one.quality


def test_a_background_changed_in_place_is_noticed() -> None:
    table = _noise()
    model = Known(["x", "noise"], lambda r: 1 / (1 + np.exp(-r["x"])))
    before = explain(model, table.iloc[[3]], table, method="lime")[0]
    row = table.iloc[[3]].copy()
    table.loc[:, "x"] = table["x"] + 3
    after = explain(model, row, table, method="lime")[0]
    assert after.values["x"] < before.values["x"] - 0.2


def test_the_callers_frames_stay_as_they_are(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    before = rows.copy(deep=True)
    explain(fit("lightgbm"), rows.iloc[[5]], rows, method="lime")
    pd.testing.assert_frame_equal(rows, before)


def test_cells_become_json_scalars() -> None:
    row = pd.Series(
        {"a": np.int64(3), "b": np.nan, "c": pd.NA, "d": pd.Timestamp("2026-01-02"), "e": np.True_, "f": "x"},
        dtype=object,
    )
    assert scalars(row) == {"a": 3, "b": None, "c": None, "d": "2026-01-02 00:00:00", "e": True, "f": "x"}
