import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mispredict.obvious.freeze import Why, freeze, to_scalar
from mispredict.obvious.requiring import CaseRefused


def test_a_promoted_error_must_get_its_true_class_unless_something_else_is_said(payment):
    case = freeze([payment], Why("blocked", "ann"))[0]
    assert case.expect.to_json() == {"kind": "label", "class": 0, "threshold": 0.5}
    assert case.severity == "major"
    assert dt.datetime.fromisoformat(case.promoted_at).utcoffset() == dt.timedelta(0)


def test_what_people_say_is_kept(payment):
    why = Why("blocked", "ann", "at_most:0.3", "blocker", "https://incidents/7", "2027-01-31")
    case = freeze([payment], why)[0]
    assert (case.expect.value, case.severity, case.incident, case.expires) == (
        0.3,
        "blocker",
        "https://incidents/7",
        "2027-01-31",
    )


@pytest.mark.parametrize(
    ("cell", "scalar"),
    [
        (np.int64(2**53 + 1), 2**53 + 1),
        (2**70, 2**70),
        (np.float32(0.1), 0.10000000149011612),
        (0.1 + 0.2, 0.30000000000000004),
        (-0.0, -0.0),
        (float("inf"), "inf"),
        (np.float64("-inf"), "-inf"),
        (np.nan, None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.datetime64("NaT"), None),
        (np.array([True])[0], True),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        (pd.Timestamp("2026-01-31 12:00:00.000000001", tz="Europe/Berlin"), "2026-01-31T11:00:00.000000001+00:00"),
        (dt.date(2026, 1, 31), "2026-01-31"),
    ],
)
def test_cells_become_exact_scalars(cell, scalar):
    found = to_scalar(cell)
    assert found == scalar
    assert type(found) is type(scalar)
    assert json.loads(json.dumps(found, allow_nan=False)) == scalar


def test_a_category_that_the_model_never_saw_is_kept(payment):
    case = freeze([replace(payment, values={**payment.values, "channel": "ship"})], Why("x", "ann"))[0]
    assert case.row["channel"] == "ship"
    assert case.categories == {"channel": ["web", "app", "ship"]}


def test_numpy_classes_become_plain(payment):
    case = freeze([replace(payment, truth=np.int64(1), classes=tuple(np.array([0, 1])))], Why("x", "ann"))[0]
    assert json.dumps(case.to_json())
    assert type(case.expect.of) is int


def test_a_cell_that_is_no_value_is_refused(payment):
    with pytest.raises(CaseRefused, match="found: a list in a feature"):
        freeze([replace(payment, values={**payment.values, "amount": [1.0]})], Why("x", "ann"))
