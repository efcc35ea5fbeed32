"""SHAP: each column's fair share of the difference between this answer and the usual one (Lundberg and Lee, 2017).

Exact where the model's kind allows it, sampled over the raw columns everywhere else, and checked in every case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import answers, check_sums, margin_unit, margins_of, tolerance_of
from explainers.boosters import booster_contributions, has_contributions
from explainers.coded_game import CodedGame, coded_game
from explainers.explainer import Question
from explainers.explanation import Explanation, Unit, Unsupported
from explainers.forests.asked import own_answers
from explainers.linear_terms import linear_terms
from explainers.refusing import asked, why_not
from explainers.sampling import Sampled, shapley_values
from explainers.subject import Subject, kind_of
from explainers.tree_shap import against, along_paths, by_library
from explainers.walk import door_of

BACKGROUND = 100  # rows of it that trees are asked with: one row of 300 trees of depth 12 takes about 50 ms

Way = Callable[[Subject, pd.DataFrame, pd.DataFrame, Question], "Shares"]


@dataclass(frozen=True, eq=False)
class Shares:
    """Contributions (rows, columns) and what is to be said of them."""

    values: np.ndarray
    base: float
    unit: Unit
    notes: tuple[str, ...]
    quality: dict[str, float] = field(default_factory=dict)


class Shapley:
    """Shapley values in raw columns."""

    name = "shap"

    def refusal(self, model: Any) -> str | None:
        """Return why this model has no Shapley values, or None."""
        return why_not(asked, model)

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, question: Question
    ) -> list[Explanation]:
        """Return exact values where there is a way to, sampled ones with their error elsewhere."""
        subject = asked(model)
        shares = _shares(subject, rows, background, question)
        scores = _scores(subject, rows, question.class_index, shares.unit)
        check_sums("shap", shares.base + shares.values.sum(axis=1), scores, _tolerance(subject))
        return [
            Explanation(
                row=str(label),
                class_=subject.classes[question.class_index],
                method=self.name,
                unit=shares.unit,
                base=shares.base,
                score=float(scores[i]),
                values=dict(zip(subject.columns, shares.values[i].tolist(), strict=True)),
                additive=True,
                notes=shares.notes,
                quality=shares.quality,
            )
            for i, label in enumerate(rows.index)
        ]


def _shares(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question) -> Shares:
    """Return the first exact answer that holds, else the sampled one, with the reason where an exact one failed."""
    failed: list[str] = []
    for way in _ways(background, question):
        try:
            shares = way(subject, rows, background, question)
            scores = _scores(subject, rows, question.class_index, shares.unit)
            check_sums("exact SHAP", shares.base + shares.values.sum(axis=1), scores, _tolerance(subject))
        except NotThisWay:
            continue
        except Unsupported as why:
            failed.append(str(why))
        else:
            if question.unit in (None, shares.unit):
                return shares
            failed.append(
                f"exact SHAP adds up in {shares.unit} for this model; rescaled, it would be nobody's Shapley value in "
                f"{question.unit}, which only the model itself can be asked for, against a background"
            )
            break
    return _sampled(subject, rows, background, question, failed)


def _ways(background: pd.DataFrame, question: Question) -> tuple[Way, ...]:
    """Return the exact ways in the order in which they are tried."""
    if question.reference == "background" and not len(background):
        raise Unsupported("shap against a background needs rows of it, and there are none; add a table of them")
    if question.reference == "paths":
        return _along_paths, _of_booster, _by_library
    if not len(background):
        return _along_paths, _of_booster, _by_library, _of_linear
    if question.reference == "background":
        return _against, _of_linear
    return _against, _of_booster, _by_library, _of_linear


class NotThisWay(Exception):
    """Raised by a way that isn't meant for this kind of model."""


def _against(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question) -> Shares:
    _check_trees(subject)
    chosen = _some(background, question.seed)
    found = against(subject, rows, chosen, question.class_index)
    note = (
        f"exact TreeSHAP: a column that isn't known takes the values of {_of_all(chosen, background)} background rows"
    )
    return Shares(found.values, found.base, found.unit, (note,))


def _along_paths(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question) -> Shares:
    _check_trees(subject)
    found = along_paths(subject, rows, question.class_index)
    note = (
        "exact TreeSHAP along the trees' paths: a split on a column that isn't known is weighed by the training rows "
        "on either side"
    )
    return Shares(found.values, found.base, found.unit, (note,))


def _of_booster(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question) -> Shares:
    if not has_contributions(subject):
        raise NotThisWay
    values, base = booster_contributions(subject, rows, question.class_index)
    return Shares(values, base, margin_unit(subject), ("exact TreeSHAP of the booster itself, along its trees' paths",))


def _by_library(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question) -> Shares:
    _check_trees(subject)
    if not hasattr(subject, "encoded"):
        raise NotThisWay
    found = by_library(subject, rows, question.class_index)
    note = "exact TreeSHAP of the shap library, along the trees' paths, summed over each column's encodings"
    return Shares(found.values, found.base, found.unit, (note,))


def _check_trees(subject: Subject) -> None:
    if subject.family != "trees":
        raise NotThisWay


def _some(background: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the background rows that stand in for an absent column, in their own order."""
    chosen = np.random.default_rng(seed).permutation(len(background))[:BACKGROUND]
    return background.iloc[np.sort(chosen)]


def _of_all(chosen: pd.DataFrame, background: pd.DataFrame) -> str:
    every = len(chosen) == len(background)
    return f"{len(chosen):,}" if every else f"{len(chosen):,} of {len(background):,}"


def _of_linear(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question) -> Shares:
    if subject.family != "linear" or not hasattr(subject, "encoded"):
        raise NotThisWay
    terms = linear_terms(subject, rows, background, question.class_index)
    notes = (f"exact for a linear model, against the average of {len(background):,} background rows",)
    return Shares(terms.values.to_numpy(), terms.base, terms.unit, notes)


def _sampled(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question, failed: list[str]
) -> Shares:
    if question.reference == "paths":
        raise Unsupported("; ".join(failed) or f"{kind_of(subject)} has no paths; ask shap with reference='background'")
    if not len(background):
        raise Unsupported("shap needs background rows to exchange values with, and there are none; add a table of them")
    own: Unit = "probability" if margins_of(subject, rows.iloc[:1]) is None else margin_unit(subject)
    unit = question.unit or own
    frame, others = subject.prepared(rows), subject.prepared(background)

    game = _game(subject, frame, others, question.class_index, unit)
    found = [
        shapley_values(game.score, game.rows.iloc[[i]], game.background, seed=question.seed) for i in range(len(frame))
    ]
    error = max((f.error for f in found), default=0.0)
    values = np.array([f.values for f in found]).reshape(len(frame), len(subject.columns))
    base = found[0].base if found else 0.0
    note = _how(found[0], error, len(others)) if found else "no rows"
    return Shares(values, base, unit, (note, *failed), {"standard_error": error})


def _scores(subject: Subject, rows: pd.DataFrame, class_index: int, unit: Unit) -> np.ndarray:
    """Return the model's own scores, of a plain forest without the time that joblib takes for few rows."""
    try:
        return own_answers(door_of(subject), rows, class_index, unit)
    except Unsupported:
        return answers(subject, rows, class_index, unit)


def _game(subject: Subject, frame: pd.DataFrame, others: pd.DataFrame, class_index: int, unit: Unit) -> CodedGame:
    """Return what scores mixtures of prepared rows: stacked trees where they answer in the unit, else the model."""
    try:
        return coded_game(subject, frame, others, class_index, unit)
    except Unsupported:
        return CodedGame(frame, others, lambda mixed: answers(subject, mixed, class_index, unit))


def _how(one: Sampled, error: float, rows: int) -> str:
    used = f"{rows:,}" if one.background == rows else f"{one.background:,} of {rows:,}"
    exchanged = f"SHAP by exchanging columns with {used} background row{'s' if rows > 1 else ''}"
    if not one.orders:
        return f"{exchanged} in every combination: exact for these rows"
    return (
        f"{exchanged} in {one.orders} orders and their reverses; standard error at most {error:.2g}, for these "
        "background rows"
    )


def _tolerance(subject: Subject) -> float:
    from explainers.subjects.scikit import last_step

    return tolerance_of(last_step(subject.estimator))
