"""The terms of a linear model, folded back to raw columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import margin_unit
from explainers.calibrated import sigmoid_of
from explainers.columns import fold, raw_columns
from explainers.explanation import Unit, Unsupported
from explainers.opened import Opened, opened
from explainers.straight import Straight, dense, straightened
from explainers.subject import Subject, kind_of
from explainers.wrappers import first_steps, last_step, why_closed


@dataclass(frozen=True, eq=False)
class LinearTerms:
    """coefficient x (value - average of the background), one a raw column; with the base they add up to the score."""

    values: pd.DataFrame
    base: float
    unit: Unit


def linear_terms(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> LinearTerms:
    """Return the terms of each row; `Unsupported` when the model isn't linear in columns that can be followed."""
    door = open_linear(subject)
    weights, intercept = _weights(door.model, class_index)
    own, others = _straight(door, rows), _straight(door, background)
    single = weights if own.tail is None else own.tail @ weights
    center = others.values.mean(axis=0) if len(background) else np.zeros(len(single))
    terms = (own.values - center) * single if len(rows) else np.zeros((0, len(single)))
    left = 0.0 if own.constant is None else float(own.constant @ weights)
    columns = list(subject.columns)
    return LinearTerms(
        values=pd.DataFrame(fold(terms, own.encoded, columns), columns=columns, index=rows.index),
        base=float(intercept + left + center @ single),
        unit=margin_unit(subject),
    )


def open_linear(subject: Subject) -> Opened:
    """Return the linear model with its columns, or raise `Unsupported` with the reason."""
    if subject.family != "linear" or not hasattr(subject, "encoded"):
        raise Unsupported(
            why_closed(last_step(subject.estimator))
            or f"{kind_of(subject)} isn't linear, it has no terms; use shap or lime"
        )
    door = opened(subject)
    if door.is_mixed:
        straightened(first_steps(subject.estimator), raw_columns(subject.columns))
    return door


def _straight(door: Opened, rows: pd.DataFrame) -> Straight:
    """Return the values that the terms are made of: the last step's own, or those before columns were mixed."""
    if not door.is_mixed:
        return Straight(door.encoded, door.matrix(rows)) if len(rows) else Straight(door.encoded, None)
    steps, columns = first_steps(door.subject.estimator), raw_columns(door.subject.columns)
    if not len(rows):
        return straightened(steps, columns)
    door.matrix(rows)  # says which column can't be taken, if one can't
    found = straightened(steps, columns, door.subject.inputs(rows))
    return Straight(found.encoded, dense(found.values), found.tail)


def _weights(model: Any, class_index: int) -> tuple[np.ndarray, float]:
    """Return coefficients and intercept of one class's score."""
    bend = sigmoid_of(model)
    if bend is not None:
        weights, intercept = _weights(last_step(bend.estimator), 1)
        sign = 1.0 if class_index == 1 else -1.0
        return sign * bend.slope * weights, sign * (bend.slope * intercept + bend.offset)
    coefficients, intercepts = np.atleast_2d(dense(model.coef_)), np.ravel(model.intercept_)
    if len(coefficients) == 1:
        sign = 1.0 if class_index == 1 else -1.0
        return sign * coefficients[0], sign * float(intercepts[0])
    return coefficients[class_index], float(intercepts[class_index])
