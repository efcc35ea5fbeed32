"""Training rows near a row: against brute force, in every space, with what is refused and what is kept."""

from __future__ import annotations

import gc
import warnings
import weakref
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import explainers.neighbours as module
from explainers import Unsupported
from explainers.embedding import embed
from explainers.neighbours import neighbours

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


@cache
def _cancer() -> tuple[pd.DataFrame, np.ndarray]:
    table = load_breast_cancer(as_frame=True)
    return table.data, table.target.to_numpy()


@cache
def _digits() -> tuple[Any, pd.DataFrame, pd.Series]:
    table = load_digits(as_frame=True)
    rows, labels = table.data, table.target
    net = MLPClassifier((32, 16), max_iter=15, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fifteen rounds don't converge, and needn't
        model = make_pipeline(StandardScaler(), net).fit(rows.iloc[:1200], labels.iloc[:1200])
    return model, rows, labels


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier, GradientBoostingClassifier])
def test_leaves_are_those_of_the_library(kind: Any) -> None:
    rows, labels = _cancer()
    model = kind(n_estimators=20, max_depth=4, random_state=0).fit(rows.iloc[:400], labels[:400])
    found = neighbours(model, rows.iloc[[450]], rows.iloc[:400], count=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # boosting's own trees know no names, and scikit-learn warns of them
        ours, theirs = (model.apply(part).reshape(len(part), -1) for part in (rows.iloc[[450]], rows.iloc[:400]))
    apart = 1 - (theirs == ours).mean(axis=1)
    assert found.distances == pytest.approx(np.sort(apart), abs=1e-12)
    assert found.distances == pytest.approx(apart[found.rows.index], abs=1e-12)
    assert (found.space, found.searched) == ("leaf co-occurrence in 20 trees", 400)


def test_digits_near_in_the_hidden_layer_share_their_label() -> None:
    model, rows, labels = _digits()
    shares = []
    for i in range(1200, 1240):
        found = neighbours(model, rows.iloc[[i]], rows.iloc[:1200], count=10)
        shares.append((labels.iloc[found.rows.index] == labels.iloc[i]).mean())
    assert np.mean(shares) > 0.7  # by chance 0.1
    assert found.space == "hidden layer 'hidden 2' (16 wide)"
    near = embed(model, rows.iloc[:1200]) - embed(model, rows.iloc[[1239]])
    assert found.distances == pytest.approx(np.sort(np.linalg.norm(near, axis=1))[:10], abs=1e-9)


def test_another_layer_can_be_asked() -> None:
    model, rows, _ = _digits()
    found = neighbours(model, rows.iloc[[1300]], rows.iloc[:1200], count=5, layer="hidden 1")
    near = embed(model, rows, layer="hidden 1")
    assert found.space == "hidden layer 'hidden 1' (32 wide)"
    apart = np.linalg.norm(near[:1200] - near[1300], axis=1)
    assert list(found.rows.index) == list(np.argsort(apart, kind="stable")[:5])
    with pytest.raises(Unsupported, match="no layer 'hidden 9'; its layers are 'hidden 1', 'hidden 2'"):
        neighbours(model, rows.iloc[[1300]], rows, layer="hidden 9")


def test_a_linear_models_contributions_are_its_standardized_terms() -> None:
    rows, labels = _cancer()
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, labels)
    found = neighbours(model, rows.iloc[[500]], rows.iloc[:400], count=5)
    scaled = StandardScaler().fit(rows.iloc[:400]).transform(rows)  # a coefficient divides out, but for its sign
    apart = np.linalg.norm(scaled[:400] - scaled[500], axis=1)
    assert found.space == "standardized contributions"
    assert found.distances == pytest.approx(np.sort(apart)[:5], abs=1e-6)


SPACES = {
    "tree": "leaf co-occurrence in 1 trees",
    "histogram, categories": "leaf co-occurrence in 10 trees",
    "pipeline of forest": "leaf co-occurrence in 15 trees",
    "lightgbm": "leaf co-occurrence in 10 trees",
    "xgboost, 3 classes": "leaf co-occurrence in 10 trees",
    "catboost": "leaf co-occurrence in 10 trees",
    "pipeline of net": "hidden layer 'hidden 1' (8 wide)",
    "pipeline of logistic, 3 classes": "standardized contributions",
    "neighbours": "standardized contributions",
}


@pytest.mark.parametrize(("name", "space"), SPACES.items())
def test_each_kind_of_model_has_its_own_space(name: str, space: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name).assign(label=range(500))
    row, training = rows.iloc[[7]], rows.iloc[50:]
    before, one = training.copy(deep=True), row.copy(deep=True)
    found = neighbours(fit(name), row, training, count=12)
    assert found.space == space
    assert (len(found.rows), len(found.distances), found.searched) == (12, 12, 450)
    assert (np.diff(found.distances) >= 0).all()
    pd.testing.assert_frame_equal(found.rows, training.loc[found.rows.index])
    pd.testing.assert_frame_equal(training, before)
    pd.testing.assert_frame_equal(row, one)


@pytest.mark.parametrize("name", ["forest", "catboost", "lightgbm", "neighbours", "onnx net"])
def test_contributions_can_be_asked_of_any_model(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name)
    copied = pd.concat([rows, rows.iloc[[7]].set_axis([1000])])
    found = neighbours(fit(name), rows.iloc[[7]], copied, count=500, space="contributions", seed=1)
    apart = dict(zip(found.rows.index, found.distances, strict=True))
    assert apart[1000] == pytest.approx(0, abs=1e-6)
    assert found.distances[-1] > 1
    assert "contributions" in found.notes[0]


def test_the_row_itself_is_left_out_and_its_twin_is_not(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of forest")
    found = neighbours(fit("pipeline of forest"), rows.iloc[[12]], rows, count=500)
    assert (12 in found.rows.index, found.searched) == (False, 499)
    assert "the row itself is a training row, and left out" in found.notes
    twin = rows.iloc[[12]].set_axis([3])
    found = neighbours(fit("pipeline of forest"), twin, rows, count=500)
    assert {3, 12} <= set(found.rows.index)
    assert found.distances[list(found.rows.index).index(12)] == 0


def _with_vectors() -> pd.DataFrame:
    model, rows, labels = _digits()
    return rows.assign(vector=list(embed(model, rows)), label=labels)


def test_a_column_of_vectors_is_a_space() -> None:
    model, rows, _ = _digits()
    table = _with_vectors()
    given = neighbours(model, table.iloc[[1300]], table.iloc[:1200], vector="vector")
    own = neighbours(model, rows.iloc[[1300]], rows.iloc[:1200])
    assert list(given.rows.index) == list(own.rows.index)
    assert given.distances == pytest.approx(own.distances)
    assert (given.space, given.notes) == ("the column 'vector'", ())


def test_rows_without_a_vector_are_skipped_and_counted() -> None:
    model, *_ = _digits()
    table = _with_vectors().iloc[:300]
    cells = table["vector"].tolist()
    cells[2], cells[5], cells[9] = None, np.nan, np.full(16, np.nan)
    holed = table.assign(vector=pd.Series(cells, index=table.index, dtype=object))
    found = neighbours(model, holed.iloc[[0]], holed, count=400, vector="vector")
    assert found.searched == len(found.rows) == 296
    assert "3 of 300 training rows have no place in the column 'vector'" in found.notes
    with pytest.raises(Unsupported, match="the row has no place in the column 'vector'"):
        neighbours(model, holed.iloc[[2]], holed, vector="vector")


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ([None, None], "none of the 2 training rows has a place in the column 'vector'"),
        ([[1.0, 2.0], [1.0]], r"have 2 lengths \(1, 2\)"),
        (["[1, 2]", "[3, 4]"], "holds str, such as"),
        ([["a"], ["b"]], "something else than numbers"),
        ([[[1.0]], [[2.0]]], r"shape \(1, 1\); a flat list"),
        ([[1.0], [2.0]], "the row has 2 values in the column 'vector', the training rows have 1"),
    ],
)
def test_vectors_that_are_none_are_refused(cells: list[Any], text: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    training = rows.iloc[:2].assign(vector=pd.Series(cells, dtype=object))
    row = rows.iloc[[9]].assign(vector=pd.Series([[1.0, 2.0]], index=[9]))
    with pytest.raises(Unsupported, match=text):
        neighbours(fit("forest"), row, training, vector="vector")


def test_a_space_that_does_not_suit_is_refused_with_the_reason(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    refused = {
        "layer": "has no hidden layer",
        "embedding": "needs the name of the column",
        "sky": "no space 'sky'; the spaces are leaves, layer, contributions, embedding",
    }
    for space, text in refused.items():
        with pytest.raises(Unsupported, match=text):
            neighbours(fit("forest"), rows.iloc[[0]], rows, space=space)  # type: ignore[arg-type]
    with pytest.raises(Unsupported, match="no column 'vector'"):
        neighbours(fit("forest"), rows.iloc[[0]], rows, vector="vector")
    with pytest.raises(Unsupported, match="can't be compared by the leaves"):
        neighbours(fit("neighbours"), rows.iloc[[0]], rows, space="leaves")
    with pytest.raises(Unsupported, match="no training rows"):
        neighbours(fit("forest"), rows.iloc[[0]], rows.iloc[:0])
    with pytest.raises(Unsupported, match="those of one row"):
        neighbours(fit("forest"), rows.iloc[:2], rows)


@pytest.mark.parametrize("name", ["forest", "pipeline of net", "pipeline of logistic", "neighbours"])
def test_a_training_frame_of_one_row(name: str, fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(name)
    found = neighbours(fit(name), rows.iloc[[0]], rows.iloc[[5]])
    assert (list(found.rows.index), found.searched) == ([5], 1)
    alone = neighbours(fit(name), rows.iloc[[5]], rows.iloc[[5]])
    assert (len(alone.rows), len(alone.distances), alone.searched) == (0, 0, 0)


def test_a_large_frame_is_sampled_and_said_so(fit: Fit, rows_of: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(module.MOST, "leaves", 100)
    rows = rows_of("forest")
    once, twice, other = (neighbours(fit("forest"), rows.iloc[[0]], rows.iloc[1:], seed=s) for s in (1, 1, 2))
    assert (once.searched, once.notes) == (100, ("nearest of 100 of 499 training rows",))
    pd.testing.assert_frame_equal(once.rows, twice.rows)
    assert list(once.rows.index) != list(other.rows.index)


def test_the_training_side_is_made_once_and_goes_with_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    own = module._side
    monkeypatch.setattr(module, "_side", lambda *asked: made.append(1) or own(*asked))
    rows, labels = _cancer()
    model, training = RandomForestClassifier(5, random_state=0).fit(rows, labels), rows.iloc[:300]
    first = neighbours(model, rows.iloc[[310]], training)
    neighbours(model, rows.iloc[[311]], training)
    assert len(made) == 1
    neighbours(model, rows.iloc[[311]], rows.iloc[:300])
    assert len(made) == 2
    model.fit(rows.iloc[:100], labels[:100])
    again = neighbours(model, rows.iloc[[310]], training)
    assert len(made) == 3
    assert not np.array_equal(first.rows.index, again.rows.index)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None
