from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from explainers.dtypes import UnfitColumn
from explainers.edited import edited
from explainers.explanation import Unsupported
from explainers.subject import subject_of


class Reader:
    """A classifier that reads every kind of column and answers the same of all of them."""

    classes_ = np.array([0, 1])
    feature_names_in_ = np.array(["f", "i", "b", "s", "o", "k", "t", "z", "n", "m"])

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        return np.full((len(rows), 2), 0.5)


def row() -> pd.DataFrame:
    """One row with every dtype that a table brings, and a column that the model doesn't read."""
    return pd.DataFrame(
        {
            "f": [1.5],
            "i": np.array([3], dtype=np.int32),
            "b": [True],
            "s": pd.array(["text"], dtype="str"),
            "o": pd.Series(["loose"], dtype=object),
            "k": pd.Categorical(["x"], categories=["x", "y"]),
            "t": pd.to_datetime(["2024-05-01"]),
            "z": pd.to_datetime(["2024-05-01"], utc=True).tz_convert("Europe/Oslo"),
            "n": pd.array([4], dtype="Int64"),
            "m": pd.Categorical([10], categories=[10, 20]),
            "id": ["p1"],
        },
        index=["the row"],
    )


@pytest.mark.parametrize(
    ("column", "value", "comes"),
    [
        ("f", 2, 2.0),
        ("f", " 2.5 ", 2.5),
        ("i", 7, 7),
        ("i", "7", 7),
        ("i", 7.0, 7),
        ("b", False, False),
        ("b", "false", False),
        ("s", "other", "other"),
        ("o", "other", "other"),
        ("k", "y", "y"),
        ("t", "2024-06-01T12:30", pd.Timestamp("2024-06-01T12:30")),
        ("z", "2024-06-01T12:30", pd.Timestamp("2024-06-01T12:30", tz="Europe/Oslo")),
        ("z", "2024-06-01T12:30+00:00", pd.Timestamp("2024-06-01T14:30", tz="Europe/Oslo")),
        ("n", 5, 5),
        ("m", "20", 20),
    ],
)
def test_a_value_takes_its_columns_own_dtype(column: str, value: Any, comes: Any) -> None:
    before = row()
    after = edited(Reader(), before, {column: value})
    assert after[column].iloc[0] == comes
    assert after[column].dtype == before[column].dtype
    assert list(after.index) == ["the row"]
    pd.testing.assert_frame_equal(after.drop(columns=column), before.drop(columns=column))
    pd.testing.assert_frame_equal(before, row())


@pytest.mark.parametrize("column", ["f", "i", "b", "s", "o", "k", "t", "z", "n", "m"])
def test_none_takes_a_value_away(column: str) -> None:
    before = row()
    after = edited(Reader(), before, {column: None})
    assert after[column].isna().all()
    if column not in ("i", "b"):  # plain integers and booleans have no missing value
        assert after[column].dtype == before[column].dtype


def test_a_fraction_is_never_rounded() -> None:
    assert edited(Reader(), row(), {"i": 2.5})["i"].tolist() == [2.5]
    assert edited(Reader(), row(), {"n": "2.5"})["n"].tolist() == [2.5]
    assert edited(Reader(), row(), {"i": 2**40})["i"].tolist() == [2**40]


def test_a_category_that_the_dtype_lacks_is_added() -> None:
    before = row()
    after = edited(Reader(), before, {"k": "new", "m": 30})
    assert after["k"].tolist() == ["new"]
    assert after["k"].cat.categories.tolist() == ["x", "y", "new"]
    assert after["m"].cat.categories.tolist() == [10, 20, 30]
    assert before["k"].cat.categories.tolist() == ["x", "y"]


@pytest.mark.parametrize(
    ("column", "value", "needed"),
    [
        ("f", "many", "a number"),
        ("f", float("inf"), "a finite number"),
        ("f", "-inf", "a finite number"),
        ("f", True, "a number"),
        ("f", [1], "a number"),
        ("i", "x", "a number"),
        ("n", "inf", "a finite number"),
        ("b", "perhaps", "true or false"),
        ("s", 3, "text"),
        ("k", 3, "text"),
        ("m", "x", "a number"),
        ("t", "someday", "ISO text"),
        ("t", 5, "ISO text"),
    ],
)
def test_what_a_column_cannot_hold_is_refused(column: str, value: Any, needed: str) -> None:
    with pytest.raises(UnfitColumn, match=needed) as refused:
        edited(Reader(), row(), {column: value})
    assert refused.value.column == column
    assert repr(value) in refused.value.found


def test_a_column_that_the_model_does_not_read_is_refused() -> None:
    with pytest.raises(Unsupported, match=r"doesn't read the column 'id'.*it reads 'f', 'i'.* and 2 more"):
        edited(Reader(), row(), {"id": "p2"})
    with pytest.raises(Unsupported, match="doesn't read the column 'nobody'"):
        edited(Reader(), row(), {"nobody": 1})
    with pytest.raises(UnfitColumn, match="is absent from the row"):
        edited(Reader(), row().drop(columns="f"), {"f": 1})


def test_one_row_at_a_time() -> None:
    with pytest.raises(Unsupported, match="2 were given"):
        edited(Reader(), pd.concat([row(), row()]), {"f": 1})


def test_no_change_is_a_copy() -> None:
    before = row()
    after = edited(Reader(), before, {})
    pd.testing.assert_frame_equal(after, before)
    after.loc["the row", "f"] = 9.0
    assert before["f"].tolist() == [1.5]


def test_edited_rows_are_scored(fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame]) -> None:
    model, rows = fit("lightgbm"), rows_of("lightgbm")
    new = edited(model, rows.iloc[[1]], {"amount": "250", "channel": "phone", "age": None})
    assert new["channel"].tolist() == ["phone"]
    score = subject_of(model).predict_proba(new)
    unseen = edited(model, rows.iloc[[1]], {"amount": 250, "channel": None, "age": None})
    np.testing.assert_allclose(score, subject_of(model).predict_proba(unseen))  # LightGBM takes unseen for missing


def test_a_missing_value_that_the_model_cannot_take_is_said_by_the_model(
    fit: Callable[[str], Any], rows_of: Callable[[str], pd.DataFrame]
) -> None:
    new = edited(fit("neighbours"), rows_of("neighbours").iloc[[0]], {"age": None})
    with pytest.raises(UnfitColumn, match="'age' has missing values"):
        subject_of(fit("neighbours")).predict_proba(new)
