"""ROC AUC and average precision against scikit-learn's, in memory and in many small groups."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from mispredict.scan.ranks import rank_figures


def draw(kind: str, rows: int = 3_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    events = rng.random(rows) < 0.1
    scores = {
        "spread": rng.beta(1 + events, 3),
        "ties": np.round(rng.beta(1 + events, 3), 1),
        "tiny": rng.beta(0.05 + events, 30),
        "constant": np.full(rows, 0.25),
        "zeros and ones": (rng.random(rows) < 0.2 + 0.5 * events).astype(float),
    }[kind]
    return scores, events


@pytest.mark.parametrize("at_once", [10_000_000, 100])
@pytest.mark.parametrize("kind", ["spread", "ties", "tiny", "constant", "zeros and ones"])
def test_figures_equal_scikit_learn(kind: str, at_once: int) -> None:
    scores, events = draw(kind)
    parts = [(scores[i : i + 700], events[i : i + 700]) for i in range(0, len(scores), 700)]
    figures = rank_figures(lambda: iter(parts), at_once=at_once)
    assert figures.roc_auc == pytest.approx(roc_auc_score(events, scores), abs=1e-12)
    assert figures.average_precision == pytest.approx(average_precision_score(events, scores), abs=1e-12)


def test_one_class_only_has_no_figures() -> None:
    figures = rank_figures(lambda: iter([(np.array([0.1, 0.9]), np.array([True, True]))]))
    assert (figures.roc_auc, figures.average_precision) == (None, None)
