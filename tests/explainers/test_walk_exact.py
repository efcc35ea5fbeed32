"""The walk on public data and on every kind of stored tree: against treeinterpreter and the libraries' answers."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from explainers import Unsupported, compiled, explain, subject_of
from explainers.answer import answers
from explainers.forests import asked
from explainers.forests.asked import own_answers
from explainers.forests.read import forest_of
from explainers.forests.scores import contributions, forest_scores, leaves_of, ready
from explainers.walk import door_of
from sample_data import investigation_path
from tests.explainers.zoo import CATEGORIES, NUMBERS, full_table, holed_table, three_classes, two_classes

PUBLIC = {"breast cancer": load_breast_cancer, "wine": load_wine, "digits": load_digits}


@cache
def _public(name: str) -> tuple[pd.DataFrame, np.ndarray]:
    found = PUBLIC[name](as_frame=True)
    return found.data.assign(constant=1.0), found.target.to_numpy()


def _own(model: Any, rows: pd.DataFrame, class_index: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return the walked scores, the model's own, the contributions and the base."""
    door = door_of(model)
    forest = forest_of(door.model, class_index)
    matrix = ready(forest, door.matrix(rows))
    own = answers(door.subject, rows, class_index, forest.unit)
    return forest_scores(forest, matrix), own, door.fold(contributions(forest, matrix)).to_numpy(), forest.base


def _is_exact(model: Any, rows: pd.DataFrame, tolerance: float = 1e-9) -> None:
    for class_index in range(len(subject_of(model).classes)):
        walked, own, values, base = _own(model, rows, class_index)
        assert walked == pytest.approx(own, abs=tolerance)
        assert base + values.sum(axis=1) == pytest.approx(own, abs=tolerance)


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
def test_a_forest_is_walked_as_treeinterpreter_walks_it(name: str, kind: type) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it compares versions with distutils
        reference = pytest.importorskip("treeinterpreter.treeinterpreter")
        rows, y = _public(name)
        model = kind(20, random_state=0).fit(rows, y)
        asked = rows.iloc[::9].iloc[:40]
        _, bias, found = reference.predict(model, asked.to_numpy())
    for class_index in range(len(model.classes_)):
        _, _, values, base = _own(model, asked, class_index)
        assert base == pytest.approx(bias[0, class_index], abs=1e-9)
        assert np.abs(values - found[:, :, class_index]).max() < 1e-9
        assert not values[:, -1].any()


def _lightgbm(y: np.ndarray, rows: pd.DataFrame, **how: Any) -> Any:
    return lightgbm.LGBMClassifier(n_estimators=15, verbose=-1, min_child_samples=3, **how).fit(rows, y)


def _zeros() -> pd.DataFrame:
    rows = full_table()[NUMBERS]
    rows["amount"] = rows["amount"].where(np.arange(len(rows)) % 3 > 0, 0.0).mask(np.arange(len(rows)) % 7 == 0)
    return rows.assign(speed=rows["speed"].where(rows["speed"].abs() > 0.3, 1e-36), age=(rows["age"] - 40).round())


@pytest.mark.parametrize("target", [two_classes, three_classes])
@pytest.mark.parametrize(
    "how",
    [
        {"zero_as_missing": True},
        {"use_missing": False},
        {"boosting_type": "dart"},
        {"boosting_type": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
    ],
    ids=str,
)
def test_every_way_of_lightgbm_is_walked_exactly(how: dict[str, Any], target: Callable[[], np.ndarray]) -> None:
    _is_exact(_lightgbm(target(), _zeros(), **how), _zeros())


def test_a_zero_that_counts_as_missing_says_so_in_the_path() -> None:
    model = _lightgbm(two_classes(), _zeros(), zero_as_missing=True)
    row = _zeros().iloc[[9]].assign(amount=0.0)
    splits = [s for p in explain(model, row, row, method="walk")[0].paths for s in p.splits if s.column == "amount"]
    assert {s.op for s in splits} == {"is missing"}
    assert {s.value for s in splits} == {0.0}


@pytest.mark.parametrize("target", [two_classes, three_classes])
@pytest.mark.parametrize(
    "how", [{"booster": "dart", "rate_drop": 0.3}, {"num_parallel_tree": 3, "subsample": 0.5}], ids=str
)
@pytest.mark.filterwarnings("ignore:.*is deprecated:UserWarning")
def test_every_way_of_xgboost_is_walked_exactly(how: dict[str, Any], target: Callable[[], np.ndarray]) -> None:
    xgboost = pytest.importorskip("xgboost")
    rows = full_table()[NUMBERS]
    _is_exact(xgboost.XGBClassifier(n_estimators=15, max_depth=4, **how).fit(rows, target()), rows, 1e-5)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"booster": "gblinear"}, "gblinear has none"),
        ({"multi_strategy": "multi_output_tree", "tree_method": "hist"}, "answer all classes at once"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*is deprecated:UserWarning")
def test_what_xgboost_stores_otherwise_is_refused(how: dict[str, Any], why: str) -> None:
    xgboost = pytest.importorskip("xgboost")
    model = xgboost.XGBClassifier(n_estimators=3, **how).fit(full_table()[NUMBERS], three_classes())
    with pytest.raises(Unsupported, match=why):
        explain(model, full_table().iloc[:1], full_table(), method="walk")


def _texts() -> pd.DataFrame:
    rows = holed_table().astype(dict.fromkeys(CATEGORIES, object))
    return rows.assign(**{c: rows[c].where(rows[c].notna(), "nan") for c in CATEGORIES})


def _catboost(y: np.ndarray, **how: Any) -> Any:
    catboost = pytest.importorskip("catboost")
    settings = {"iterations": 12, "depth": 4, "verbose": 0, "allow_writing_files": False, "thread_count": 1, **how}
    return catboost.CatBoostClassifier(**settings).fit(_texts(), y, cat_features=CATEGORIES)


@pytest.mark.parametrize("target", [two_classes, three_classes])
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"grow_policy": "Depthwise"},
        {"grow_policy": "Lossguide", "nan_mode": "Max"},
        {"nan_mode": "Max", "auto_class_weights": "Balanced"},
    ],
    ids=str,
)
def test_every_way_of_catboost_is_walked_exactly(how: dict[str, Any], target: Callable[[], np.ndarray]) -> None:
    model = _catboost(target(), one_hot_max_size=10, **how)
    unlike = _texts().assign(city="Atlantis").mask(np.random.default_rng(0).random((500, 6)) < 0.2)
    unlike[CATEGORIES] = unlike[CATEGORIES].astype(object).where(unlike[CATEGORIES].notna(), "nan")
    _is_exact(model, _texts())
    _is_exact(model, unlike.astype(dict.fromkeys(NUMBERS, float)))


def test_a_catboost_node_weighs_what_its_leaves_weigh() -> None:
    for policy in ("SymmetricTree", "Lossguide"):
        forest = forest_of(_catboost(two_classes(), one_hot_max_size=10, grow_policy=policy), 1)
        assert (forest.cover[forest.roots] == 500).all()
        inner = np.flatnonzero(forest.left != np.arange(len(forest.left)))
        assert (forest.cover[inner] == forest.cover[forest.left[inner]] + forest.cover[forest.right[inner]]).all()


def test_catboosts_categories_are_named_where_the_row_has_them_and_by_their_hash_elsewhere() -> None:
    model = _catboost(two_classes(), one_hot_max_size=10)
    found = [
        s for one in explain(model, _texts().iloc[:20], _texts(), method="walk") for p in one.paths for s in p.splits
    ]
    asked = [s for s in found if s.column in CATEGORIES]
    assert {s.op for s in asked} == {"in", "not in"}
    assert all(s.threshold == [s.value] for s in asked if s.op == "in")
    assert all(str(s.threshold[0]).startswith("category ") for s in asked if s.op == "not in")


def test_catboosts_counted_categories_are_refused_with_the_way_out() -> None:
    with pytest.raises(Unsupported, match="train it with one_hot_max_size above"):
        explain(_catboost(two_classes()), _texts().iloc[:1], _texts(), method="walk")


def test_a_catboost_model_trained_again_in_place_is_read_again() -> None:
    model = _catboost(two_classes(), one_hot_max_size=10)
    before = forest_of(model, 1)
    assert forest_of(model, 1) is before
    model.fit(_texts().iloc[:300], two_classes()[:300], cat_features=CATEGORIES)
    assert forest_of(model, 1) is not before
    _is_exact(model, _texts())


@pytest.mark.parametrize("name", ["forest", "histogram, categories", "lightgbm", "xgboost, 3 classes"])
def test_compiled_leaves_are_those_of_one_row_at_a_time_in_any_batch(
    name: str, fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    door = door_of(fit(name))
    forest = forest_of(door.model, 1)
    matrix = ready(forest, door.matrix(rows_of(name)))
    leaves, scores, values = leaves_of(forest, matrix), forest_scores(forest, matrix), contributions(forest, matrix)
    monkeypatch.setattr("explainers.compiled.processors", lambda: 3)
    monkeypatch.setattr("explainers.forests.scores.STEPS", 1)
    for found, again in ((leaves, leaves_of), (scores, forest_scores), (values, contributions)):
        assert np.array_equal(found, again(forest, matrix))
        assert np.array_equal(found[[7]], again(forest, matrix[[7]]))


def test_a_split_shows_the_classes_in_its_node(
    fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame]
) -> None:
    one = explain(
        fit("extra trees, 3 classes"), rows_of("forest").iloc[:1], rows_of("forest"), method="walk", class_index=2
    )
    for path in one[0].paths:
        assert all(sum(s.mix.values()) == pytest.approx(1) for s in path.splits if s.mix)
        assert [s.mix["2"] for s in path.splits if s.mix] == [s.after for s in path.splits]
        assert set(path.splits[0].mix or {}) == {"0", "1", "2"}
    boosted = explain(fit("lightgbm"), rows_of("lightgbm").iloc[:1], rows_of("lightgbm"), method="walk")[0]
    assert all(s.mix is None for p in boosted.paths for s in p.splits)


def test_a_forest_asked_tree_by_tree_answers_what_it_answers_itself(
    fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame]
) -> None:
    rows = rows_of("forest").iloc[:30]
    found = explain(fit("forest"), rows, rows, method="walk")
    assert [e.score for e in found] == fit("forest").predict_proba(rows)[:, 1].tolist()


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
def test_a_forest_asked_over_threads_answers_what_it_answers_itself(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "STEPS", 100)
    monkeypatch.setattr(compiled, "processors", lambda: 3)
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(501, 4)), columns=list("abcd"))
    rows["b"] = (rows["b"] * 1e9).astype(np.int64)
    model = kind(17, random_state=0).fit(rows, np.arange(501) % 3)
    assert own_answers(door_of(model), rows, 2, "probability").tolist() == model.predict_proba(rows)[:, 2].tolist()
    rows.loc[7, "c"] = np.nan  # these the forest checks itself: trees of either kind may have learned none missing
    assert own_answers(door_of(model), rows, 0, "probability").tolist() == model.predict_proba(rows)[:, 0].tolist()
    rows.loc[7, "c"] = np.inf
    with pytest.raises(ValueError, match="'c' holds an infinite value"):
        own_answers(door_of(model), rows, 0, "probability")


def test_a_forest_that_answers_in_its_own_way_is_asked_itself(rows_of: Callable[[str], pd.DataFrame]) -> None:
    class Bent(RandomForestClassifier):
        def predict_proba(self, X: Any) -> np.ndarray:
            return super().predict_proba(X) ** 2

    rows = rows_of("forest")
    with pytest.raises(Unsupported, match="miss the model's own score"):
        explain(Bent(5, max_depth=3, random_state=0).fit(rows, two_classes()), rows.iloc[:2], rows, method="walk")


def test_the_shipped_boosters_categories_and_missing_values_are_walked_exactly() -> None:
    folder = investigation_path().parent
    booster = lightgbm.Booster(model_file=folder / "candidate.txt")
    rows = pd.read_parquet(folder / "incident.parquet").iloc[:2000]
    assert subject_of(booster).prepared(rows).isna().any(axis=None)
    assert forest_of(booster, 1).goes_left.size
    _is_exact(booster, rows)
