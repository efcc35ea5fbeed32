"""The live model's figures on all rows and on those whose labels are believed."""

from __future__ import annotations

import numpy as np

from mispredict.suspects.inquiry import Inquiry


def ripe_figures(inquiry: Inquiry, is_ripe: np.ndarray) -> list[str]:
    """Return "AUC: 0.812 on all rows, 0.851 on ripe ones" and so on; none where the model gives no probabilities."""
    chances = inquiry.examined.probabilities
    if chances is None or not is_ripe.any():
        return []
    every = _figures(inquiry, chances, np.ones(len(is_ripe), dtype=bool))
    ripe = _figures(inquiry, chances, is_ripe)
    return [
        f"{name}: {value:.4f} on all rows, {ripe[name]:.4f} on ripe ones"
        for name, value in every.items()
        if name in ripe
    ]


def _figures(inquiry: Inquiry, chances: np.ndarray, which: np.ndarray) -> dict[str, float]:
    truth, own = inquiry.examined.truth[which], chances[which]
    fits = np.clip(own[np.arange(len(truth)), truth], 1e-15, 1.0)
    predicted = (own[:, 1] >= inquiry.threshold) if inquiry.is_binary else own.argmax(axis=1)
    figures = {"log loss": float(-np.log(fits).mean()), "accuracy": float((predicted == truth).mean())}
    if inquiry.is_binary and 0 < truth.sum() < len(truth):
        from sklearn.metrics import roc_auc_score

        figures = {"AUC": float(roc_auc_score(truth, own[:, 1]))} | figures
    return figures
