"""Why is the loss high? Contributions to a row's surprise, not only to its score (Lundberg 2020, section 2.7.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import check_sums, tolerance_of
from explainers.coded_game import CodedGame, coded_game
from explainers.explanation import Explanation, Unsupported
from explainers.refusing import asked_for_probabilities, check_class
from explainers.sampling import Sampled, shapley_values
from explainers.subject import Subject

LEAST = 1e-15  # the probability that a scan takes 0 for, so that both count the same surprise


def explain_surprise(
    model: Any,
    rows: pd.DataFrame,
    background: pd.DataFrame,
    *,
    truth: Sequence[int] | np.ndarray,
    seed: int = 0,
) -> list[Explanation]:
    """Return one explanation a row of its surprise, -log p(true class) in nats; `truth` holds a class index a row.

    A positive value is a column that pushes the row away from its true class. `base` is the mean surprise that the
    same label would have on the background rows, `score` the row's own. `class_` is the true class. Exact up to 8
    columns, sampled above, with the largest standard error in `quality`.
    """
    subject = asked_for_probabilities(model)
    places = _places(subject, rows, truth)
    if not len(background):
        raise Unsupported("a surprise is measured against background rows, and found none; add a table of them")
    frame, others = subject.prepared(rows), subject.prepared(background)
    return [_explained(subject, frame.iloc[[i]], others, place, seed) for i, place in enumerate(places)]


def surprises(subject: Subject, rows: pd.DataFrame, place: int) -> np.ndarray:
    """Return each row's surprise, in nats, if that class were its true one."""
    return _of(subject.predict_proba(rows)[:, place])


def _of(probability: np.ndarray) -> np.ndarray:
    return np.asarray(0.0 - np.log(np.clip(probability, LEAST, 1.0)))


def _game(subject: Subject, row: pd.DataFrame, others: pd.DataFrame, place: int) -> CodedGame:
    """Return what answers the class's probability for mixtures: stacked trees where they do, else the model itself."""
    try:
        return coded_game(subject, row, others, place, "probability")
    except Unsupported:
        return CodedGame(row, others, lambda mixed: subject.predict_proba(mixed)[:, place])


def _places(subject: Subject, rows: pd.DataFrame, truth: Sequence[int] | np.ndarray) -> list[int]:
    places = [int(k) for k in truth]
    if len(places) != len(rows):
        raise Unsupported(f"{len(rows)} rows need as many true classes, and found {len(places)}")
    for place in places:
        check_class(subject, place)
    return places


def _explained(subject: Subject, row: pd.DataFrame, others: pd.DataFrame, place: int, seed: int) -> Explanation:
    game = _game(subject, row, others, place)
    found = shapley_values(lambda mixed: _of(game.score(mixed)), game.rows, game.background, seed=seed)
    score = surprises(subject, row, place)
    check_sums("surprise", found.base + found.values.sum(keepdims=True), score, tolerance_of(subject.estimator))
    return Explanation(
        row=str(row.index[0]),
        class_=subject.classes[place],
        method="surprise",
        unit="nats",
        base=found.base,
        score=float(score[0]),
        values=dict(zip(subject.columns, found.values.tolist(), strict=True)),
        additive=True,
        notes=(_how(found, len(others)),),
        quality={"standard_error": found.error},
    )


def _how(found: Sampled, rows: int) -> str:
    exchanged = f"Shapley values of the surprise, against {found.background:,} of {rows:,} background rows"
    if not found.orders:
        return f"{exchanged}, in every combination of columns: exact for these rows"
    return f"{exchanged}, in {found.orders} orders and their reverses; standard error at most {found.error:.2g}"
