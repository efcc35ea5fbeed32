from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.suspects.coded import OTHER, Coding


def coded(*frames: pd.DataFrame) -> Coding:
    return Coding.of(frames)


def test_the_most_frequent_value_of_all_frames_is_code_0() -> None:
    coding = coded(pd.DataFrame({"c": ["b", "a", None]}), pd.DataFrame({"c": ["b", "b", "a"]}))
    assert coding.nature("c") == "code"
    np.testing.assert_array_equal(coding.values("c", 0), [0, 1, np.nan])
    np.testing.assert_array_equal(coding.values("c", 1), [0, 0, 1])


def test_numbers_stay_numbers_and_missing_is_nan() -> None:
    coding = coded(pd.DataFrame({"n": pd.array([1, None, 3], dtype="Int64")}))
    assert coding.nature("n") == "number"
    np.testing.assert_array_equal(coding.values("n"), [1.0, np.nan, 3.0])


def test_times_are_days_whatever_their_zone() -> None:
    plain = pd.DataFrame({"t": pd.to_datetime(["1970-01-02", None])})
    zoned = pd.DataFrame({"t": pd.to_datetime(["1970-01-03"], utc=True)})
    coding = coded(plain, zoned)
    np.testing.assert_array_equal(coding.values("t", 0), [1.0, np.nan])
    np.testing.assert_array_equal(coding.values("t", 1), [2.0])


def test_numbers_on_one_side_and_text_on_the_other_are_codes_that_match() -> None:
    coding = coded(pd.DataFrame({"x": [1.0, 2.0, np.nan]}), pd.DataFrame({"x": ["1", "2", "2"]}))
    assert coding.nature("x") == "code"
    np.testing.assert_array_equal(coding.values("x", 0), [1.0, 0.0, np.nan])


def test_truth_values_are_codes() -> None:
    assert coded(pd.DataFrame({"f": [True, False, True]})).nature("f") == "code"


def test_rare_values_beyond_the_first_thousand_are_one() -> None:
    coding = coded(pd.DataFrame({"w": [*map(str, range(1_000))] * 2 + ["rare"]}))
    assert coding.values("w")[-1] == OTHER


@pytest.mark.parametrize("column", [pd.Series([None, None], dtype=object), pd.Series([np.nan, np.nan])])
def test_a_column_without_values_is_missing_throughout(column: pd.Series) -> None:
    assert np.isnan(coded(pd.DataFrame({"e": column})).values("e")).all()


def test_the_matrix_has_a_column_each() -> None:
    coding = coded(pd.DataFrame({"a": [1.0, 2.0], "c": ["x", "y"]}))
    assert coding.matrix(["c", "a"]).shape == (2, 2)
    assert coding.codes(["c", "a"]) == [0]
    assert coding.matrix([]).shape == (2, 0)
