"""What the weights say: the terms of a linear model, and eli5's reading of a prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import answers, check_sums, check_unit, tolerance_of
from explainers.eli5_weights import check_readable, weights_of
from explainers.explainer import Question
from explainers.explanation import Explanation
from explainers.linear_terms import linear_terms, open_linear
from explainers.opened import opened, unit_of
from explainers.refusing import why_not
from explainers.subject import subject_of


class Linear:
    """The terms of a linear model in raw columns: coefficient x distance from the background's average."""

    name = "linear"

    def refusal(self, model: Any) -> str | None:
        """Return why this model has no terms, or None."""
        return why_not(lambda m: open_linear(subject_of(m)), model)

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, question: Question
    ) -> list[Explanation]:
        """Return the terms, measured from the background's average row; from zero where there is no background."""
        subject = subject_of(model)
        terms = linear_terms(subject, rows, background, question.class_index)
        check_unit("linear", question.unit, terms.unit)
        scores = answers(subject, rows, question.class_index, terms.unit)
        check_sums("linear", terms.base + terms.values.sum(axis=1).to_numpy(), scores, 1e-6)
        origin = f"the average of {len(background):,} background rows" if len(background) else "zero"
        return [
            Explanation(
                row=str(label),
                class_=subject.classes[question.class_index],
                method=self.name,
                unit=terms.unit,
                base=terms.base,
                score=float(scores[i]),
                values={str(c): float(v) for c, v in terms.values.iloc[i].items()},
                additive=True,
                notes=(f"terms are measured from {origin}",),
            )
            for i, label in enumerate(rows.index)
        ]


class Eli5:
    """eli5's `explain_prediction`, with its weights folded to raw columns and checked against the score."""

    name = "eli5"

    def refusal(self, model: Any) -> str | None:
        """Return eli5's own reason why it can't explain this model, or None."""
        return why_not(lambda m: check_readable(opened(subject_of(m))), model)

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, question: Question
    ) -> list[Explanation]:
        """Return eli5's weights; `Unsupported` where they don't add up to the model's score."""
        door = opened(subject_of(model))
        check_readable(door)
        unit = unit_of(door)
        check_unit("eli5", question.unit, unit)
        scores = answers(door.subject, rows, question.class_index, unit)  # says which column can't be taken
        found = [weights_of(door, row, question.class_index, unit) for row in door.matrix(rows)]
        values = door.fold(np.array([weights for weights, _ in found]).reshape(len(rows), len(door.encoded)))
        bases = np.array([base for _, base in found])
        check_sums("eli5", bases + values.sum(axis=1).to_numpy(), scores, tolerance_of(door.model))
        return [
            Explanation(
                row=str(label),
                class_=door.subject.classes[question.class_index],
                method=self.name,
                unit=unit,
                base=float(bases[i]),
                score=float(scores[i]),
                values={str(c): float(v) for c, v in values.iloc[i].items()},
                additive=True,
                notes=("a linear model's weights are measured from zero, a tree's from its root", *door.notes),
            )
            for i, label in enumerate(rows.index)
        ]
