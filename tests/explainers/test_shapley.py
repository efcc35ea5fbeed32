"""SHAP against Shapley's own formula, summed over every coalition."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Unsupported, explain
from explainers.sampling import shapley_values
from explainers.subject import subject_of

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


def _shapley(worth: Callable[[frozenset[int]], float], columns: int) -> np.ndarray:
    out = np.zeros(columns)
    for j in range(columns):
        others = [c for c in range(columns) if c != j]
        for size in range(columns):
            weight = factorial(size) * factorial(columns - size - 1) / factorial(columns)
            for chosen in map(frozenset, combinations(others, size)):
                out[j] += weight * (worth(chosen | {j}) - worth(chosen))
    return out


def _along_paths(tree: Any, row: np.ndarray, known: frozenset[int], node: int = 0) -> float:
    """The mean of a tree where only some columns are known: training rows weigh the branches of the rest."""
    left, right = tree.children_left[node], tree.children_right[node]
    if left < 0:
        return float(tree.value[node, 0, 1])
    if tree.feature[node] in known:
        return _along_paths(tree, row, known, left if row[tree.feature[node]] <= tree.threshold[node] else right)
    share = tree.weighted_n_node_samples[left] / tree.weighted_n_node_samples[node]
    return share * _along_paths(tree, row, known, left) + (1 - share) * _along_paths(tree, row, known, right)


@pytest.mark.parametrize("name", ["tree", "forest"])
def test_tree_shap_is_shapleys_formula_along_the_paths(name: str, fit: Fit, rows_of: Rows) -> None:
    model, rows = fit(name), rows_of(name).iloc[:2]
    members = [m.tree_ for m in getattr(model, "estimators_", [model])]
    for one, row in zip(explain(model, rows, rows.iloc[:0], method="shap"), rows.to_numpy(np.float32), strict=True):

        def worth(known: frozenset[int], row: np.ndarray = row) -> float:
            return float(np.mean([_along_paths(t, row, known) for t in members]))

        assert list(one.values.values()) == pytest.approx(_shapley(worth, 4), abs=1e-6)
        assert one.base == pytest.approx(worth(frozenset()), abs=1e-6)


def test_exchanging_columns_is_shapleys_formula_over_the_background(fit: Fit, rows_of: Rows) -> None:
    rows, background = rows_of("neighbours").iloc[[4]], rows_of("neighbours").iloc[100:120]
    subject = subject_of(fit("neighbours"))

    def worth(known: frozenset[int]) -> float:
        mixed = background.copy()
        for j in known:
            mixed.iloc[:, j] = rows.iloc[0, j]
        return float(subject.predict_proba(mixed)[:, 1].mean())

    one = explain(fit("neighbours"), rows, background, method="shap")[0]
    assert list(one.values.values()) == pytest.approx(_shapley(worth, 4), abs=1e-9)
    assert one.notes == (
        "SHAP by exchanging columns with 20 background rows in every combination: exact for these rows",
    )


def _wide(columns: int) -> tuple[pd.DataFrame, Callable[[pd.DataFrame], np.ndarray]]:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(40, columns)), columns=[f"c{i}" for i in range(columns)])
    return rows, lambda table: (table["c0"] * table["c1"] + table["c2"]).to_numpy()


def test_sampling_adds_up_and_its_error_bar_covers_the_truth() -> None:
    rows, score = _wide(12)
    few, few_score = rows[["c0", "c1", "c2"]], score
    truth = shapley_values(few_score, few.iloc[[0]], few.iloc[1:], seed=5)
    found = shapley_values(score, rows.iloc[[0]], rows.iloc[1:], seed=5)
    assert found.base + found.values.sum() == pytest.approx(score(rows.iloc[[0]])[0], abs=1e-9)
    assert np.abs(found.values[:3] - truth.values).max() <= 4 * found.error + 1e-9
    assert found.values[3:] == pytest.approx(np.zeros(9), abs=1e-12)
    assert truth.error == 0.0


def test_sampling_is_seeded() -> None:
    rows, score = _wide(12)
    one, same, other = (shapley_values(score, rows.iloc[[0]], rows.iloc[1:], seed=s).values for s in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).any()


def test_wide_models_say_their_sampling_error() -> None:
    from sklearn.neighbors import KNeighborsClassifier

    rows, score = _wide(12)
    model = KNeighborsClassifier().fit(rows, score(rows) > 0)
    one = explain(model, rows.iloc[:1], rows.iloc[1:], method="shap")[0]
    assert "in 23 orders and their reverses; standard error at most" in one.notes[0]
    assert 0 < one.quality["standard_error"] <= 0.05 * max(map(abs, one.values.values()))


def test_a_raw_score_that_is_no_log_odds_is_called_a_margin(rows_of: Rows) -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    rows = rows_of("forest")
    model = GradientBoostingClassifier(loss="exponential", n_estimators=5).fit(rows, rows["amount"] > 20)
    one = explain(model, rows.iloc[:1], rows, method="shap")[0]
    assert one.unit == "margin"
    assert one.base + sum(one.values.values()) == pytest.approx(model.decision_function(rows.iloc[:1])[0], abs=1e-6)


def test_no_background_is_refused_where_it_is_needed(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("neighbours")
    with pytest.raises(Unsupported, match="needs background rows"):
        explain(fit("neighbours"), rows.iloc[:1], rows.iloc[:0], method="shap")


def test_one_background_row_is_enough(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("neighbours")
    one = explain(fit("neighbours"), rows.iloc[:1], rows.iloc[1:2], method="shap")[0]
    assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-9)


def test_ten_thousand_columns_are_sampled_within_the_budget() -> None:
    from explainers import sampling

    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 10_000)), columns=[f"c{i}" for i in range(10_000)])
    assert sampling._afforded(10_000) == (1, 2)
    assert sampling._afforded(30) == (50, 10)
    asked: list[int] = []

    def score(table: pd.DataFrame) -> np.ndarray:
        asked.append(table.size)
        return table["c1"].to_numpy() + 2.0 * table["c2"].to_numpy()

    own = rows.iloc[[0]].assign(**dict.fromkeys(rows.columns[20:], 0.0))
    found = shapley_values(score, own, rows.iloc[1:].assign(**dict.fromkeys(rows.columns[20:], 0.0)), seed=1)
    assert (found.values[20:] == 0).all()  # what no background row holds otherwise
    assert found.base + found.values.sum() == pytest.approx(score(own)[0], abs=1e-9)
    assert max(asked) <= sampling.CHUNK


def test_a_column_that_the_background_shares_gets_exactly_nothing() -> None:
    rows, score = _wide(12)
    rows["c5"] = 3.0
    found = shapley_values(lambda t: score(t) + np.sin(t.to_numpy()).sum(axis=1), rows.iloc[[0]], rows.iloc[1:], seed=0)
    assert found.values[5] == 0.0
    assert np.abs(found.values).min(initial=1, where=np.arange(12) != 5) > 0
