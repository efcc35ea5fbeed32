"""The answers to questions of one row: one function a question, in one table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

import explainers
from explainers.agreement import Agreement, agree
from explainers.explanation import Explanation
from explainers.flips import Flips, flips
from explainers.knock_out import knock_out
from explainers.surprise import explain_surprise
from explainers.thresholds import NearThreshold, near_thresholds
from explainers.votes import Votes, votes
from mispredict.bad_input import ModelRefused
from mispredict.investigation.desk import Progress
from mispredict.investigation.editing import edit
from mispredict.investigation.explaining import able, class_of, explain_row, index_of, named, refusals
from mispredict.investigation.opened import Opened
from mispredict.investigation.questions import (
    Edited,
    HowAgreed,
    HowNear,
    HowToFlip,
    HowVoted,
    Question,
    Taught,
    TaughtBy,
    WhatIf,
    Why,
    WhyLoss,
)
from mispredict.investigation.teaching import Seen, taught
from mispredict.models.model import Model
from mispredict.scan.scored import Scored

ANOTHER = "choose another question, or open a model of another kind"


@dataclass(frozen=True, eq=False)
class At:
    """What an answer is made from: the row as the live model scored it, and the model that is asked."""

    found: Scored
    model: Model
    opened: Opened
    background: pd.DataFrame  # ordinary rows in the model's columns
    seen: Callable[[], Seen]  # many more of them, where values and neighbours are looked for
    ask: Callable[[Question[Any]], Any]  # the way to answers that are kept


def _why(at: At, question: Why, progress: Progress) -> Explanation:
    progress(0.2, f"explaining row {question.row} by {question.method}")
    return explain_row(at.model, at.found, at.background, question, seed=at.opened.spec.seed)


def _why_loss(at: At, question: WhyLoss, progress: Progress) -> Explanation:
    progress(0.2, "asking the model about mixtures of this row and others")
    class_ = at.found.classes[int(at.found.truth[0])]
    with able("the surprise can't be explained", ANOTHER):
        truth = [index_of(class_, at.model)]
        answer = explain_surprise(_subject(at), at.found.rows, at.background, truth=truth, seed=at.opened.spec.seed)[0]
    return named(answer, at.found, class_)


def _how_voted(at: At, question: HowVoted, progress: Progress) -> Votes:
    class_ = at.found.classes[int(at.found.truth[0])]
    with able("the trees can't be asked", ANOTHER):
        answer = votes(_subject(at), at.found.rows, truth_index=index_of(class_, at.model))
    return dataclasses.replace(answer, row=question.row, truth=class_)


def _how_near(at: At, question: HowNear, progress: Progress) -> tuple[NearThreshold, ...]:
    with able("the thresholds can't be read", ANOTHER):
        index = index_of(class_of(at.found, None), at.model)
        return near_thresholds(_subject(at), at.found.rows, class_index=index)


def _how_agreed(at: At, question: HowAgreed, progress: Progress) -> Agreement:
    answers: list[Explanation] = []
    refused: dict[str, str] = {}
    for place, (method, why) in enumerate(refusals(at.model).items()):
        progress(place / len(explainers.EXPLAINERS), f"explaining row {question.row} by {method}")
        try:
            asked = Why(question.row, question.of, method=method, class_=question.class_)
            answers += [at.ask(asked)] if why is None else []
        except ModelRefused as reason:
            why = reason.found
        refused |= {} if why is None else {method: why}
    class_ = class_of(at.found, question.class_)
    with able("the methods can't be compared", ANOTHER):
        index = index_of(class_, at.model)
        referee = knock_out(_subject(at), at.found.rows, at.background, class_index=index, seed=at.opened.spec.seed)
    referee = dataclasses.replace(referee, row=question.row, class_=class_)
    return dataclasses.replace(agree(answers, refused, referee), row=question.row, class_=class_)


def _taught_by(at: At, question: TaughtBy, progress: Progress) -> Taught:
    progress(0.1, "comparing training rows")
    _subject(at)
    with able("no training rows can be found for it", ANOTHER):
        index = index_of(class_of(at.found, None), at.model)
        return taught(at.model, at.found, at.seen(), question, at.opened, index)


def _what_if(at: At, question: WhatIf, progress: Progress) -> Edited:
    before = at.ask(Why(question.row, question.of, method=question.method, class_=question.class_))
    progress(0.5, "explaining the changed row")
    with able("the row can't be changed like that", "change another value"):
        return edit(at.model, at.found, at.background, question, before=before, seed=at.opened.spec.seed)


def _flip(at: At, question: HowToFlip, progress: Progress) -> Flips:
    progress(0.1, "searching for the smallest change")
    model = at.model
    with able("no change can be searched for", ANOTHER):
        answer = flips(
            _subject(at),
            at.found.rows,
            at.seen().rows,
            class_index=index_of(class_of(at.found, None), model),
            threshold=model.threshold,
            locked=question.locked,
            seed=at.opened.spec.seed,
        )
    return dataclasses.replace(answer, row=question.row)


def _subject(at: At) -> Any:
    if at.model.family in ("scores", "endpoint"):
        raise ModelRefused(
            "there is no model at hand, only its scores", needed="the model itself", do="open its file to ask it"
        )
    return at.model.subject


ANSWERS: dict[type[Question[Any]], Callable[[At, Any, Progress], Any]] = {
    Why: _why,
    WhyLoss: _why_loss,
    HowVoted: _how_voted,
    HowNear: _how_near,
    HowAgreed: _how_agreed,
    TaughtBy: _taught_by,
    WhatIf: _what_if,
    HowToFlip: _flip,
}
