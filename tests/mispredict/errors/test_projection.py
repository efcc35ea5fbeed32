"""The map: alike rows lie together, the same seed gives the same map, odd inputs do not break it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mispredict.errors.projection import lay_out


def two_groups(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    values = rng.normal(scale=0.1, size=(rows, 5))
    values[rows // 2 :, 0] += 3
    return pd.DataFrame(values)


def test_alike_rows_lie_together() -> None:
    places = lay_out(two_groups(120), seed=1)
    first, second = places[:60], places[60:]
    apart = np.linalg.norm(first.mean(axis=0) - second.mean(axis=0))
    assert apart > 2 * max(first.std(axis=0).max(), second.std(axis=0).max())
    assert np.array_equal(places, lay_out(two_groups(120), seed=1))


@pytest.mark.parametrize(
    "values",
    [
        pd.DataFrame({"a": [], "b": []}, dtype=float),
        pd.DataFrame({"a": [1.0]}),
        two_groups(9),
        pd.DataFrame(np.ones((40, 3))),
        pd.DataFrame({"a": np.repeat([0.0, 1.0], 30)}),
        pd.DataFrame(np.repeat(np.eye(3), 20, axis=0)),
        two_groups(60).where(np.arange(300).reshape(60, 5) % 7 > 0),
    ],
    ids=["none", "one", "few", "equal", "one column", "three places", "missing"],
)
def test_odd_inputs_have_places(values: pd.DataFrame) -> None:
    places = lay_out(values)
    assert places.shape == (len(values), 2)
    assert np.isfinite(places).all()
