"""Answers without probabilities: what may be expected of them is the accuracy of each class that is predicted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mispredict.scan.scored import Scored

NOTE = (
    "the model gives labels without probabilities, so a slice is held against the accuracy of the class that is "
    "predicted: a weaker test, which can't tell hard cases from faults"
)
_LITTLE = 1e-6


def is_hard(scored: Scored) -> bool:
    """Return whether every probability is 0 or 1."""
    return bool(len(scored)) and bool(np.isin(scored.probabilities, (0.0, 1.0)).all())


def soften(scored: Scored) -> Scored:
    """Return the rows with the share of right answers of their predicted class as its probability.

    What is predicted stays the same, so a class that is mostly wrong is promised just as much as it takes.
    """
    predicted, classes = scored.predicted, len(scored.classes)
    right = np.bincount(predicted, weights=~scored.is_error, minlength=classes)
    share = (right + 1) / (np.bincount(predicted, minlength=classes) + 2)
    if classes == 2:
        least = np.array([1 - scored.threshold + _LITTLE, scored.threshold])
    else:
        least = np.full(classes, 1 / classes + _LITTLE)
    sure = np.clip(np.maximum(share, least), _LITTLE, 1 - _LITTLE)[predicted]
    probabilities = np.repeat(((1 - sure) / (classes - 1))[:, None], classes, axis=1)
    probabilities[np.arange(len(scored)), predicted] = sure
    return replace(scored, probabilities=probabilities)
