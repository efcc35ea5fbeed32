"""Asks a freshly opened model a few questions before anything is built on its answers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from explainers.subject import Subject
from mispredict.bad_input import BadInput, ModelRefused

_OFF = 1e-4  # float32 models sum to 1 within this


def check_answers(subject: Subject, rows: pd.DataFrame, *, name: str) -> None:
    """Refuse a model whose probabilities for these rows are none: wrong shape, not finite, not summing to 1.

    Also refuses one that answers the same rows otherwise when asked again: nothing about it could be checked.
    """
    answers = np.asarray(subject.predict_proba(rows))
    wanted = (len(rows), len(subject.classes))
    if answers.shape != wanted:
        raise _refused(name, f"answers an array of shape {answers.shape} for {wanted[0]} rows and {wanted[1]} classes")
    check_probabilities(answers, name=name, first=0)
    if not np.allclose(answers, np.asarray(subject.predict_proba(rows)), rtol=0, atol=1e-6):
        raise _refused(name, "answers otherwise when asked again")


def check_probabilities(answers: np.ndarray, *, name: str, first: int) -> None:
    """Refuse answers that are no probabilities, with the first row; `first` is the position of the first one."""
    wrong = ~(np.isfinite(answers).all(axis=1) & (np.abs(answers.sum(axis=1) - 1.0) <= _OFF))
    wrong |= (answers < -_OFF).any(axis=1)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        shown = ", ".join(f"{value:.4g}" for value in answers[row][:4])
        raise _refused(name, f"answers {shown} for row {first + row + 1}")


def _refused(name: str, what: str) -> BadInput:
    return ModelRefused(
        f"{name} {what}", needed="probabilities that sum to 1 for every row", do="check how the model was saved"
    )
