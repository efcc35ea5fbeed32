from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers.changes import trees
from explainers.changes.values import spread_of
from explainers.edited import edited
from explainers.explanation import Unsupported
from explainers.flips import Flips, flips
from explainers.subject import subject_of

TREES = [
    "tree", "forest", "extra trees, 3 classes", "boosting", "boosting, 3 classes", "histogram, categories",
    "histogram, 3 classes", "pipeline of histogram", "pipeline of forest", "lightgbm", "lightgbm, 3 classes", "xgboost",
    "xgboost, 3 classes", "xgboost, numbers",
]  # fmt: skip
OTHERS = ["pipeline of logistic", "logistic", "pipeline of net", "neighbours", "catboost", "onnx net"]


@cache
def small() -> pd.DataFrame:
    """Whole numbers, few enough for every pair of values to be asked; some missing, and a category."""
    rng = np.random.default_rng(3)
    n = 300
    rows = pd.DataFrame(
        {
            "a": rng.integers(0, 12, n).astype(float),
            "b": rng.integers(-4, 9, n),
            "kind": pd.Categorical(rng.choice(["x", "y", "z"], n)),
            "c": rng.integers(0, 7, n).astype(float),
        }
    )
    rows.loc[::11, "c"] = np.nan
    return rows


def answers(classes: int) -> np.ndarray:
    rows = small()
    truth = (rows["a"] + rows["b"] > 8).astype(int) + ((rows["kind"] == "y") & (rows["c"].fillna(5) > 2)).astype(int)
    noise = np.random.default_rng(4).random(len(rows)) < 0.15
    return (np.where(noise, 1 - truth, truth) % classes).astype(int)


def _lightgbm() -> Any:
    import lightgbm

    settings = {"objective": "binary", "verbose": -1, "min_data_in_leaf": 3, "num_leaves": 12, "min_data_per_group": 3}
    return lightgbm.train({**settings, "num_threads": 1}, lightgbm.Dataset(small(), answers(2)), 8)


def _histogram(classes: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=6, min_samples_leaf=3, categorical_features="from_dtype")
    return model.fit(small(), answers(classes))


def _xgboost() -> Any:
    xgboost = pytest.importorskip("xgboost")
    model = xgboost.XGBClassifier(n_estimators=6, max_depth=4, enable_categorical=True, n_jobs=1)
    return model.fit(small(), answers(2))


def _piped(classes: int) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    filled = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    steps = make_column_transformer((filled, ["c", "a"]), (OneHotEncoder(), ["kind"]), remainder="passthrough")
    model = make_pipeline(steps, RandomForestClassifier(10, max_depth=5, random_state=0))
    return model.fit(small(), answers(classes))


SMALL: dict[str, Callable[[], Any]] = {
    "lightgbm": _lightgbm,
    "histogram": lambda: _histogram(2),
    "histogram, 3 classes": lambda: _histogram(3),
    "xgboost": _xgboost,
    "pipeline": lambda: _piped(2),
    "pipeline, 3 classes": lambda: _piped(3),
}


@cache
def small_model(name: str) -> Any:
    return SMALL[name]()


def every_value(column: pd.Series) -> list[Any]:
    """Return each whole number of the range, or each category, and a missing one where one is held."""
    if column.dtype.kind in "if":
        found: list[Any] = list(range(int(column.min()), int(column.max()) + 1))
    else:
        found = list(column.cat.categories)
    return found + ([None] if column.isna().any() else [])


def cost(column: pd.Series, before: Any, after: Any) -> float:
    if column.dtype.kind not in "if" or after is None or pd.isna(before):
        return 1.0
    return abs(after - before) / spread_of(column.dropna().to_numpy(dtype=float))


def side(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    if probabilities.shape[1] > 2:
        return probabilities.argmax(axis=1)
    return probabilities[:, 1] >= threshold


def is_same(one: Any, other: Any) -> bool:
    return one == other or (one is None and pd.isna(other))


def by_brute_force(model: Any, row: pd.DataFrame, threshold: float) -> dict[tuple[str, ...], float]:
    """Return the least size of a flip for each set of columns, by asking the model for every single combination."""
    seen, subject = small(), subject_of(model)
    now = side(subject.predict_proba(row), threshold)[0]
    others = {c: [v for v in every_value(seen[c]) if not is_same(v, row[c].iloc[0])] for c in seen}
    sizes = {c: np.array([cost(seen[c], row[c].iloc[0], v) for v in others[c]]) for c in seen}
    best: dict[tuple[str, ...], float] = {}
    alone = {}
    for c in seen:
        copies = pd.concat([edited(model, row, {c: v}) for v in others[c]])
        alone[c] = side(subject.predict_proba(copies), threshold) != now
        if alone[c].any():
            best[(c,)] = float(sizes[c][alone[c]].min())
    for a, b in combinations(seen.columns, 2):
        one, two = (pd.concat([edited(model, row, {c: v}) for v in others[c]]) for c in (a, b))
        i, j = (x.ravel() for x in np.meshgrid(range(len(one)), range(len(two)), indexing="ij"))
        copies = one.iloc[i].reset_index(drop=True)
        copies[b] = two[b].iloc[j].to_numpy() if seen[b].dtype.kind in "if" else two[b].iloc[j].array
        flipped = (side(subject.predict_proba(copies), threshold) != now) & ~alone[a][i] & ~alone[b][j]
        if flipped.any():
            best[(a, b)] = float((sizes[a][i] + sizes[b][j])[flipped].min())
    return best


def sound(model: Any, row: pd.DataFrame, seen: pd.DataFrame, found: Flips) -> None:
    """Check each flip by the model itself: it flips, none of two changes does alone, values are among those seen."""
    subject = subject_of(model)
    now = side(subject.predict_proba(row), found.threshold)[0]
    for flip in found.flips:
        assert 1 <= len(flip.changes) <= 2
        assert flip.size == pytest.approx(sum(c.size for c in flip.changes))
        new = edited(model, row, {c.column: c.after for c in flip.changes})
        probabilities = subject.predict_proba(new)
        assert side(probabilities, found.threshold)[0] != now
        assert probabilities[0, 1] == pytest.approx(flip.score, abs=1e-6)
        for change in flip.changes:
            within(seen[change.column], change.after)
            if len(flip.changes) == 2:
                alone = subject.predict_proba(edited(model, row, {change.column: change.after}))
                assert side(alone, found.threshold)[0] == now
    assert [f.size for f in found.flips] == sorted(f.size for f in found.flips)
    sets = [tuple(c.column for c in f.changes) for f in found.flips]
    assert len(set(sets)) == len(sets)


def within(column: pd.Series, value: Any) -> None:
    if value is None:
        assert column.isna().any()
    elif column.dtype.kind in "if":
        assert column.min() <= value <= column.max()
    else:
        assert value in set(column.dropna())


@pytest.mark.parametrize("threshold", [0.5, 0.3])
@pytest.mark.parametrize("name", SMALL)
def test_nothing_smaller_is_found_by_asking_for_every_combination(name: str, threshold: float) -> None:
    model, seen = small_model(name), small()
    for i in (0, 5, 11):
        row = seen.iloc[[i]]
        found = flips(model, row, seen, threshold=threshold, count=50)
        assert found.exact, found
        sound(model, row, seen, found)
        mine = {tuple(c.column for c in f.changes): f.size for f in found.flips}
        assert mine == pytest.approx(by_brute_force(model, row, threshold))


@pytest.mark.parametrize("name", TREES)
def test_flips_of_trees_are_sound(name: str, fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame]) -> None:
    model, seen = fit(name), rows_of(name)
    row = seen.iloc[[18]]
    kept = row.copy(deep=True)
    found = flips(model, row, seen)
    assert found.exact
    assert found.flips
    sound(model, row, seen, found)
    pd.testing.assert_frame_equal(row, kept)


@pytest.mark.parametrize("name", OTHERS)
def test_sampled_flips_are_sound_and_say_how_many_were_tried(
    name: str, fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame]
) -> None:
    model, seen = fit(name), rows_of(name)
    row = seen.iloc[[18]]
    found = flips(model, row, seen, count=3)
    assert not found.exact
    assert "combinations" in found.searched
    assert found.flips
    sound(model, row, seen, found)
    assert found == flips(model, row, seen, count=3)


def test_a_continuous_number_goes_just_past_its_threshold() -> None:
    from sklearn.tree import DecisionTreeClassifier

    rng = np.random.default_rng(0)
    seen = pd.DataFrame({"x": rng.normal(size=400), "y": rng.normal(size=400)})
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(seen, (seen["x"] * seen["y"] > 0.1).astype(int))
    for i in range(8):
        row = seen.iloc[[i]]
        found = flips(model, row, seen, count=10)
        sound(model, row, seen, found)
        assert dict(_sizes(found)) == pytest.approx(dict(_by_thresholds(model, row, seen)), abs=2e-6)


def _sizes(found: Flips) -> list[tuple[tuple[str, ...], float]]:
    return [(tuple(c.column for c in f.changes), f.size) for f in found.flips]


def _by_thresholds(model: Any, row: pd.DataFrame, seen: pd.DataFrame) -> list[tuple[tuple[str, ...], float]]:
    """Return least sizes over values a hair to each side of each of the tree's thresholds."""
    now = model.predict_proba(row)[0, 1] >= 0.5
    near = {}
    for k, c in enumerate(seen):
        cuts = model.tree_.threshold[model.tree_.feature == k]
        cuts = np.concatenate([cuts - 1e-7, cuts + 1e-7])
        near[c] = cuts[(cuts > seen[c].min()) & (cuts < seen[c].max())]
    spread = {c: spread_of(seen[c].to_numpy()) for c in seen}
    alone, best = {}, []
    for c in seen:
        copies = pd.concat([row] * len(near[c])).assign(**{c: near[c]})
        alone[c] = (model.predict_proba(copies)[:, 1] >= 0.5) != now
        sizes = np.abs(near[c] - row[c].iloc[0]) / spread[c]
        best += [((c,), float(sizes[alone[c]].min()))] if alone[c].any() else []
    x, y = np.meshgrid(near["x"], near["y"], indexing="ij")
    copies = pd.DataFrame({"x": x.ravel(), "y": y.ravel()})
    flipped = (model.predict_proba(copies)[:, 1] >= 0.5) != now
    flipped &= ~(alone["x"][:, None] | alone["y"][None, :]).ravel()
    sizes = sum(np.abs(copies[c] - row[c].iloc[0]) / spread[c] for c in seen)
    return best + ([(("x", "y"), float(sizes[flipped].min()))] if flipped.any() else [])


def test_breast_cancer_and_another_threshold() -> None:
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier

    data = load_breast_cancer(as_frame=True)
    model = RandomForestClassifier(20, random_state=0).fit(data.data[:400], data.target[:400])
    doubted = np.argsort(np.abs(model.predict_proba(data.data[400:])[:, 1] - 0.5))[:3] + 400
    for i in doubted:
        row = data.data.iloc[[i]]
        for threshold in (0.5, 0.35):
            found = flips(model, row, data.data[:400], threshold=threshold)
            assert found.exact
            assert found.flips
            sound(model, row, data.data[:400], found)


def test_the_incidents_models_flip_within_what_was_seen(request: pytest.FixtureRequest) -> None:
    import lightgbm

    folder = request.config.rootpath / "sample_data"
    model = lightgbm.Booster(model_file=folder / "candidate.txt")
    seen = pd.read_parquet(folder / "training.parquet").head(1_000)
    rows = pd.read_parquet(folder / "incident.parquet")
    scores = subject_of(model).predict_proba(rows)[:, 1]
    for i in np.argsort(np.abs(scores - 0.3))[:3]:
        found = flips(model, rows.iloc[[i]], seen, threshold=0.3)
        assert found.exact
        assert found.flips
        sound(model, rows.iloc[[i]], seen, found)


def test_a_locked_column_never_changes() -> None:
    model, seen = small_model("lightgbm"), small()
    row = seen.iloc[[5]]
    free = flips(model, row, seen, count=50)
    locked = flips(model, row, seen, count=50, locked=["b"])
    assert "b" in {c.column for f in free.flips for c in f.changes}
    assert "b" not in {c.column for f in locked.flips for c in f.changes}
    assert [f for f in free.flips if "b" not in {c.column for c in f.changes}] == list(locked.flips)


def test_everything_locked_is_an_empty_answer() -> None:
    found = flips(small_model("lightgbm"), small().iloc[[0]], small(), locked=list(small()))
    assert found.flips == ()
    assert found.notes == ("no change of one or two of the 0 unlocked columns flips it",)


def test_a_threshold_out_of_reach_is_said() -> None:
    found = flips(small_model("lightgbm"), small().iloc[[0]], small(), threshold=0.9999)
    assert found.flips == ()
    assert found.exact
    assert found.notes == ("no change of one or two of the 4 unlocked columns flips it",)


def test_whole_numbers_stay_whole() -> None:
    model, seen = small_model("pipeline"), small()
    found = flips(model, seen.iloc[[2]], seen, count=50)
    changed = [c for f in found.flips for c in f.changes if c.column == "b"]
    assert changed
    assert all(type(c.after) is int and type(c.before) is int for c in changed)
    others = [c.after for f in found.flips for c in f.changes if c.column == "a"]
    assert others == [round(v) for v in others]


def test_cents_stay_cents() -> None:
    from sklearn.tree import DecisionTreeClassifier

    seen = pd.DataFrame({"price": np.round(np.linspace(1, 9, 97), 2)})
    model = DecisionTreeClassifier(max_depth=1).fit(seen, (seen["price"] > 5).astype(int))
    change = flips(model, seen.iloc[[0]], seen).flips[0].changes[0]
    assert change.after == round(change.after, 2)
    less = seen.iloc[[0]].assign(price=round(change.after - 0.01, 2))
    assert (model.predict_proba(less)[0, 1] >= 0.5) == (model.predict_proba(seen.iloc[[0]])[0, 1] >= 0.5)


def test_a_missing_value_is_filled_in_and_taken_away_only_where_that_was_seen() -> None:
    model, seen = small_model("lightgbm"), small()
    holed = seen[seen["c"].isna()]
    filled = [
        c
        for i in range(len(holed))
        for f in flips(model, holed.iloc[[i]], seen, count=50).flips
        for c in f.changes
        if c.column == "c"
    ]
    assert filled
    assert all(c.before is None and c.after is not None and c.size == 1 for c in filled)
    whole = seen.dropna()
    for i in (1, 2, 3):
        found = flips(model, whole.iloc[[i]], whole, count=50)
        assert all(c.after is not None for f in found.flips for c in f.changes)


def test_values_seen_bound_the_search() -> None:
    model, row = small_model("lightgbm"), small().iloc[[5]]
    few = small()[(small()["a"] <= 6) & (small()["kind"] != "y")]
    found = flips(model, row, few, count=50)
    sound(model, row, few.assign(kind=few["kind"].cat.remove_unused_categories()), found)
    same = pd.concat([row] * 3)
    assert flips(model, row, same).flips == ()


def test_one_class_asked_for_is_the_other_turned_around() -> None:
    model, seen = small_model("histogram"), small()
    one, zero = (flips(model, seen.iloc[[7]], seen, class_index=k) for k in (1, 0))
    assert [f.changes for f in one.flips] == [f.changes for f in zero.flips]
    assert [f.score for f in one.flips] == pytest.approx([1 - f.score for f in zero.flips])


def test_one_column_alone() -> None:
    from sklearn.ensemble import RandomForestClassifier

    seen = small()[["a"]]
    model = RandomForestClassifier(8, random_state=0).fit(seen, (seen["a"] > 4).astype(int))
    found = flips(model, seen.iloc[[0]], seen)
    assert found.exact
    assert [len(f.changes) for f in found.flips] == [1]


def test_trees_whose_sums_are_not_the_models_answer_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "TOLERANCE", -1.0)
    found = flips(small_model("lightgbm"), small().iloc[[5]], small())
    assert not found.exact
    assert "miss the model's own answer" in found.notes[0]
    sound(small_model("lightgbm"), small().iloc[[5]], small(), found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"threshold": 1.0}, "crosses one between 0 and 1"),
        ({"class_index": 2}, "there is no class number 2"),
        ({"locked": ["nobody"]}, "the locked column 'nobody'"),
    ],
)
def test_refusals(change: dict[str, Any], says: str) -> None:
    with pytest.raises(Unsupported, match=says):
        flips(small_model("lightgbm"), small().iloc[[0]], small(), **change)


def test_several_rows_and_no_rows_are_refused() -> None:
    with pytest.raises(Unsupported, match="one row is changed at a time"):
        flips(small_model("lightgbm"), small().iloc[:2], small())
    with pytest.raises(Unsupported, match="no rows whose values"):
        flips(small_model("lightgbm"), small().iloc[[0]], small().iloc[:0])
