"""One prediction explained by one method."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any

import pandas as pd

import explainers
from explainers.dtypes import UnfitColumn
from explainers.explanation import Explanation, Unsupported
from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.investigation.questions import Why
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


def explain_row(model: Model, found: Scored, background: pd.DataFrame, question: Why, *, seed: int) -> Explanation:
    """Return why the model gave the class that is asked for its score.

    `found` is the row as the live model scored it; `model` may be the candidate.
    """
    check_serves(model, question.method)
    class_ = class_of(found, question.class_)
    with able(f"{question.method} can't explain this row", _others(model, question.method)):
        answer = explainers.explain(
            model.subject,
            found.rows,
            background,
            method=question.method,
            class_index=index_of(class_, model),
            seed=seed,
            unit=question.unit,
            reference=question.reference,
        )[0]
    return named(answer, found, class_)


def check_serves(model: Model, method: str) -> None:
    """Raise `ModelRefused` for a method that does not exist or can't serve this model."""
    if method not in explainers.EXPLAINERS:
        raise ModelRefused(
            f"the method {method!r}", needed=f"one of {', '.join(explainers.EXPLAINERS)}", do="choose one of these"
        )
    why = refusals(model)[method]
    if why is not None:
        raise ModelRefused(
            f"{method} can't serve this model: {why}", needed="a method that can", do=_others(model, method)
        )


@contextlib.contextmanager
def able(what: str, do: str) -> Iterator[None]:
    """Turn an explainer's refusal into ours."""
    try:
        yield
    except Unsupported as reason:
        raise ModelRefused(f"{what}: {reason}", needed="a model and a row that it can work with", do=do) from reason
    except UnfitColumn as reason:
        raise TableRefused(
            f"the column {reason.column!r} {reason.found}", needed=reason.needed, do="give a value that the model takes"
        ) from reason


def class_of(found: Scored, wanted: str | None) -> Any:
    """Return the class that is asked for; else the event (binary), or what the row was called (multiclass)."""
    if wanted is None:
        return found.classes[1 if len(found.classes) == 2 else int(found.predicted[0])]
    place = places_of([wanted], found.classes)[0]
    if place < 0:
        raise ModelRefused(
            f"the class {wanted!r}", needed=f"one of {listed(map(str, found.classes))}", do="choose one of these"
        )
    return found.classes[place]


def index_of(class_: object, model: Model) -> int:
    """Return the class's place among the subject's own, which need not be the live model's order."""
    place = places_of([class_], model.classes)[0]
    if place < 0:
        raise ModelRefused(
            f"the model answers for the classes {listed(map(str, model.classes))}",
            needed=f"one that knows {class_!r}, what the live model called the row",
            do="explain the live model, or name a candidate that was trained on the same target",
        )
    return model.subject_index(place)


def named(answer: Explanation, found: Scored, class_: object) -> Explanation:
    """Return the explanation under the table's own id and class."""
    return dataclasses.replace(answer, row=str(found.ids[0]), class_=class_)


def _others(model: Model, method: str) -> str:
    able_ones = [name for name, why in refusals(model).items() if why is None and name != method]
    return f"use {' or '.join(able_ones)}" if able_ones else "open the model itself, where it is at hand"
