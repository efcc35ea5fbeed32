"""Contributions for many rows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import attribute, subject_of
from explainers.explanation import UNITS

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]
WAYS = {
    "forest": "walk",
    "pipeline of forest": "walk",
    "histogram, categories": "walk",
    "boosting, 3 classes": "walk",
    "lightgbm": "shap",
    "xgboost": "shap",
    "catboost": "shap",
    "pipeline of logistic": "linear",
    "pipeline of net": "stand-in",
    "neighbours": "stand-in",
    "onnx net": "stand-in",
}


@pytest.mark.parametrize(("name", "method"), WAYS.items())
def test_each_kind_goes_the_cheapest_exact_way(name: str, method: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name)
    found = attribute(fit(name), rows.iloc[10:110], rows, class_index=1, seed=0)
    assert found.method == method
    assert found.unit in UNITS
    assert list(found.values.index) == list(range(10, 110))
    assert list(found.values.columns) == list(subject_of(fit(name)).columns)
    assert np.isfinite(found.values.to_numpy()).all()
    assert found.notes


@pytest.mark.parametrize("name", ["forest", "pipeline of forest", "tree"])
def test_a_walks_sums_are_probabilities(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name)
    found = attribute(fit(name), rows, rows.iloc[:0])
    own = subject_of(fit(name)).predict_proba(rows)[:, 1]
    assert found.base + found.values.sum(axis=1).to_numpy() == pytest.approx(own, abs=1e-9)


def test_the_stand_in_says_how_faithful_it_is_and_is_seeded(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of net")
    once, twice = (attribute(fit("pipeline of net"), rows.iloc[:50], rows, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(once.values, twice.values)
    assert "stand-in for the model's log-odds: R2 0." in once.notes[0]
    assert "rows that it didn't learn from" in once.notes[0]


def test_no_rows_give_no_contributions(fit: Fit, rows_of: Rows) -> None:
    for name in ("forest", "lightgbm", "pipeline of logistic", "pipeline of net"):
        rows = rows_of(name)
        assert attribute(fit(name), rows.iloc[:0], rows).values.shape == (0, len(subject_of(fit(name)).columns))


def test_the_callers_rows_stay_as_they_are(model: Any, table: pd.DataFrame) -> None:
    before = table.copy(deep=True)
    attribute(model, table.iloc[:20], table)
    pd.testing.assert_frame_equal(table, before)


class _Stored:
    """Stored scores, as a subject that reads one column."""

    estimator = None
    family = "scores"
    classes = (0, 1)
    columns = ("score",)

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[["score"]]

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        return np.column_stack([1 - rows["score"], rows["score"]])


def test_stored_scores_are_explained_by_the_other_columns() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"amount": rng.normal(size=400), "city": rng.choice(["Oslo", "Rome"], 400)})
    rows["score"] = 1 / (1 + np.exp(-2 * rows["amount"]))
    found = attribute(_Stored(), rows.iloc[:100], rows.iloc[100:])
    assert list(found.values.columns) == ["amount", "city"]
    assert found.values["amount"].abs().mean() > 10 * found.values["city"].abs().mean()
