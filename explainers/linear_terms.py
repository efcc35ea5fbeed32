"""The terms of a linear model, folded back to raw columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import margin_unit
from explainers.explanation import Unit, Unsupported
from explainers.opened import Opened, opened
from explainers.subject import Subject, kind_of


@dataclass(frozen=True, eq=False)
class LinearTerms:
    """coefficient x (value - average of the background), one a raw column; with the base they add up to the score."""

    values: pd.DataFrame
    base: float
    scores: np.ndarray
    unit: Unit


def linear_terms(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> LinearTerms:
    """Return the terms of each row; `Unsupported` when the model isn't linear in columns that can be followed."""
    door = open_linear(subject)
    weights, intercept = _weights(door.model, class_index)
    center = _center(door, background)
    scores = door.matrix(rows) @ weights + intercept
    return LinearTerms(
        values=door.fold((door.matrix(rows) - center) * weights).set_index(rows.index),
        base=float(intercept + center @ weights),
        scores=scores,
        unit=margin_unit(subject),
    )


def open_linear(subject: Subject) -> Opened:
    """Return the linear model with its columns, or raise `Unsupported` with the reason."""
    if subject.family != "linear" or not hasattr(subject, "encoded"):
        raise Unsupported(f"{kind_of(subject)} isn't linear, it has no terms; use shap or lime")
    return opened(subject)


def _weights(model: Any, class_index: int) -> tuple[np.ndarray, float]:
    coefficients, intercepts = np.atleast_2d(model.coef_), np.ravel(model.intercept_)
    if len(coefficients) == 1:
        sign = 1.0 if class_index == 1 else -1.0
        return sign * coefficients[0], sign * float(intercepts[0])
    return coefficients[class_index], float(intercepts[class_index])


def _center(door: Opened, background: pd.DataFrame) -> np.ndarray:
    return door.matrix(background).mean(axis=0) if len(background) else np.zeros(len(door.encoded))
