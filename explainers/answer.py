"""The model's own answer, and the check that contributions add up to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explainers.explanation import Unit, Unsupported
from explainers.subject import Subject
from explainers.wrappers import last_step

TOLERANCE = 1e-6
TOLERANCE_FLOAT32 = 1e-4
FLOAT32 = ("xgboost", "onnxruntime")  # libraries that answer in 32 bits
BOOSTERS = ("lightgbm", "xgboost", "catboost")
LOG_ODDS = (  # scikit-learn's classifiers whose raw score is the log-odds, those with a `loss` only for log_loss
    "LogisticRegression",
    "SGDClassifier",
    "LinearDiscriminantAnalysis",
    "GradientBoostingClassifier",
    "HistGradientBoostingClassifier",
    "CalibratedClassifierCV",
    "AdaBoostClassifier",
)


def answers(subject: Subject, rows: pd.DataFrame, class_index: int, unit: Unit) -> np.ndarray:
    """Return the model's own scores of one class, one a row, in the unit asked."""
    if unit == "nats":
        raise Unsupported("a score isn't counted in nats, a surprise is; ask explain_surprise")
    if unit == "probability":
        return subject.predict_proba(rows)[:, class_index]
    margins = margins_of(subject, rows)
    if margins is None or (unit == "log-odds" and margin_unit(subject) != "log-odds"):
        return log_odds(subject.predict_proba(rows)[:, class_index])
    if margins.ndim == 1:
        return margins if class_index == 1 else -margins
    return margins[:, class_index]


def margins_of(subject: Subject, rows: pd.DataFrame) -> np.ndarray | None:
    """Return raw scores, (rows,) when binary, else (rows, classes); None where the model has none of its own."""
    if not hasattr(subject, "margins"):
        return None
    margins: np.ndarray | None = subject.margins(rows)
    return margins


def margin_unit(subject: Subject) -> Unit:
    """Return log-odds where raw scores are the log-odds of the model's own probability, margin otherwise."""
    last = last_step(subject.estimator)
    kinds = {kind.__name__ for kind in type(last).__mro__}
    known = type(last).__module__.partition(".")[0] in BOOSTERS or bool(kinds & set(LOG_ODDS))
    logistic = known and getattr(last, "loss", "log_loss") == "log_loss"
    return "log-odds" if logistic and len(subject.classes) == 2 else "margin"


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return the log-odds of probabilities, which are held off 0 and 1 by 1e-12."""
    safe = np.clip(probability, 1e-12, 1 - 1e-12)
    return np.asarray(np.log(safe) - np.log1p(-safe))


def check_sums(method: str, sums: np.ndarray, scores: np.ndarray, tolerance: float) -> None:
    """Raise `Unsupported` with the measured gap where contributions don't add up to the model's own score."""
    gap = float(np.abs(sums - scores).max(initial=0.0))
    if not gap <= tolerance * max(1.0, float(np.abs(scores).max(initial=0.0))):
        raise Unsupported(
            f"{method} is not exact on this model: its contributions miss the model's own score by {gap:.2g}; "
            "use another method"
        )


def check_unit(method: str, wanted: Unit | None, given: Unit) -> None:
    """Raise `Unsupported` where a unit is asked for that the method doesn't answer in."""
    if wanted not in (None, given):
        raise Unsupported(f"{method} adds up in {given} for this model, not in {wanted}; shap samples any unit")


def tolerance_of(model: Any) -> float:
    """Return how far sums may be from scores: more where the library computes in 32 bits."""
    return TOLERANCE_FLOAT32 if type(model).__module__.partition(".")[0] in FLOAT32 else TOLERANCE
