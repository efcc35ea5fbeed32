"""Tables that pandas and the libraries read in ways of their own: holes, objects, short floats, no rows at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from time import perf_counter
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from explainers import Explanation, Unsupported, explain, subject_of
from explainers.agreement import agree
from explainers.dtypes import UnfitColumn, taken
from explainers.flips import flips
from explainers.knock_out import KnockOut, knock_out
from explainers.neighbours import neighbours
from explainers.thresholds import _change, near_thresholds

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


class TellsNoneFromNan:
    """A model for which None is a word and NaN is none: so do encoders that learned one of the two."""

    classes_ = np.array([0, 1])
    feature_names_in_ = np.array(["word", "amount"])

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        event = np.array([0.9 if word is None else 0.2 for word in rows["word"]]) * (0.5 + rows["amount"] / 20)
        return np.column_stack([1 - event, event])


@pytest.fixture
def worded() -> pd.DataFrame:
    return pd.DataFrame({"word": pd.Series([None, "a", "b", "a", None] * 4, dtype=object), "amount": np.arange(20.0)})


def _values(found: list[Explanation]) -> np.ndarray:
    return np.array([[one.base, one.score, *one.values.values()] for one in found])


@pytest.mark.parametrize("column", [["a", None], [1.5, np.nan], [True, False]])
def test_values_are_taken_in_their_own_dtype(column: list[Any]) -> None:
    series = pd.Series(column, dtype=object)
    found = taken(series, np.array([1, 0, 1]))
    assert found.dtype == object
    assert found.tolist()[1] == column[0]
    assert found.iloc[0] is column[1]


def test_a_none_stays_a_none_in_mixed_rows(worded: pd.DataFrame) -> None:
    model = TellsNoneFromNan()
    own = model.predict_proba(worded)[0, 1]
    assert explain(model, worded.iloc[[0]], worded.iloc[5:], method="lime")[0].score == pytest.approx(own, abs=1e-12)
    swaps = [model.predict_proba(worded.iloc[[0]].assign(word=[w]))[0, 1] for w in worded["word"].iloc[5:]]
    for reference in (worded.iloc[5:], worded.iloc[5:][["word", "amount"]].astype({"amount": object})):
        shares = explain(model, worded.iloc[[0]], reference, method="shap")[0]
        assert shares.base + sum(shares.values.values()) == pytest.approx(own, abs=1e-12)
    measured = knock_out(model, worded.iloc[[0]], worded.iloc[5:])
    assert measured.changes["word"] == pytest.approx(own - np.mean(swaps), abs=1e-12)


def test_a_flip_to_none_is_confirmed_with_a_none(worded: pd.DataFrame) -> None:
    model = TellsNoneFromNan()
    found = flips(model, worded.iloc[[18]], worded.iloc[:15])
    assert ("word", None) in [(c.column, c.after) for flip in found.flips for c in flip.changes]


def test_a_hole_elsewhere_changes_no_local_model() -> None:
    random = np.random.default_rng(0)
    rows = pd.DataFrame({"is_new": pd.array(random.random(80) > 0.5, dtype="boolean"), "amount": random.random(80)})
    model = lightgbm.LGBMClassifier(n_estimators=5, min_child_samples=5, verbose=-1, n_jobs=1)
    model.fit(rows.astype("float64"), rows["is_new"].astype(int))
    rows.loc[[1, 30], "is_new"] = pd.NA
    both = explain(model, rows.iloc[:2], rows.iloc[20:], method="lime")
    alone = explain(model, rows.iloc[:1], rows.iloc[20:], method="lime")
    np.testing.assert_array_equal(_values(both)[:1], _values(alone))


def test_short_floats_have_a_local_model() -> None:
    rows = pd.DataFrame({"a": np.arange(20, dtype=np.float16), "b": np.arange(20.0)})
    model = LogisticRegression().fit(rows.to_numpy(float), [0, 1] * 10)
    found = explain(subject_of(model, columns=["a", "b"]), rows.iloc[:1], rows.iloc[1:2], method="lime")
    assert set(found[0].values) == {"a", "b"}


def test_no_rows_have_no_explanations(pair: tuple[str, str], fit: Fit, rows_of: Rows) -> None:
    rows = rows_of(pair[0])
    assert explain(fit(pair[0]), rows.iloc[:0], rows.iloc[:50], method=pair[1]) == []


def test_no_rows_of_a_model_that_is_refused_are_refused(fit: Fit, rows_of: Rows) -> None:
    with pytest.raises(Unsupported, match="isn't linear"):
        explain(fit("tree"), rows_of("tree").iloc[:0], rows_of("tree"), method="linear")


@pytest.mark.parametrize("ask", [lambda m, r, o: explain(m, r, o, method="eli5"), neighbours])
def test_an_infinite_value_is_named_by_all(ask: Callable[..., Any], fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("forest")
    with pytest.raises(UnfitColumn, match="'amount' holds an infinite value"):
        ask(fit("forest"), rows.iloc[[0]].assign(amount=np.inf), rows.iloc[1:50])


def test_training_rows_that_a_net_cannot_take_are_named(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("pipeline of net")
    with pytest.raises(UnfitColumn, match="'amount' holds an infinite value"):
        neighbours(fit("pipeline of net"), rows.iloc[[0]], rows.iloc[1:50].assign(amount=np.inf))


def test_an_infinite_value_has_no_smallest_change(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    with pytest.raises(Unsupported, match="'amount' is infinite, so no change of it has a size"):
        flips(fit("lightgbm"), rows.iloc[[0]].assign(amount=np.inf), rows.iloc[1:50])


def test_names_that_a_library_rewrote_are_told_apart() -> None:
    rows = pd.DataFrame({"mean radius": np.arange(40.0), "b": 1.0})
    model = lightgbm.LGBMClassifier(n_estimators=2, min_child_samples=5, verbose=-1, n_jobs=1).fit(
        rows, np.arange(40) > 19
    )
    with pytest.raises(UnfitColumn, match=r"LightGBM wrote 'mean radius' so: .* subject_of\(model, columns"):
        explain(model, rows, rows, method="walk")
    named = subject_of(model, columns=list(rows.columns))
    assert set(explain(named, rows.iloc[:1], rows, method="walk")[0].values) == {"mean radius", "b"}
    assert near_thresholds(named, rows.iloc[[0]], class_index=1)[0].column == "mean radius"


def test_names_that_are_no_text_are_told() -> None:
    rows = pd.DataFrame({0: np.arange(40.0), 1: 1.0})
    model = lightgbm.LGBMClassifier(n_estimators=2, min_child_samples=5, verbose=-1, n_jobs=1).fit(
        rows, np.arange(40) > 19
    )
    with pytest.raises(UnfitColumn, match="the table names it 0, which is no text: rename its columns by str"):
        explain(model, rows, rows, method="walk")


def test_a_change_is_past_its_limit_after_rounding() -> None:
    random = np.random.default_rng(0)
    values, limits = (random.normal(size=5_000) * 10.0 ** random.integers(-3, 4, 5_000) for _ in range(2))
    pasts = np.nextafter(limits, np.where(limits > values, np.inf, -np.inf))
    for value, past in zip(values.tolist(), pasts.tolist(), strict=True):
        moved = value + _change(value, past)
        assert moved >= past if past > value else moved <= past


def test_ten_thousand_contributions_are_compared_at_once() -> None:
    names, random = [f"c{i}" for i in range(10_000)], np.random.default_rng(0)
    drawn = [dict(zip(names, random.normal(size=len(names)).tolist(), strict=True)) for _ in range(3)]
    told = [
        Explanation("0", 1, m, "probability", 0.0, 1.0, v, additive=True) for m, v in zip("ab", drawn[:2], strict=True)
    ]
    referee = KnockOut("0", 1, "probability", 1.0, drawn[2], dict.fromkeys(names, 0.0), 5, ())
    started = perf_counter()
    assert agree(told, {}, referee).sentences
    assert perf_counter() - started < 5  # it took a minute when each column looked for the largest again


def test_an_infinite_value_is_no_missing_one_on_a_path(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    found = explain(fit("lightgbm"), rows.iloc[[0]].assign(amount=-np.inf), rows, method="walk")[0]
    asked = [split for path in found.paths for split in path.splits if split.column == "amount"]
    assert asked
    assert {(split.value, split.op) for split in asked} == {("-inf", "<=")}
    json.dumps(asdict(found), allow_nan=False)


def test_a_booster_that_another_model_is_read_into_is_asked_anew() -> None:
    rows = pd.DataFrame({"a": np.tile(np.arange(10.0), 10), "b": np.repeat(np.arange(10.0), 10)})
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    one, other = (lightgbm.train(settings, lightgbm.Dataset(rows, rows[c] > 4), 3) for c in "ab")
    assert explain(one, rows.iloc[:1], rows, method="walk")[0].values["b"] == 0
    one.model_from_string(other.model_to_string())
    assert explain(one, rows.iloc[:1], rows, method="walk")[0].values["a"] == 0


def test_flips_asked_in_pieces_are_the_same(monkeypatch: pytest.MonkeyPatch, fit: Fit, rows_of: Rows) -> None:
    model, rows = fit("pipeline of logistic"), rows_of("pipeline of logistic")
    whole = flips(model, rows.iloc[[0]], rows.iloc[1:80])
    monkeypatch.setattr("explainers.changes.sampling.PLACES", 1)
    assert flips(model, rows.iloc[[0]], rows.iloc[1:80]) == whole
