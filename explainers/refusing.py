"""Asks whether a model can be explained, the same way for every method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explainers.explainer import Explainer
from explainers.explanation import Unsupported
from explainers.subject import Subject, subject_of


def why_not(opens: Callable[[Any], object], model: Any) -> str | None:
    """Return the reason with which `opens` refuses the model, or None when it does not."""
    try:
        opens(model)
    except Unsupported as why:
        return str(why)
    return None


def asked(model: Any) -> Subject:
    """Return a model that can be asked for its answer to any row; stored scores can't."""
    subject = subject_of(model)
    if subject.family == "scores":
        raise Unsupported("only stored scores are at hand, there is no model to ask; open the model's file")
    return subject


def asked_for_probabilities(model: Any) -> Subject:
    """Return a model that can be asked for probabilities of any row."""
    subject = asked(model)
    reason = getattr(subject, "no_probabilities", "")
    if reason:
        raise Unsupported(f"{reason}; or use shap, which explains the margin")
    return subject


def check_served(explainer: Explainer, subject: Subject) -> None:
    """Raise `Unsupported` with the reason of a method that can't serve the model."""
    reason = explainer.refusal(subject)
    if reason is not None:
        raise Unsupported(reason)


def check_class(subject: Subject, class_index: int) -> None:
    """Raise `Unsupported` for a class that the model doesn't have."""
    if not 0 <= class_index < len(subject.classes):
        raise Unsupported(f"the model has {len(subject.classes)} classes, there is no class number {class_index}")
