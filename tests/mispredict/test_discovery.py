from __future__ import annotations

import numpy as np
from scipy.stats import false_discovery_control

from mispredict.discovery import q_values


def test_it_agrees_with_scipy() -> None:
    p = np.random.default_rng(0).random(50) ** 3
    np.testing.assert_allclose(q_values(p), false_discovery_control(p))


def test_a_missing_p_value_is_no_test() -> None:
    q = q_values([0.01, np.nan, 0.04])
    np.testing.assert_allclose(q[[0, 2]], [0.02, 0.04])
    assert np.isnan(q[1])


def test_no_test_has_no_q_value() -> None:
    assert len(q_values([])) == 0
