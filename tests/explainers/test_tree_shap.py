"""TreeSHAP against shap.TreeExplainer and against Shapley's own formula over every coalition of raw columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Unsupported, explain, subject_of
from explainers.answer import answers
from explainers.forests.arrays import Forest
from explainers.forests.read import forest_of
from explainers.forests.scores import ready
from explainers.tree_shap import against, along_paths
from explainers.walk import door_of

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]
FORESTS = (
    "tree",
    "forest",
    "extra trees, 3 classes",
    "boosting",
    "boosting, 3 classes",
    "histogram, categories",
    "histogram, 3 classes",
    "pipeline of histogram",
    "pipeline of forest",
    "lightgbm",
    "lightgbm, 3 classes",
    "xgboost",
    "xgboost, 3 classes",
    "xgboost, numbers",
    "catboost, numbers",
)


@cache
def _public(name: str) -> tuple[pd.DataFrame, np.ndarray]:
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")(as_frame=True)
    return found.data.rename(columns=lambda name: name.replace(" ", "_")), found.target.to_numpy()


def _lightgbm() -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_estimators=15, num_leaves=15, verbose=-1)


def _xgboost() -> Any:
    return pytest.importorskip("xgboost").XGBClassifier(n_estimators=15, max_depth=5)


def _sklearn(kind: str, **settings: Any) -> Callable[[], Any]:
    def make() -> Any:
        from sklearn import ensemble, tree

        return getattr(ensemble, kind, getattr(tree, kind, None))(random_state=0, **settings)

    return make


KINDS: dict[str, tuple[Callable[[], Any], str, float]] = {
    "decision tree, cancer": (_sklearn("DecisionTreeClassifier"), "breast_cancer", 1e-6),
    "forest, cancer": (_sklearn("RandomForestClassifier", n_estimators=10), "breast_cancer", 1e-6),
    "extra trees, wine": (_sklearn("ExtraTreesClassifier", n_estimators=10), "wine", 1e-6),
    "forest, digits": (_sklearn("RandomForestClassifier", n_estimators=5, max_depth=9), "digits", 1e-6),
    "boosting, cancer": (_sklearn("GradientBoostingClassifier", n_estimators=15), "breast_cancer", 1e-6),
    "histogram, cancer": (_sklearn("HistGradientBoostingClassifier", max_iter=10), "breast_cancer", 1e-6),
    "lightgbm, cancer": (_lightgbm, "breast_cancer", 1e-6),
    "lightgbm, wine": (_lightgbm, "wine", 1e-6),
    "xgboost, cancer": (_xgboost, "breast_cancer", 1e-4),
}


@cache
def _fitted(kind: str) -> tuple[Any, pd.DataFrame]:
    make, name, _ = KINDS[kind]
    rows, truth = _public(name)
    return make().fit(rows, truth), rows


def _of_class(found: Any, class_index: int) -> np.ndarray:
    if isinstance(found, list):
        return np.asarray(found[class_index])
    return found[:, :, class_index] if np.ndim(found) == 3 else found


@pytest.mark.filterwarnings("ignore:LightGBM binary classifier")  # shap's, on the shape of what it answers
@pytest.mark.parametrize("kind", KINDS)
def test_along_paths_is_shaps_tree_explainer(kind: str) -> None:
    import shap

    model, rows = _fitted(kind)
    asked = rows.iloc[::60]
    theirs = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    ours = along_paths(subject_of(model), asked, 1)
    assert ours.values == pytest.approx(_of_class(theirs.shap_values(asked), 1), abs=KINDS[kind][2])
    expected = np.ravel(theirs.expected_value)
    assert ours.base == pytest.approx(expected[min(1, len(expected) - 1)], abs=KINDS[kind][2])


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "histogram, cancer"])  # shap's own sums miss the score there
def test_against_a_background_is_shaps_interventional_tree_explainer(kind: str) -> None:
    import shap

    model, rows = _fitted(kind)
    rows = rows.astype(np.float32).astype(np.float64)  # scikit-learn's trees compare such values, shap others
    asked, background = rows.iloc[::60], rows.iloc[5::20]
    theirs = shap.TreeExplainer(model, background, feature_perturbation="interventional", model_output="raw")
    found = _of_class(theirs.shap_values(asked, check_additivity=False), 1)
    assert against(subject_of(model), asked, background, 1).values == pytest.approx(found, abs=KINDS[kind][2])


def _coalitions(columns: int) -> list[frozenset[int]]:
    return [frozenset(s) for size in range(columns + 1) for s in combinations(range(columns), size)]


def _shapley(worths: dict[frozenset[int], float], columns: int) -> np.ndarray:
    out = np.zeros(columns)
    for j in range(columns):
        for s in _coalitions(columns):
            if j not in s:
                weight = factorial(len(s)) * factorial(columns - len(s) - 1) / factorial(columns)
                out[j] += weight * (worths[s | {j}] - worths[s])
    return out


def _worths(subject: Any, row: pd.DataFrame, background: pd.DataFrame, unit: Any) -> dict[frozenset[int], float]:
    """The model's own mean score where the columns of a coalition are the row's and the others the background's."""
    known = _coalitions(len(subject.columns))
    mixed = pd.concat([background] * len(known), ignore_index=True)
    for j, name in enumerate(subject.columns):
        places = np.repeat([j in s for s in known], len(background))
        own = row[name].iloc[np.zeros(len(mixed), dtype=int)].set_axis(mixed.index)
        mixed[name] = own.where(places, mixed[name])
    scores = answers(subject, mixed, 1, unit).reshape(len(known), -1).mean(axis=1)
    return dict(zip(known, scores.tolist(), strict=True))


def _walked(forest: Forest, row: np.ndarray, known: frozenset[int], raw: list[int], node: int) -> float:
    """The mean of a tree where some raw columns are known, by cover: written anew, one node at a time."""
    here = np.array([node])
    if forest.is_leaf(here)[0]:
        return float(forest.value[node])
    left, right = int(forest.left[node]), int(forest.right[node])
    column = int(forest.feature[node])
    if raw[column] in known:
        return _walked(forest, row, known, raw, int(forest.step(row[[column]], here)[0]))
    both = forest.cover[left] + forest.cover[right]
    share = forest.cover[left] / both if both else 0.5  # CatBoost keeps nodes that no row reached
    ways = [_walked(forest, row, known, raw, child) for child in (left, right)]
    return float(share * ways[0] + (1 - share) * ways[1])


@pytest.mark.parametrize("name", FORESTS)
def test_along_paths_is_shapleys_formula_over_raw_columns(name: str, fit: Fit, rows_of: Rows) -> None:
    door, rows = door_of(fit(name)), rows_of(name).iloc[54:56]
    forest, columns = forest_of(door.model, 1), list(door.subject.columns)
    raw = [columns.index(c.raw) for c in door.encoded]
    found = along_paths(door.subject, rows, 1)
    for i, row in enumerate(ready(forest, door.matrix(rows))):
        worths = {
            known: forest.offset
            + forest.weight * sum(_walked(forest, row, known, raw, int(root)) for root in forest.roots)
            for known in _coalitions(len(columns))
        }
        assert found.values[i] == pytest.approx(_shapley(worths, len(columns)), abs=1e-6)
        assert found.base == pytest.approx(worths[frozenset()], abs=1e-6)


@pytest.mark.parametrize("name", FORESTS)
def test_against_a_background_is_shapleys_formula_over_raw_columns(name: str, fit: Fit, rows_of: Rows) -> None:
    subject, rows = subject_of(fit(name)), rows_of(name)
    asked, background = rows.iloc[54:56], rows.iloc[100:120]
    found = against(subject, asked, background, 1)
    tolerance = 1e-5 if "xgb" in name else 1e-6
    for i in range(len(asked)):
        worths = _worths(subject, asked.iloc[[i]], background, found.unit)
        assert found.values[i] == pytest.approx(_shapley(worths, len(subject.columns)), abs=tolerance)
        assert found.base == pytest.approx(worths[frozenset()], abs=tolerance)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reference", ["background", "paths"])
def test_values_add_up_for_every_class(kind: str, reference: str) -> None:
    model, rows = _fitted(kind)
    for k in range(len(model.classes_)):
        for one in explain(model, rows.iloc[::90], rows.iloc[1::9], method="shap", class_index=k, reference=reference):
            assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=KINDS[kind][2])


@pytest.mark.parametrize("name", FORESTS)
@pytest.mark.parametrize("reference", ["background", "paths"])
def test_batches_and_the_order_of_columns_change_nothing(name: str, reference: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name)
    many = explain(fit(name), rows, rows, method="shap", reference=reference)
    turned = rows[list(rows.columns[::-1])].iloc[[3]]
    alone = explain(fit(name), turned, rows[turned.columns], method="shap", reference=reference)[0]
    assert alone.values == pytest.approx(many[3].values, abs=1e-12)
    assert all(one.values["constant"] == 0 for one in many)


def test_the_background_used_is_said(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    few, many = (explain(fit("forest"), rows.iloc[:1], rows.iloc[:n], method="shap")[0] for n in (40, 400))
    assert few.notes == ("exact TreeSHAP: a column that isn't known takes the values of 40 background rows",)
    assert many.notes == ("exact TreeSHAP: a column that isn't known takes the values of 100 of 400 background rows",)
    own = fit("forest").predict_proba(rows.iloc[:40])[:, 1].mean()
    assert few.base == pytest.approx(own, abs=1e-9)


def test_without_a_background_values_run_along_the_paths(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    default = explain(fit("forest"), rows.iloc[:1], rows.iloc[:0], method="shap")[0]
    asked = explain(fit("forest"), rows.iloc[:1], rows, method="shap", reference="paths")[0]
    assert default.values == asked.values
    assert "along the trees' paths" in default.notes[0]


def test_a_reference_that_there_is_not_is_refused(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("neighbours")
    with pytest.raises(Unsupported, match="has no paths"):
        explain(fit("neighbours"), rows.iloc[:1], rows, method="shap", reference="paths")
    with pytest.raises(Unsupported, match="needs rows of it, and there are none"):
        explain(fit("forest"), rows.iloc[:1], rows.iloc[:0], method="shap", reference="background")


@pytest.mark.parametrize(
    ("name", "unit"), [("forest", "log-odds"), ("boosting", "probability"), ("xgboost", "probability")]
)
def test_another_unit_is_shapleys_value_of_that_unit(name: str, unit: str, fit: Fit, rows_of: Rows) -> None:
    subject, rows = subject_of(fit(name)), rows_of(name)
    asked, background = rows.iloc[[54]], rows.iloc[100:120]
    one = explain(fit(name), asked, background, method="shap", unit=unit)[0]

    found = [one.values[c] for c in subject.columns]
    worths = _worths(subject, asked, background, unit)
    assert found == pytest.approx(_shapley(worths, len(found)), abs=1e-5)
    assert one.unit == unit
    assert "rescaled, it would be nobody's Shapley value" in one.notes[1]


def test_concurrent_questions_get_the_answers_of_one(fit: Fit, rows_of: Rows) -> None:
    from concurrent.futures import ThreadPoolExecutor

    subject, rows = subject_of(fit("lightgbm")), rows_of("lightgbm")
    alone = along_paths(subject, rows, 1).values
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: along_paths(subject, rows, 1).values, range(8)))
    assert all((one == alone).all() for one in found)
