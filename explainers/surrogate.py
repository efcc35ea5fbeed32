"""LIME: a small linear model fitted around one row (Ribeiro 2016), in raw columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import check_unit
from explainers.coding import Coding
from explainers.explainer import Question
from explainers.explanation import Explanation, Unsupported
from explainers.refusing import asked_for_probabilities, why_not
from explainers.subject import Subject

SAMPLES = 5_000
LEARN_FROM = 5_000  # background rows that LIME takes its statistics from


class Surrogate:
    """LIME through its own library."""

    name = "lime"

    def refusal(self, model: Any) -> str | None:
        """Return why LIME can't ask this model, or None."""
        return why_not(asked_for_probabilities, model)

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, question: Question
    ) -> list[Explanation]:
        """Return the local model's weights, and in `quality` how well it fits there (R2)."""
        subject = asked_for_probabilities(model)
        check_unit("lime", question.unit, "probability")
        if len(background) < 2:
            raise Unsupported(f"lime varies a row within background rows, and found {len(background)}; add more")
        frame, others = subject.prepared(rows), subject.prepared(background)
        chosen = np.sort(np.random.default_rng(question.seed).permutation(len(others))[:LEARN_FROM])
        return [self._explained(subject, frame.iloc[[i]], others.iloc[chosen], question) for i in range(len(frame))]

    def _explained(self, subject: Subject, row: pd.DataFrame, others: pd.DataFrame, question: Question) -> Explanation:
        from lime.lime_tabular import LimeTabularExplainer

        coding = Coding.of(pd.concat([row, others], ignore_index=True))
        explainer = LimeTabularExplainer(
            coding.encode(others),
            feature_names=list(subject.columns),
            categorical_features=coding.categorical,
            categorical_names=coding.names,
            random_state=question.seed,
        )

        def ask(codes: np.ndarray) -> np.ndarray:
            return subject.predict_proba(coding.decode(codes, row))

        found = explainer.explain_instance(
            coding.encode(row)[0],
            ask,
            labels=(question.class_index,),
            num_features=len(subject.columns),
            num_samples=SAMPLES,
        )
        weights = dict.fromkeys(subject.columns, 0.0)
        weights.update({subject.columns[i]: float(w) for i, w in found.local_exp[question.class_index]})
        r2 = float(found.score)
        return Explanation(
            row=str(row.index[0]),
            class_=subject.classes[question.class_index],
            method=self.name,
            unit="probability",
            base=float(found.intercept[question.class_index]),
            score=float(subject.predict_proba(row)[0, question.class_index]),
            values=weights,
            additive=False,
            notes=(f"LIME's local fit has R2 {r2:.2f} on {SAMPLES:,} samples around the row",),
            quality={"r2": r2},
        )
