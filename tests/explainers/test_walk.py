"""The walk against a recursion that knows nothing of stacked arrays, and its paths."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from explainers import explain
from explainers.explanation import Explanation, TreePath
from explainers.walk import PATHS, door_of

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


def _walk(model: Any, rows: pd.DataFrame, class_index: int = 1) -> list[Explanation]:
    return explain(model, rows, rows.iloc[:0], method="walk", class_index=class_index)


def _by_recursion(model: RandomForestClassifier, row: np.ndarray, class_index: int) -> tuple[float, np.ndarray]:
    values = np.zeros(len(row))
    base = 0.0
    for member in model.estimators_:
        tree = member.tree_
        share = tree.value[:, 0, class_index]
        base += share[0] / len(model.estimators_)

        def down(node: int, tree: Any = tree, share: np.ndarray = share) -> None:
            if tree.children_left[node] < 0:
                return
            goes_left = row[tree.feature[node]] <= tree.threshold[node]
            child = (tree.children_left if goes_left else tree.children_right)[node]
            values[tree.feature[node]] += (share[child] - share[node]) / len(model.estimators_)
            down(child)

        down(0)
    return base, values


@pytest.mark.parametrize(("name", "class_index"), [("forest", 1), ("extra trees, 3 classes", 2)])
def test_a_forest_is_walked_as_by_hand(name: str, class_index: int, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name).iloc[:20]
    for one, row in zip(_walk(fit(name), rows, class_index), rows.to_numpy(dtype=np.float32), strict=True):
        base, values = _by_recursion(fit(name), row, class_index)
        assert one.base == pytest.approx(base, abs=1e-12)
        assert list(one.values.values()) == pytest.approx(values, abs=1e-12)


def test_a_boosters_base_is_what_its_own_contributions_start_from(fit: Fit, rows_of: Rows) -> None:
    for name in ("lightgbm", "xgboost"):
        rows = rows_of(name).iloc[:3]
        walked = _walk(fit(name), rows)[0]
        own = explain(fit(name), rows, rows, method="shap", reference="paths")[0]
        assert walked.base == pytest.approx(own.base, abs=1e-4)


def test_paths_lead_from_split_to_split_to_the_leaf(walked_name: str, fit: Fit, rows_of: Rows) -> None:
    for path in _walk(fit(walked_name), rows_of(walked_name).iloc[:3])[0].paths:
        steps = path.splits
        assert all(a.after == b.before for a, b in pairwise(steps))
        assert not steps or steps[-1].after == path.leaf
        assert {s.column for s in steps} <= {c.raw for c in door_of(fit(walked_name)).encoded}


def _holds(path: TreePath) -> bool:
    asked = {
        "<=": lambda v, t: v <= t,
        ">": lambda v, t: v > t,
        "<": lambda v, t: v < t,
        ">=": lambda v, t: v >= t,
        "in": lambda v, t: v in t,
        "not in": lambda v, t: v not in t,
        "=": lambda v, t: v == t,
        "is missing": lambda v, _: v is None,
        "is present": lambda v, _: v is not None,
    }
    return all(asked[s.op](s.value, s.threshold) for s in path.splits)


@pytest.mark.parametrize("name", ["forest", "boosting", "histogram, categories", "pipeline of histogram", "lightgbm"])
def test_what_a_split_says_is_true_of_the_row(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name).iloc[:30]
    assert all(_holds(path) for one in _walk(fit(name), rows) for path in one.paths)


def test_a_split_behind_encoders_is_true_of_the_raw_row(fit: Fit, rows_of: Rows) -> None:
    name = "pipeline of forest"
    rows = rows_of(name).dropna().iloc[:30]  # a filled-in value stands on a side that a missing one can't show
    found = _walk(fit(name), rows)
    assert all(_holds(path) for one in found for path in one.paths)
    assert {"=", "not in", "<=", ">"} <= {s.op for one in found for path in one.paths for s in path.splits}


def test_a_small_forest_shows_all_of_its_paths_and_a_large_one_says_how_many(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest").iloc[:1]
    one = _walk(fit("forest"), rows)[0]
    assert len(one.paths) == PATHS
    assert one.notes == ("paths of the 10 of 15 trees that moved the score most",)
    assert len(_walk(fit("tree"), rows)[0].paths) == 1
    assert one.paths[0].weight == pytest.approx(1 / 15)


def test_the_paths_shown_are_of_the_trees_that_moved_most(fit: Fit, rows_of: Rows) -> None:
    one = _walk(fit("forest"), rows_of("forest").iloc[:1])[0]
    moved = [abs(p.leaf - p.splits[0].before) for p in one.paths]
    assert moved == sorted(moved, reverse=True)


def test_missing_values_take_the_learned_branch_and_say_so(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("histogram, categories").iloc[[0]]
    assert rows["age"].isna().all()
    ops = {s.op for p in _walk(fit("histogram, categories"), rows)[0].paths for s in p.splits if s.column == "age"}
    assert ops == {"is missing"}


def test_a_model_fitted_again_in_place_is_read_again(rows_of: Rows) -> None:
    rows = rows_of("forest")
    model = RandomForestClassifier(3, max_depth=2, random_state=0).fit(rows, rows["amount"] > 20)
    before = _walk(model, rows.iloc[:1])[0]
    model.fit(rows, rows["speed"] > 0)
    after = _walk(model, rows.iloc[:1])[0]
    assert before.values["speed"] == pytest.approx(0, abs=0.1)
    assert abs(after.values["speed"]) > 0.1


def test_many_categories_keep_their_side() -> None:
    rng = np.random.default_rng(0)
    shops = pd.Categorical([f"s{i}" for i in rng.integers(0, 60, 600)])
    rows = pd.DataFrame({"shop": shops, "x": rng.normal(size=600)})
    truth = (rows["shop"].cat.codes % 3 == 0).to_numpy()
    model = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=4, categorical_features="from_dtype").fit(
        rows, truth
    )
    unseen = pd.DataFrame({"shop": ["nowhere", None, "s3"], "x": [0.1, 0.2, 0.3]})
    for one in (*_walk(model, rows.iloc[:50]), *_walk(model, unseen)):
        assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-9)
