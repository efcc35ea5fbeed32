"""The knock-out against a loop by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers import Unsupported, subject_of
from explainers.answer import answers
from explainers.knock_out import knock_out

Fit = Callable[[str], Any]
Rows = Callable[[str], pd.DataFrame]


class Sum:
    """0.1 + a / 2 where `a` is known, and nothing of the rest."""

    classes_ = (0, 1)

    def __init__(self, columns: list[str]) -> None:
        self.feature_names_in_ = columns
        self.asked: list[int] = []

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        self.asked.append(len(rows))
        event = 0.1 + rows[self.feature_names_in_[0]].fillna(0).to_numpy() / 2
        return np.column_stack([1 - event, event])


def _table(columns: int = 3, rows: int = 40) -> pd.DataFrame:
    values = np.random.default_rng(0).random(size=(rows, columns))
    return pd.DataFrame(values, columns=[f"c{i}" for i in range(columns)])


def test_it_is_the_loop_over_columns(model: Any, table: pd.DataFrame) -> None:
    row, background = table.iloc[[3]], table.iloc[50:70]
    before = table.copy(deep=True)
    measured = knock_out(model, row, background, class_index=0)
    subject = subject_of(model)
    for column in subject.columns:
        mixed = subject.prepared(pd.concat([row] * 20, ignore_index=True))
        mixed[column] = subject.prepared(background)[column].array
        falls = measured.score - answers(subject, mixed, 0, measured.unit)
        assert measured.changes[column] == pytest.approx(falls.mean(), abs=1e-5)
        assert measured.errors[column] == pytest.approx(falls.std(ddof=1) / np.sqrt(20), abs=1e-5)
    assert (measured.row, measured.class_, measured.background) == ("3", subject.classes[0], 20)
    assert measured.score == pytest.approx(answers(subject, row, 0, measured.unit)[0], abs=1e-12)
    pd.testing.assert_frame_equal(table, before)


def test_only_the_column_that_the_model_reads_changes_its_answer() -> None:
    table = _table()
    measured = knock_out(Sum(list(table.columns)), table.iloc[[0]], table.iloc[1:])
    assert measured.changes["c0"] == pytest.approx((table["c0"][0] - table["c0"][1:].mean()) / 2)
    assert (measured.changes["c1"], measured.changes["c2"]) == (0.0, 0.0)
    assert (measured.errors["c1"], measured.errors["c2"]) == (0.0, 0.0)


def test_a_value_that_the_background_has_too_is_not_asked() -> None:
    table = _table().assign(c0=np.nan, c1=7.0, c2=["x"] * 40)
    model = Sum(list(table.columns))
    measured = knock_out(model, table.iloc[[0]], table.iloc[1:])
    assert set(measured.changes.values()) == {0.0}
    assert max(model.asked) == 1


def test_a_missing_value_is_filled_from_the_background() -> None:
    row = _table().iloc[[0]].assign(c0=np.nan)
    measured = knock_out(Sum(["c0"]), row, _table().iloc[1:])
    assert measured.changes["c0"] == pytest.approx(-_table()["c0"][1:].mean() / 2)


def test_any_unit_can_be_asked_for(fit: Fit, rows_of: Rows) -> None:
    rows = rows_of("lightgbm")
    own, asked = (knock_out(fit("lightgbm"), rows.iloc[[0]], rows.iloc[9:30], unit=u) for u in (None, "probability"))
    assert (own.unit, asked.unit) == ("log-odds", "probability")
    assert asked.score == pytest.approx(1 / (1 + np.exp(-own.score)))


def test_one_background_row_is_enough_and_has_no_error() -> None:
    measured = knock_out(Sum(["c0", "c1"]), _table().iloc[[0]], _table().iloc[[1]])
    assert measured.errors == {"c0": 0.0, "c1": 0.0}
    assert measured.notes == (
        "each column was replaced by the values of 1 of 1 background rows; of one row no error can be told",
    )
    json.dumps(asdict(measured), allow_nan=False)


def test_wide_tables_are_asked_in_pieces_against_fewer_rows() -> None:
    wide = _table(2_000, 60)
    model = Sum(list(wide.columns))
    measured = knock_out(model, wide.iloc[[0]], wide.iloc[1:])
    assert measured.background == 25
    assert max(model.asked) == 5_000
    assert sum(model.asked) == 50_000 + 1
    assert [c for c, v in measured.changes.items() if v] == ["c0"]
    assert "the values of 25 of 59 background rows" in measured.notes[0]


def test_large_backgrounds_are_sampled_by_the_seed() -> None:
    table = _table(2, 1_000)
    one, same, other = (knock_out(Sum(["c0", "c1"]), table.iloc[[0]], table.iloc[1:], seed=s) for s in (1, 1, 2))
    assert one == same
    assert one != other
    assert one.background == 200
    assert one.changes["c0"] == pytest.approx((table["c0"][0] - table["c0"].mean()) / 2, abs=4 * one.errors["c0"])


@pytest.mark.parametrize(
    ("rows", "others", "index", "reason"),
    [
        (2, 9, 1, "measures one row, and found 2; ask for them one by one"),
        (0, 9, 1, "measures one row, and found 0"),
        (1, 0, 1, "needs background rows to take values from, and found none"),
        (1, 9, 2, "the model has 2 classes, there is no class number 2"),
    ],
)
def test_what_cannot_be_measured_is_refused(rows: int, others: int, index: int, reason: str) -> None:
    with pytest.raises(Unsupported, match=reason):
        knock_out(Sum(["c0"]), _table().iloc[:rows], _table().iloc[:others], class_index=index)
