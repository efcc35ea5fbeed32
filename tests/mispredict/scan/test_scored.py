"""What a row's surprise is held against: its own probabilities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy

from mispredict.scan.scored import Scored


def said(probabilities: list[list[float]], truth: list[int], *, threshold: float = 0.5) -> Scored:
    rows, classes = len(truth), len(probabilities[0])
    ids = np.array([str(i) for i in range(rows)], dtype=object)
    given = np.array(probabilities)
    return Scored(
        pd.DataFrame(index=range(rows)), ids, np.array(truth), given, np.ones(rows), tuple(range(classes)), threshold
    )


def test_beyond_is_surprise_less_the_entropy_over_all_classes() -> None:
    rng = np.random.default_rng(0)
    given = rng.dirichlet(np.ones(5), 50)
    scored = said(given.tolist(), rng.integers(0, 5, 50).tolist())
    assert scored.beyond == pytest.approx(scored.surprise - entropy(given, axis=1))


def test_two_rows_alike_in_surprise_differ_by_how_sure_the_model_was() -> None:
    unsure, sure = said([[0.1, 0.3, 0.3, 0.3], [0.1, 0.9, 0.0, 0.0]], [0, 0]).beyond
    assert sure > unsure + 0.5


def test_certainty_has_no_entropy() -> None:
    scored = said([[1.0, 0.0], [1.0, 0.0]], [0, 1])
    assert scored.beyond.tolist() == scored.surprise.tolist()
    assert np.isfinite(scored.beyond).all()


def test_an_error_by_a_low_threshold_may_be_no_surprise() -> None:
    scored = said([[0.8, 0.2]], [0], threshold=0.1)
    assert scored.is_error.all()
    assert scored.beyond[0] < 0


def test_a_rows_figure_does_not_depend_on_its_batch() -> None:
    given = np.random.default_rng(1).dirichlet(np.ones(40), 203)
    truth = np.zeros(203, dtype=int).tolist()
    whole = said(given.tolist(), truth)
    by_column = said(given.tolist(), truth)
    by_column.__dict__["probabilities"] = np.asfortranarray(given)
    alone = [whole.take(np.array([place])).beyond[0] for place in range(203)]
    assert whole.beyond.tolist() == by_column.beyond.tolist() == alone
