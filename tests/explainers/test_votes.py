"""Votes and near thresholds, held against the model's own trees and the model asked at the moved value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Unsupported, subject_of
from explainers.answer import answers
from explainers.thresholds import near_thresholds
from explainers.votes import votes

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


@pytest.mark.parametrize(("name", "truth"), [("forest", 1), ("forest", 0), ("extra trees, 3 classes", 2)])
def test_a_forests_wrong_votes_are_counted_as_its_trees_cast_them(
    name: str, truth: int, fit: Fit, rows_of: Rows
) -> None:
    for i in range(8):
        row = rows_of(name).iloc[[i]]
        cast = np.array([t.predict_proba(row.to_numpy())[0] for t in fit(name).estimators_])
        found = votes(fit(name), row, truth_index=truth, count=4)
        wrong = np.delete(cast, truth, axis=1).max(axis=1) >= cast[:, truth]
        assert (found.trees, found.wrong) == (15, wrong.sum())
        assert found.answers == pytest.approx(cast[:, truth] / 15)
        assert [p.leaf for p in found.paths] == pytest.approx(np.sort(cast[wrong, truth])[:4])


@pytest.mark.parametrize("name", ["lightgbm", "xgboost, 3 classes", "boosting"])
def test_a_booster_trees_vote_wrong_where_they_push_the_truth_down(name: str, fit: Fit, rows_of: Rows) -> None:
    for truth in (0, 1):
        found = votes(fit(name), rows_of(name).iloc[[3]], truth_index=truth, count=50)
        pushed = [p.leaf - p.splits[0].before if p.splits else 0.0 for p in found.paths]
        assert len(pushed) == found.wrong
        assert all(p < 0 for p in pushed)
        assert pushed == sorted(pushed)


def test_votes_refuse_what_they_cannot_count(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    with pytest.raises(Unsupported, match="2 rows were given"):
        votes(fit("forest"), rows.iloc[:2], truth_index=1)
    with pytest.raises(Unsupported, match="there is no class number 2"):
        votes(fit("forest"), rows.iloc[:1], truth_index=2)
    with pytest.raises(Unsupported, match="the walk follows trees"):
        votes(fit("neighbours"), rows.iloc[:1], truth_index=1)


@pytest.mark.parametrize(
    "name", ["forest", "pipeline of forest", "histogram, categories", "lightgbm", "xgboost, numbers"]
)
def test_the_score_at_a_threshold_is_the_models_own_at_the_moved_value(name: str, fit: Fit, rows_of: Rows) -> None:
    row = rows_of(name).iloc[[3]]
    found = near_thresholds(fit(name), row, class_index=1)
    assert found
    for one in found:
        moved = row.assign(**{one.column: row[one.column] + one.change})
        own = answers(subject_of(fit(name)), moved, 1, one.unit)[0]
        assert own == pytest.approx(one.score, abs=1e-5)
        assert one.trees > 0


def test_the_trees_that_change_are_those_of_the_forest(fit: Fit, rows_of: Rows) -> None:
    row = rows_of("forest").iloc[[5]]
    for one in near_thresholds(fit("forest"), row, class_index=1, each=3):
        moved = row.assign(**{one.column: row[one.column] + one.change})
        before, after = ([t.predict_proba(r.to_numpy())[0, 1] for t in fit("forest").estimators_] for r in (row, moved))
        assert one.trees == sum(a != b for a, b in zip(before, after, strict=True))
        assert (one.change > 0) == (one.threshold >= one.value)


def test_whole_numbers_move_by_whole_numbers_and_missing_ones_not_at_all(rows_of: Rows) -> None:
    from sklearn.ensemble import RandomForestClassifier

    rows = rows_of("forest").assign(age=rows_of("forest")["age"].round().astype(int))
    rows.loc[rows.index[0], "speed"] = np.nan
    model = RandomForestClassifier(10, max_depth=5, random_state=0).fit(rows, rows["age"] > 45)
    found = near_thresholds(model, rows.iloc[[0]], class_index=1)
    assert "speed" not in {f.column for f in found}
    assert all(f.change == int(f.change) for f in found if f.column == "age")
    assert any(f.column == "age" for f in found)
