"""The stand-in for models that can't be read: both its ways of contributions add up to its own answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from explainers.stand_in import learn

Rows = Callable[[str], pd.DataFrame]


def test_walked_contributions_add_up_to_the_same_answers_as_exact_ones(rows_of: Rows) -> None:
    rows = rows_of("pipeline of net")
    before = rows.copy(deep=True)
    scores = rows["amount"].to_numpy() + 20 * (rows["channel"] == "app").to_numpy()
    learned = learn(rows.iloc[:400], scores[:400], seed=1)
    exact, walked = (way(rows) for way in (learned.contributions, learned.walked))
    assert walked.shape == rows.shape
    rest = exact.sum(axis=1) - walked.sum(axis=1)
    assert rest == pytest.approx(np.full(len(rows), rest[0]), abs=1e-9)
    assert learned.r2 > 0.5
    pd.testing.assert_frame_equal(rows, before)


def test_a_row_alone_is_coded_like_its_table(rows_of: Rows) -> None:
    rows = rows_of("pipeline of net")
    learned = learn(rows, rows["age"].fillna(0).to_numpy())
    whole = learned.walked(rows)
    for i in (0, 7, 9):
        assert learned.walked(rows.iloc[[i]])[0] == pytest.approx(whole[i], abs=1e-12)
