"""Estimators around estimators: which open to the model inside, and what stands in the rest."""

from __future__ import annotations

from typing import Any

from explainers.calibrated import sigmoid_of
from explainers.explanation import Unsupported

# those that answer exactly what the model inside answers -> the attribute that holds it
SAME_ANSWER = {
    "FrozenEstimator": "estimator",
    "BaseSearchCV": "best_estimator_",
    "BaseThresholdClassifier": "estimator_",  # moves the threshold, not the probabilities
}
# those that make an answer of their own out of the models inside -> how
OWN_ANSWER = {
    "CalibratedClassifierCV": "recalibrates",
    "VotingClassifier": "joins the votes of",
    "StackingClassifier": "learns from the answers of",
    "BaggingClassifier": "averages copies of",
    "AdaBoostClassifier": "weighs the votes of",
    "OneVsRestClassifier": "asks, class by class,",
    "OneVsOneClassifier": "asks, pair by pair of classes,",
    "OutputCodeClassifier": "asks, bit by bit of a code,",
    "SelfTrainingClassifier": "taught itself through",
    "ClassifierChain": "chains",
    "MultiOutputClassifier": "asks, target by target,",
}


def unwrapped(estimator: Any) -> Any:
    """Return the model inside wrappers that change no answer; `Unsupported` for a search that kept none."""
    attribute = _entry(estimator, SAME_ANSWER)
    while attribute is not None:
        if attribute not in vars(estimator):
            raise Unsupported(
                f"{type(estimator).__name__} holds no fitted model; fit it first, a search with refit=True"
            )
        estimator = vars(estimator)[attribute]
        attribute = _entry(estimator, SAME_ANSWER)
    return estimator


def last_step(estimator: Any) -> Any:
    """Return the classifier at the end of Pipelines and of wrappers that change no answer."""
    estimator = unwrapped(estimator)
    return last_step(estimator.steps[-1][1]) if hasattr(estimator, "steps") else estimator


def first_steps(estimator: Any) -> list[Any]:
    """Return the transformers before the classifier, in order; those inside a calibrated linear model too."""
    estimator = unwrapped(estimator)
    bend = sigmoid_of(estimator)
    if bend is not None:
        return first_steps(bend.estimator)
    if not hasattr(estimator, "steps"):
        return []
    return [step for _, step in estimator.steps[:-1]] + first_steps(estimator.steps[-1][1])


def bare(estimator: Any) -> Any:
    """Return the estimator without the wrappers that change no answer, around it or around a Pipeline's last step."""
    from sklearn.pipeline import Pipeline

    estimator = unwrapped(estimator)
    if not hasattr(estimator, "steps"):
        return estimator
    name, last = estimator.steps[-1]
    inner = bare(last)
    return estimator if inner is last else Pipeline([*estimator.steps[:-1], (name, inner)])


def why_closed(model: Any) -> str | None:
    """Return why a model's answer isn't that of a model inside it, naming both; None for a model that wraps none."""
    how = _entry(model, OWN_ANSWER)
    if how is None or sigmoid_of(model) is not None:
        return None
    found = list(dict.fromkeys(type(last_step(m)).__name__ for m in members(model)))
    return (
        f"{type(model).__name__} {how} {', '.join(found) or 'models'}, and what one of them says is not its answer; "
        "use shap or lime, which ask the whole"
    )


def members(model: Any) -> list[Any]:
    """Return the fitted models inside a wrapper that has an answer of its own."""
    if hasattr(model, "calibrated_classifiers_"):
        return [c.estimator for c in model.calibrated_classifiers_]
    own = getattr(model, "estimators_", getattr(model, "estimator_", []))
    final = [model.final_estimator_] if hasattr(model, "final_estimator_") else []
    return [m for m in (own if isinstance(own, list) else [own]) if not isinstance(m, str)] + final


def readers(model: Any) -> list[tuple[Any, list[int] | None]]:
    """Return the models inside that read columns, and the places of those that each reads; None for all."""
    inside = getattr(model, "estimators_features_", None)
    final = getattr(model, "final_estimator_", None)
    found = [m for m in members(model) if m is not final]
    if inside is None:
        return [(m, None) for m in found]
    return [(m, [int(i) for i in places]) for m, places in zip(found, inside, strict=False)]


def _entry(estimator: Any, table: dict[str, str]) -> str | None:
    return next((table[kind.__name__] for kind in type(estimator).__mro__ if kind.__name__ in table), None)
