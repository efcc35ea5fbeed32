"""One prediction explained by one method."""

from __future__ import annotations

import dataclasses

import pandas as pd

import explainers
from explainers.explanation import Explanation, Unsupported
from mispredict.bad_input import ModelRefused
from mispredict.models.labels import places_of
from mispredict.models.model import Model
from mispredict.scan.scored import Scored
from mispredict.tables.columns import listed


def refusals(model: Model) -> dict[str, str | None]:
    """Return every method and why it can't serve this model, None when it can."""
    if model.family in ("scores", "endpoint"):
        why = "there is no model at hand, only its scores"
        return dict.fromkeys(explainers.EXPLAINERS, why)
    return {name: explainer.refusal(model.subject) for name, explainer in explainers.EXPLAINERS.items()}


def explain_row(model: Model, found: Scored, background: pd.DataFrame, method: str, *, seed: int) -> Explanation:
    """Return why the model gave the event its score (binary), or the class that the row was called (multiclass).

    `found` is the row as the live model scored it; `model` may be the candidate.
    """
    if method not in explainers.EXPLAINERS:
        raise ModelRefused(
            f"the method {method!r}", needed=f"one of {', '.join(explainers.EXPLAINERS)}", do="choose one of these"
        )
    why = refusals(model)[method]
    if why is not None:
        raise ModelRefused(
            f"{method} can't serve this model: {why}", needed="a method that can", do=_others(model, method)
        )
    class_ = found.classes[1 if len(found.classes) == 2 else int(found.predicted[0])]
    place = _place_of(class_, model)
    try:
        answer = explainers.explain(
            model.subject, found.rows, background, method=method, class_index=model.subject_index(place), seed=seed
        )[0]
    except Unsupported as reason:
        raise ModelRefused(
            f"{method} can't explain this row: {reason}", needed="a method that can", do=_others(model, method)
        ) from reason
    return named(answer, str(found.ids[0]), class_)


def _place_of(class_: object, model: Model) -> int:
    """Return the class's place in this model's order, which the live model's need not be."""
    place = places_of([class_], model.classes)[0]
    if place < 0:
        raise ModelRefused(
            f"the model answers for the classes {listed(map(str, model.classes))}",
            needed=f"one that knows {class_!r}, what the live model called the row",
            do="explain the live model, or name a candidate that was trained on the same target",
        )
    return place


def named(answer: Explanation, row: str, class_: object) -> Explanation:
    """Return the explanation under the table's own id and class."""
    return dataclasses.replace(answer, row=row, class_=class_)


def _others(model: Model, method: str) -> str:
    able = [name for name, why in refusals(model).items() if why is None and name != method]
    return f"use {' or '.join(able)}" if able else "open the model itself, where it is at hand"
