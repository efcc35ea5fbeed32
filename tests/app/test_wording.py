from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from app.wording import moment, optional, said, value
from mispredict.bad_input import BadInput


@pytest.mark.parametrize("cell", [None, float("nan"), np.float32("nan"), pd.NaT, pd.NA])
def test_every_kind_of_missing_is_called_so(cell: object) -> None:
    assert value(cell) == "missing"


@pytest.mark.parametrize(
    ("cell", "shown"), [(0.1 + 0.2, "0.3"), (True, "True"), (2.0, "2"), (1e300, "1e+300"), ([1], "[1]"), ("", "")]
)
def test_values_are_short_and_plain(cell: object, shown: str) -> None:
    assert value(cell) == shown


def test_a_moment_is_utc_and_says_how_long_ago() -> None:
    now = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
    assert moment("2026-01-02T11:30:00+00:00", now) == "2026-01-02 11:30 UTC (30 min ago)"
    assert moment("2026-01-02T13:59:30+02:00", now).endswith("(just now)")


def test_a_figure_that_is_not_defined_is_a_dash() -> None:
    assert [optional(figure) for figure in (None, float("nan"), 0.5)] == ["–", "–", "0.500"]


def test_a_refusal_keeps_its_three_parts_and_no_markup() -> None:
    text = said(BadInput("**a**", needed="[b](c)", do="d"))
    assert r"\*\*a\*\*" in text
    assert text.count("**") == 6
