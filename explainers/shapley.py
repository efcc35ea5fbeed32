"""SHAP: each column's fair share of the difference between this answer and the usual one (Lundberg and Lee, 2017).

Exact where the model's kind allows it, sampled over the raw columns everywhere else, and checked in every case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import answers, check_sums, check_unit, margin_unit, margins_of, tolerance_of
from explainers.boosters import booster_contributions, has_contributions
from explainers.explainer import Question
from explainers.explanation import Explanation, Unit, Unsupported
from explainers.linear_terms import linear_terms
from explainers.refusing import asked, why_not
from explainers.sampling import Sampled, shapley_values
from explainers.subject import Subject


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
        scores = answers(subject, rows, question.class_index, shares.unit)
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
    for way in (_of_booster, _of_trees, _of_linear):
        try:
            shares = way(subject, rows, background, question.class_index)
            check_unit("exact SHAP", question.unit, shares.unit)
            scores = answers(subject, rows, question.class_index, shares.unit)
            check_sums("exact SHAP", shares.base + shares.values.sum(axis=1), scores, _tolerance(subject))
        except NotThisWay:
            continue
        except Unsupported as why:
            failed.append(str(why))
        else:
            return shares
    return _sampled(subject, rows, background, question, failed)


class NotThisWay(Exception):
    """Raised by a way that isn't meant for this kind of model."""


def _of_booster(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> Shares:
    if not has_contributions(subject):
        raise NotThisWay
    values, base = booster_contributions(subject, rows, class_index)
    return Shares(values, base, margin_unit(subject), ("exact TreeSHAP of the booster itself, along its trees' paths",))


def _of_trees(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> Shares:
    if subject.family != "trees" or not hasattr(subject, "encoded"):
        raise NotThisWay
    from explainers.tree_shap import tree_shap

    values, base, unit = tree_shap(subject, rows, class_index)
    return Shares(values, base, unit, ("exact TreeSHAP along the trees' paths, summed over each column's encodings",))


def _of_linear(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> Shares:
    if subject.family != "linear" or not hasattr(subject, "encoded"):
        raise NotThisWay
    terms = linear_terms(subject, rows, background, class_index)
    notes = (f"exact for a linear model, against the average of {len(background):,} background rows",)
    return Shares(terms.values.to_numpy(), terms.base, terms.unit, notes)


def _sampled(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, question: Question, failed: list[str]
) -> Shares:
    if not len(background):
        raise Unsupported("shap needs background rows to exchange values with, and there are none; add a table of them")
    own: Unit = "probability" if margins_of(subject, rows.iloc[:1]) is None else margin_unit(subject)
    unit = question.unit or own
    frame, others = subject.prepared(rows), subject.prepared(background)

    def score(mixed: pd.DataFrame) -> np.ndarray:
        return answers(subject, mixed, question.class_index, unit)

    found = [shapley_values(score, frame.iloc[[i]], others, seed=question.seed) for i in range(len(frame))]
    error = max((f.error for f in found), default=0.0)
    values = np.array([f.values for f in found]).reshape(len(frame), len(subject.columns))
    base = found[0].base if found else 0.0
    note = _how(found[0], error) if found else "no rows"
    return Shares(values, base, unit, (note, *failed), {"standard_error": error})


def _how(one: Sampled, error: float) -> str:
    exchanged = f"SHAP by exchanging columns with {one.background} background rows"
    if not one.orders:
        return f"{exchanged} in every combination: exact for these rows"
    return f"{exchanged} in {one.orders} orders and their reverses; standard error at most {error:.2g}"


def _tolerance(subject: Subject) -> float:
    from explainers.subjects.scikit import last_step

    return tolerance_of(last_step(subject.estimator))
