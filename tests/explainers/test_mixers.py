"""Principal components: linear models exactly, in raw columns; forests by squared loadings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA, FastICA, IncrementalPCA, KernelPCA, TruncatedSVD
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, PowerTransformer, StandardScaler
from sklearn.random_projection import GaussianRandomProjection

from explainers import EXPLAINERS, explain, subject_of
from explainers.columns import raw_columns, trace
from explainers.mixers import loadings
from explainers.opened import opened

Rows = Callable[[str], pd.DataFrame]
CANCER = load_breast_cancer(as_frame=True)
ROWS, TRUTH = CANCER.data, CANCER.target
MIXING = {
    "PCA": lambda: PCA(5),
    "whitened": lambda: PCA(5, whiten=True),
    "IncrementalPCA": lambda: IncrementalPCA(4),
    "TruncatedSVD": lambda: TruncatedSVD(3, random_state=0),
    "FastICA": lambda: FastICA(3, random_state=0),
    "projection": lambda: GaussianRandomProjection(6, random_state=0),
    "twice": lambda: make_pipeline(PCA(8), StandardScaler(), PCA(3)),
    "selected": lambda: make_pipeline(PCA(8), SelectKBest(k=4), MaxAbsScaler()),
    "beside": lambda: make_union(PCA(2), StandardScaler()),
    "weighed": lambda: make_union(PCA(2), StandardScaler()).set_params(transformer_weights={"pca": 2.5}),
    "as frames": lambda: PCA(3).set_output(transform="pandas"),
    "all of one branch": lambda: make_column_transformer(
        (PCA(2), list(ROWS.columns[:7])), ("drop", [ROWS.columns[8]]), remainder=MaxAbsScaler()
    ),
}


def _model(mixer: Any, last: Any) -> Any:
    scaled = StandardScaler().set_output(transform="pandas")
    return make_pipeline(scaled, mixer, last).fit(ROWS, TRUTH)


def _one_at_a_time(model: Any, row: pd.DataFrame, background: pd.DataFrame) -> dict[str, float]:
    """Return what each column of the row adds to a score that is linear, by putting it into every background row."""
    usual = model.decision_function(background).mean()
    moved = {c: background.assign(**{c: row[c].iloc[0]}) for c in background.columns}
    return {c: float(model.decision_function(frame).mean() - usual) for c, frame in moved.items()}


@pytest.mark.parametrize("name", MIXING)
def test_a_linear_models_terms_behind_components_are_exact_in_raw_columns(name: str) -> None:
    model = _model(MIXING[name](), LogisticRegression(max_iter=500))
    row, background = ROWS.iloc[[7]], ROWS.iloc[100:140]
    for method in ("linear", "shap"):
        one = explain(model, row, background, method=method)[0]
        assert one.values == pytest.approx(_one_at_a_time(model, row, background), abs=1e-9)
        assert one.base == pytest.approx(model.decision_function(background).mean())
        assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-9)
        assert one.quality == {}


def test_without_a_background_terms_are_measured_from_zero_and_add_up() -> None:
    model = _model(PCA(5), LogisticRegression(max_iter=500))
    found = explain(model, ROWS.iloc[:3], ROWS.iloc[:0], method="linear")
    assert len({one.base for one in found}) == 1
    for one in found:
        assert one.base + sum(one.values.values()) == pytest.approx(one.score, abs=1e-9)


def test_categories_beside_components_keep_their_terms(fit: Callable[[str], Any], rows_of: Rows) -> None:
    name = "pipeline of components and logistic"
    row, background = rows_of(name).iloc[[6]], rows_of(name).iloc[100:130].reset_index(drop=True)
    one = explain(fit(name), row, background, method="linear")[0]
    assert one.values == pytest.approx(_one_at_a_time(fit(name), row, background), abs=1e-9)
    assert one.values["age"] != 0  # missing, imputed, scaled, mixed


def test_categories_can_be_mixed_too(rows_of: Rows) -> None:
    rows = rows_of("neighbours").assign(city=rows_of("lightgbm")["city"].astype(str))
    coder = make_column_transformer((OneHotEncoder(), ["city"]), remainder=StandardScaler())
    model = make_pipeline(coder, TruncatedSVD(4, random_state=0), LogisticRegression()).fit(rows, rows["age"] > 40)
    one = explain(model, rows.iloc[[3]], rows.iloc[100:130], method="linear")[0]
    assert one.values == pytest.approx(_one_at_a_time(model, rows.iloc[[3]], rows.iloc[100:130]), abs=1e-9)


def test_a_component_is_shared_by_squared_loadings() -> None:
    mixer = PCA(2).fit(ROWS)
    found = trace([mixer], raw_columns(list(ROWS.columns)))
    assert found[0].raw == "pca0 of mean radius, mean texture, mean perimeter, ..."
    for column, row in zip(found, mixer.components_, strict=True):
        shares = {source.raw: share for source, share in column.sources}
        assert sum(shares.values()) == pytest.approx(1)
        assert shares == pytest.approx(dict(zip(ROWS.columns, row**2, strict=True)))


@pytest.mark.parametrize("name", ["PCA", "whitened", "IncrementalPCA", "TruncatedSVD", "FastICA", "projection"])
def test_loadings_are_what_the_step_computes(name: str) -> None:
    mixer = MIXING[name]().fit(ROWS)
    moved = mixer.transform(ROWS.iloc[1:4]) - mixer.transform(ROWS.iloc[:3])
    by_hand = (ROWS.iloc[1:4].to_numpy() - ROWS.iloc[:3].to_numpy()) @ loadings(mixer).T
    assert by_hand == pytest.approx(moved, abs=1e-6)
    shares = [sum(s for _, s in c.sources) for c in trace([mixer], raw_columns(list(ROWS.columns)))]
    assert shares == pytest.approx([1] * len(shares))


def test_a_forest_behind_components_adds_up_in_raw_columns_and_says_how() -> None:
    model = _model(make_pipeline(PCA(6), PCA(3)), RandomForestClassifier(10, max_depth=4, random_state=0))
    one = explain(model, ROWS.iloc[[5]], ROWS, method="walk")[0]
    assert set(one.values) == set(ROWS.columns)
    assert one.base + sum(one.values.values()) == pytest.approx(model.predict_proba(ROWS.iloc[[5]])[0, 1])
    assert "contributions of PCA's components are given to columns by squared loadings" in one.notes
    assert one.paths[0].splits[0].column.startswith("pca")
    encoded = np.arange(3.0)[None, :]
    shares = opened(subject_of(model)).fold(encoded).to_numpy()[0]
    weights = np.array([[s for _, s in _by_raw(c)] for c in subject_of(model).encoded])
    assert shares == pytest.approx(encoded[0] @ weights)


def _by_raw(column: Any) -> list[tuple[str, float]]:
    found = dict.fromkeys(ROWS.columns, 0.0)
    for source, share in column.sources:
        found[source.raw] += share
    return list(found.items())


def test_shap_behind_components_asks_the_model_with_raw_columns() -> None:
    rows = ROWS.iloc[:, :6]
    forest = RandomForestClassifier(5, max_depth=3, random_state=0)
    model = make_pipeline(StandardScaler(), PCA(2), forest).fit(rows, TRUTH)
    one = explain(model, rows.iloc[[5]], rows.iloc[100:120], method="shap")[0]
    assert any("can't tell the columns apart that the pipeline mixes (pca0 of" in note for note in one.notes)
    assert one.base + sum(one.values.values()) == pytest.approx(one.score)


def test_what_bends_components_is_refused_by_name() -> None:
    bent = _model(make_pipeline(PCA(2), PowerTransformer()), LogisticRegression())
    assert "PowerTransformer bends columns that are mixed" in str(EXPLAINERS["linear"].refusal(bent))
    other = _model(KernelPCA(2), LogisticRegression())
    assert "KernelPCA mixes 30 columns" in str(EXPLAINERS["linear"].refusal(other))
