"""Calibrated linear models: where one sigmoid bends one linear model, the log-odds stay linear (Platt, 1999)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LINEAR = ("LinearClassifierMixin", "LinearDiscriminantAnalysis")


@dataclass(frozen=True, eq=False)
class Sigmoid:
    """log-odds = slope x the linear model's decision function + offset."""

    estimator: Any  # the linear model, or the Pipeline that ends in it
    slope: float
    offset: float


def sigmoid_of(model: Any) -> Sigmoid | None:
    """Return the one sigmoid over a linear model of two classes that this CalibratedClassifierCV is, else None."""
    from explainers.wrappers import last_step, unwrapped

    inside: list[Any] = getattr(model, "calibrated_classifiers_", [])
    if len(inside) != 1 or inside[0].method != "sigmoid" or len(model.classes_) != 2:
        return None
    estimator = unwrapped(inside[0].estimator)
    if not is_linear(last_step(estimator)) or list(estimator.classes_) != list(model.classes_):
        return None
    bend = inside[0].calibrators[0]
    return Sigmoid(estimator, -float(bend.a_), -float(bend.b_))


def is_linear(model: Any) -> bool:
    """Return True where the decision function is a weighted sum of the columns."""
    kinds = {kind.__name__ for kind in type(model).__mro__}
    straight_svc = "BaseSVC" in kinds and model.kernel == "linear" and len(model.classes_) == 2
    return bool(kinds & set(LINEAR)) or straight_svc or sigmoid_of(model) is not None
