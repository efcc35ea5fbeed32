"""Medoids: central rows, the most central first, none the twin of another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.errors.typical import MOST, typical_rows


def test_the_most_central_row_comes_first_and_twins_are_left_out() -> None:
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(size=(200, 3)), np.zeros((5, 3))])
    rows = pd.DataFrame({"x": np.arange(205)})
    found = typical_rows(points, rows)
    assert len(found) == MOST
    assert found[0] >= 200
    assert (found >= 200).sum() == 1
    chosen = points[found]
    assert np.linalg.norm(chosen - points.mean(axis=0), axis=1).max() < 1.2


def test_points_in_one_place_are_told_apart_by_their_columns() -> None:
    rows = pd.DataFrame({"shop": ["a"] * 20 + ["b"] * 20, "day": [None] * 40})
    found = typical_rows(np.zeros((40, 2)), rows)
    assert sorted(rows["shop"].iloc[found]) == ["a", "b"]


def test_one_row_is_its_own_medoid_and_large_groups_are_thinned() -> None:
    assert typical_rows(np.zeros((1, 2)), pd.DataFrame({"x": [1]})).tolist() == [0]
    points = np.random.default_rng(0).normal(size=(5_000, 2))
    assert len(typical_rows(points, pd.DataFrame({"x": np.arange(5_000)}))) == MOST
