import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.case import from_json
from mispredict.obvious.frames import alike, frame_of
from mispredict.obvious.freeze import Why, freeze

TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
INSTANTS = st.none() | st.datetimes(min_value=pd.Timestamp(1700, 1, 1), max_value=pd.Timestamp(2200, 1, 1))
SPANS = st.none() | st.timedeltas(min_value=pd.Timedelta(days=-9999), max_value=pd.Timedelta(days=9999))
COLUMNS = {
    "float64": st.none() | st.floats(allow_nan=False),
    "float32": st.none() | st.floats(allow_nan=False, width=32),
    "Float64": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "int8": st.integers(-128, 127),
    "Int64": st.none() | st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "boolean": st.none() | st.booleans(),
    "str": TEXTS,
    "string": TEXTS,
    "object": st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    "datetime64[ns]": INSTANTS,
    "datetime64[us]": INSTANTS,
    "datetime64[us, UTC]": INSTANTS,
    "datetime64[ns, Europe/Berlin]": INSTANTS,
    "timedelta64[ns]": SPANS,
    "timedelta64[us]": SPANS,
}


@pytest.mark.parametrize("dtype", COLUMNS)
def test_a_column_comes_back_as_it_was(dtype):
    @given(st.lists(COLUMNS[dtype], min_size=1, max_size=4))
    def comes_back(cells):
        rows = pd.DataFrame({"column": _column(cells, dtype)})
        pd.testing.assert_frame_equal(_through_json(rows), rows, check_freq=False)

    comes_back()


@given(st.lists(st.none() | st.sampled_from(["é", "=1+1", "", "a"]), min_size=1))
def test_categories_keep_their_order_and_those_not_seen(cells):
    rows = pd.DataFrame({"column": pd.Categorical(cells, categories=["z", "é", "=1+1", "", "a"])})
    pd.testing.assert_frame_equal(_through_json(rows), rows)


def test_number_categories_stay_numbers():
    rows = pd.DataFrame({"column": pd.Categorical([3, None], categories=[3, 1, 2])})
    pd.testing.assert_frame_equal(_through_json(rows), rows)


def test_columns_keep_the_model_s_order():
    rows = pd.DataFrame({"b": [1.0], "a": [2.0]})
    assert list(_through_json(rows).columns) == ["b", "a"]


def test_cases_of_other_types_go_into_another_frame(case_of, payment):
    from dataclasses import replace

    narrow = replace(payment, dtypes={**payment.dtypes, "amount": "float32"})
    reordered = replace(payment, categories={"channel": ["app", "web"]})
    cases = [case_of("1"), case_of("2", row=narrow), case_of("3", row=reordered), case_of("4")]
    assert [[c.source.row for c in group] for group in alike(cases)] == [["1", "4"], ["2"], ["3"]]


def _column(cells, dtype):
    if dtype.startswith("float"):
        return pd.Series([np.nan if c is None else c for c in cells], dtype=dtype)
    if "," in dtype:
        return pd.Series(pd.DatetimeIndex(cells).tz_localize("UTC").tz_convert(dtype.split(", ")[1][:-1])).astype(dtype)
    return pd.Series(cells, dtype=dtype)


def _through_json(rows):
    """Return what is left of rows after they were frozen, written, read and made a frame again."""
    dtypes = {name: "category" if isinstance(d, pd.CategoricalDtype) else str(d) for name, d in rows.dtypes.items()}
    categories = {n: list(rows[n].cat.categories) for n, d in dtypes.items() if d == "category"}
    frozen = [
        FrozenRow(str(i), {n: rows[n].iloc[i] for n in rows}, dtypes, categories, 1, 0, (0, 1), 0.1, 0.1, "d", "m", 0.5)
        for i in range(len(rows))
    ]
    cases = [from_json(json.loads(json.dumps(c.to_json()))) for c in freeze(frozen, Why("x", "ann"))]
    return frame_of(cases)
