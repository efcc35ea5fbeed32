"""LIME in raw columns, with categories and holes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Unsupported, explain, subject_of
from explainers.coding import Coding
from explainers.scalars import scalars

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


def test_the_local_fit_is_said_and_bounded(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of logistic")
    one = explain(fit("pipeline of logistic"), rows.iloc[:1], rows, method="lime")[0]
    assert 0 < one.quality["r2"] <= 1
    assert one.notes == (f"LIME's local fit has R2 {one.quality['r2']:.2f} on 5,000 samples around the row",)
    assert not one.additive


def test_lime_finds_the_columns_that_a_known_model_uses() -> None:
    class Known:
        classes_ = (0, 1)
        feature_names_in_ = ("amount", "city", "noise")

        def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
            event = 0.4 * (rows["city"] == "Rome") + 0.4 * (rows["amount"].fillna(0) > 0)
            return np.column_stack([1 - event, event])

    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {"amount": rng.normal(size=400), "city": rng.choice(["Oslo", "Rome"], 400), "noise": rng.normal(size=400)}
    )
    rows.loc[::5, "amount"] = np.nan
    row = pd.DataFrame({"amount": [1.5], "city": ["Rome"], "noise": [0.0]})
    one = explain(Known(), row, rows, method="lime")[0]
    assert one.values["city"] > 0.3
    assert one.values["amount"] > 0.2
    assert abs(one.values["noise"]) < 0.05


def test_a_coded_table_is_decoded_to_the_models_own_dtypes(fit: Fit, rows_of: Rows) -> None:
    frame = subject_of(fit("lightgbm")).prepared(rows_of("lightgbm"))
    coding = Coding.of(frame)
    row = frame.iloc[[5]]
    back = coding.decode(coding.encode(frame), row)
    assert (back.dtypes == frame.dtypes).all()
    assert back["channel"].tolist() == pytest.approx(frame["channel"].tolist(), nan_ok=True)
    assert (back["age"].isna().to_numpy() == frame["age"].isna().to_numpy()).all()
    assert back["amount"].tolist() == frame["amount"].tolist()
    assert back.iloc[5].equals(frame.iloc[5].rename(5))


def test_codes_have_no_holes_and_names_for_every_level(fit: Fit, rows_of: Rows) -> None:
    frame = subject_of(fit("lightgbm")).prepared(rows_of("lightgbm"))
    coding = Coding.of(frame)
    codes = coding.encode(frame)
    assert np.isfinite(codes).all()
    for place, names in coding.names.items():
        assert codes[:, place].max() < len(names)
    assert coding.names[1][-1] == "missing"


def test_lime_without_rows_to_vary_within_is_refused(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    with pytest.raises(Unsupported, match="lime varies a row within background rows, and found 1; add more"):
        explain(fit("forest"), rows.iloc[:1], rows.iloc[:1], method="lime")


def test_cells_become_json_scalars() -> None:
    row = pd.Series(
        {"a": np.int64(3), "b": np.nan, "c": pd.NA, "d": pd.Timestamp("2026-01-02"), "e": np.True_, "f": "x"},
        dtype=object,
    )
    assert scalars(row) == {"a": 3, "b": None, "c": None, "d": "2026-01-02 00:00:00", "e": True, "f": "x"}
