import math

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.findings import Condition
from mispredict.scan.scored import Scored
from mispredict.worker.codec import Untravelled, decode, encode


def there_and_back(value):
    import json

    blobs = []
    return decode(json.loads(json.dumps(encode(value, blobs))), blobs)


@pytest.mark.parametrize(
    "value", [None, True, 3, "text", 1.5, (1, (2, "x")), [1, [2]], {"a": (1,), 2: None}, Condition("a", "in", ["x"])]
)
def test_plain_values_come_back_equal(value):
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinities_survive_json(value):
    assert there_and_back(value) == value
    assert math.isnan(there_and_back(math.nan))


@pytest.mark.parametrize("dtype", ["float64", "float32", "int32", "bool", "uint8"])
def test_arrays_come_back_with_dtype_and_shape(dtype):
    array = np.arange(6).reshape(2, 3).astype(dtype)
    back = there_and_back(array)
    np.testing.assert_array_equal(back, array)
    assert back.dtype == array.dtype


def test_object_arrays_travel_as_values():
    ids = np.array(["a", "b", "c"], dtype=object)
    assert there_and_back(ids).tolist() == ["a", "b", "c"]


def test_a_frame_keeps_index_dtypes_and_category_order():
    frame = pd.DataFrame(
        {
            "c": pd.Categorical(["b", None], categories=["z", "b"]),
            "n": [1.5, math.nan],
            "t": pd.to_datetime(["2024-01-01"] * 2),
        },
        index=[7, 3],
    )
    pd.testing.assert_frame_equal(there_and_back(frame), frame)


def test_scored_rows_travel():
    scored = Scored(
        pd.DataFrame({"a": [1.0]}, index=[5]),
        np.array(["x"], dtype=object),
        np.array([1]),
        np.array([[0.2, 0.8]]),
        np.ones(1),
        (0, 1),
    )
    back = there_and_back(scored)
    assert back.ids[0] == "x"
    assert back.surprise == pytest.approx(-math.log(0.8))


def test_an_object_that_is_not_on_the_list_is_refused():
    class Stranger:
        pass

    with pytest.raises(Untravelled, match="Stranger"):
        encode(Stranger(), [])


@pytest.mark.parametrize(
    "message", [{"$is": "Popen", "fields": {}}, {"$pickle": 0}, {"$array": 0, "dtype": "|O", "shape": [1]}, {}]
)
def test_a_message_can_not_ask_for_other_types(message):
    with pytest.raises(Untravelled):
        decode(message, [b"\x00" * 8])
