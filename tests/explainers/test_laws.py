"""What every method keeps on every model that it accepts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Explanation, explain, subject_of

EXACT = ("walk", "shap", "linear")


@pytest.fixture
def model_name(pair: tuple[str, str]) -> str:
    return pair[0]


@pytest.fixture
def accepted(pair: tuple[str, str]) -> str:
    return pair[1]


def _ask(model: Any, table: pd.DataFrame, method: str, count: int = 2, class_index: int = 1) -> list[Explanation]:
    return explain(model, table.iloc[:count], table.iloc[50:], method=method, class_index=class_index, seed=3)


@pytest.fixture(scope="session")
def asked() -> dict[tuple[str, str], list[Explanation]]:
    """Return what was explained already, by model and method: each pair is asked once for all laws."""
    return {}


@pytest.fixture
def explanations(
    model_name: str, model: Any, table: pd.DataFrame, accepted: str, asked: dict[tuple[str, str], list[Explanation]]
) -> list[Explanation]:
    if (model_name, accepted) not in asked:
        asked[model_name, accepted] = _ask(model, table, accepted)
    return asked[model_name, accepted]


def _tolerance(name: str) -> float:
    return 1e-4 if "xgboost" in name or "onnx" in name else 1e-6


def _own_score(model: Any, rows: pd.DataFrame, unit: str) -> np.ndarray:
    probabilities = subject_of(model).predict_proba(rows)
    if unit == "probability":
        return probabilities[:, 1]
    if unit == "log-odds":
        return np.log(probabilities[:, 1] / probabilities[:, 0])
    return np.log(probabilities[:, 1])


def test_contributions_add_up_to_the_score(explanations: list[Explanation], model_name: str) -> None:
    for one in explanations:
        gap = abs(one.base + sum(one.values.values()) - one.score)
        assert gap <= _tolerance(model_name) if one.additive else one.method == "lime"


def test_the_score_is_the_models_own(
    explanations: list[Explanation], model: Any, table: pd.DataFrame, model_name: str
) -> None:
    unit = explanations[0].unit
    scores = np.array([e.score for e in explanations])
    if unit == "margin" and hasattr(model, "decision_function"):
        margins = model.decision_function(table.iloc[:2])
        assert scores == pytest.approx(margins if margins.ndim == 1 else margins[:, 1], abs=1e-6)
        return
    own = _own_score(model, table.iloc[:2], unit)
    if unit == "margin":  # margins are log-probabilities up to a constant of the row: classes are compared
        other = [e.score for e in _ask(model, table, explanations[0].method, 2, class_index=0)]
        scores = scores - np.array(other)
        own = own - np.log(subject_of(model).predict_proba(table.iloc[:2])[:, 0])
    assert scores == pytest.approx(own, abs=_tolerance(model_name))


def test_every_raw_column_has_a_value_and_no_other(explanations: list[Explanation], table: pd.DataFrame) -> None:
    assert [set(e.values) for e in explanations] == [set(table.columns)] * 2
    assert all(isinstance(v, float) and np.isfinite(v) for e in explanations for v in e.values.values())


def test_rows_and_class_are_named(explanations: list[Explanation], model: Any) -> None:
    assert [e.row for e in explanations] == ["0", "1"]
    assert {e.class_ for e in explanations} == {subject_of(model).classes[1]}


def test_a_constant_column_gets_nothing(explanations: list[Explanation]) -> None:
    if explanations[0].method in EXACT:
        assert [e.values["constant"] for e in explanations] == pytest.approx([0, 0], abs=1e-12)


def test_the_callers_frames_stay_as_they_are(model: Any, table: pd.DataFrame, accepted: str) -> None:
    before = table.copy(deep=True)
    _ask(model, table, accepted, 1)
    pd.testing.assert_frame_equal(table, before)


def test_the_order_of_columns_and_a_second_time_change_nothing(
    explanations: list[Explanation], model: Any, table: pd.DataFrame, accepted: str
) -> None:
    turned = table[list(table.columns[::-1])]
    again = _ask(model, turned, accepted, 1)[0]
    assert again.values == pytest.approx(explanations[0].values, abs=1e-12)
    assert (again.base, again.score) == pytest.approx((explanations[0].base, explanations[0].score))


def test_a_row_alone_is_explained_as_among_others(
    explanations: list[Explanation], model: Any, table: pd.DataFrame, accepted: str
) -> None:
    alone = explain(model, table.iloc[[1]], table.iloc[50:], method=accepted, seed=3)[0]
    assert alone.values == pytest.approx(explanations[1].values, abs=1e-6)


def test_two_classes_mirror_each_other(model: Any, table: pd.DataFrame, accepted: str) -> None:
    if len(subject_of(model).classes) > 2 or accepted == "lime":
        return
    one, other = (_ask(model, table, accepted, 1, class_index=k)[0] for k in (1, 0))
    turned = {c: -v for c, v in other.values.items()}
    assert turned == pytest.approx(one.values, abs=1e-4)
