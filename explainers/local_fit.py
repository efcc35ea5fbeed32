"""The linear model that LIME fits around a row, with the standard errors of its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

ALPHA = 1.0  # LIME's own penalty
ENOUGH = 2  # samples a column: with fewer, residuals are too small to tell an error from


class MeasuredRidge:
    """scikit-learn's ridge regression, as LIME asks for it, that keeps the errors of its weights.

    The errors hold for residuals that are neither linear nor of one spread (White 1980, the sandwich, with MacKinnon
    and White's n / (n - p)), which those of a local fit never are.
    """

    def __init__(self) -> None:
        from sklearn.linear_model import Ridge

        self.ridge = Ridge(alpha=ALPHA, fit_intercept=True)
        self.errors: np.ndarray | None = None  # by column; None where there are too few samples to tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ridge, name)  # coef_, intercept_, score, predict

    def fit(self, samples: np.ndarray, scores: np.ndarray, sample_weight: np.ndarray) -> MeasuredRidge:
        """Fit as scikit-learn does, and measure."""
        self.ridge.fit(samples, scores, sample_weight=sample_weight)
        if len(samples) >= ENOUGH * samples.shape[1]:
            self.errors = _errors(samples, scores - self.ridge.predict(samples), sample_weight)
        return self


def _errors(samples: np.ndarray, residuals: np.ndarray, weights: np.ndarray) -> np.ndarray:
    centred = samples - np.average(samples, axis=0, weights=weights)
    weighted = centred * weights[:, None]
    bread = np.linalg.inv(weighted.T @ centred + ALPHA * np.eye(samples.shape[1]))
    pulls = weighted * residuals[:, None]
    widened = len(samples) / max(len(samples) - samples.shape[1] - 1, 1)
    return np.sqrt(np.maximum(np.diag(bread @ (pulls.T @ pulls) @ bread) * widened, 0.0))
