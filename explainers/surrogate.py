"""LIME: a small linear model fitted around one row (Ribeiro 2016), in raw columns.

LIME's library draws the samples, weighs them by their distance and fits. It is given codes instead of values, because
its own bins hold no missing value, replace a constant by 0 and invent numbers that no row has: here a code that is the
row's own stands for the row's own value, and every other one for a background value of that bin or level. So a weight
is what the row's value adds against values of other bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import check_unit
from explainers.coding import Coded, Coding, coding_of
from explainers.dtypes import taken
from explainers.explainer import Question
from explainers.explanation import Explanation, Unsupported
from explainers.local_fit import MeasuredRidge
from explainers.refusing import asked_for_probabilities, why_not
from explainers.subject import Subject

SAMPLES = 5_000
LEARN_FROM = 5_000  # background rows that codes and values are taken from
CELLS = 5_000_000  # of samples and of background: 40 MB a copy, of which LIME makes several
FEWEST = 100  # samples and background rows, however many columns there are


class Surrogate:
    """LIME through its own library."""

    name = "lime"

    def refusal(self, model: Any) -> str | None:
        """Return why LIME can't ask this model, or None."""
        return why_not(asked_for_probabilities, model)

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, question: Question
    ) -> list[Explanation]:
        """Return the local model's weights, and in `quality` how well it fits there (R2) and their largest error."""
        subject = asked_for_probabilities(model)
        check_unit("lime", question.unit, "probability")
        if not len(background):
            raise Unsupported("lime varies a row within background rows, and found none; add a table of them")
        frame = subject.prepared(rows)
        coding = coding_of(subject, _learned_from(background, len(subject.columns), question.seed))
        return [self._explained(subject, frame.iloc[[i]], coding, question) for i in range(len(frame))]

    def _explained(self, subject: Subject, row: pd.DataFrame, coding: Coding, question: Question) -> Explanation:
        from threadpoolctl import threadpool_limits

        coded = coding.columns
        own = [c.code(row.iloc[:, i]) for i, c in enumerate(coded)]
        both = pd.concat([row, coding.prepared], ignore_index=True)
        random = np.random.default_rng(question.seed)
        line = MeasuredRidge()

        def ask(codes: np.ndarray) -> np.ndarray:
            drawn = [c.draw(codes[:, i].astype(np.int64), own[i], random) for i, c in enumerate(coded)]
            mixed = pd.DataFrame({c: taken(both[c], drawn[i]) for i, c in enumerate(both.columns)})
            event = subject.predict_proba(mixed)[:, question.class_index]
            return np.column_stack([1 - event, event])

        samples = _samples(len(coded))
        with threadpool_limits(1, user_api="blas"):  # threads of the small fit keep those of the model waiting
            found = _lime(coded, own, question.seed).explain_instance(
                np.array(own, dtype=np.float64),
                ask,
                labels=(1,),
                num_features=len(coded),
                num_samples=samples,
                model_regressor=line,
            )
        weights = dict.fromkeys(subject.columns, 0.0)
        weights.update({subject.columns[i]: float(w) for i, w in found.local_exp[1]})
        quality = {"r2": float(found.score)}
        if line.errors is not None:
            quality["standard_error"] = float(line.errors.max(initial=0.0))
        return Explanation(
            row=str(row.index[0]),
            class_=subject.classes[question.class_index],
            method=self.name,
            unit="probability",
            base=float(found.intercept[1]),
            score=float(found.predict_proba[1]),
            values=weights,
            additive=False,
            notes=(_note(quality, samples),),
            quality=quality,
        )


def _learned_from(background: pd.DataFrame, columns: int, seed: int) -> pd.DataFrame:
    most = min(LEARN_FROM, max(FEWEST, CELLS // max(columns, 1)))
    return background.iloc[np.sort(np.random.default_rng(seed).permutation(len(background))[:most])]


def _samples(columns: int) -> int:
    return min(SAMPLES, max(FEWEST, CELLS // max(columns, 1)))


def _lime(coded: Sequence[Coded], own: list[int], seed: int) -> Any:
    """Return LIME's explainer, told how often to draw which code."""
    from lime.lime_tabular import LimeTabularExplainer

    shares = [c.shares(k) for c, k in zip(coded, own, strict=True)]
    stats: dict[str, Any] = {name: {} for name in ("means", "mins", "maxs", "stds")}  # of numbers, and all are codes
    stats["feature_values"] = [values for values, _ in shares]
    stats["feature_frequencies"] = [share for _, share in shares]
    return LimeTabularExplainer(
        np.array([own], dtype=np.float64),
        categorical_features=range(len(coded)),
        training_data_stats=stats,
        feature_selection="none",  # every column is asked for: choosing first would fit the same line twice
        random_state=seed,
    )


def _note(quality: dict[str, float], samples: int) -> str:
    fit = f"LIME's local fit has R2 {quality['r2']:.2f} on {samples:,} samples around the row"
    if "standard_error" not in quality:
        return f"{fit}; with so many columns a sample, neither that nor the values can be trusted far"
    return f"{fit}; standard error at most {quality['standard_error']:.2g}"
