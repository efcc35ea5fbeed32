"""The protocol every method keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pandas as pd

from explainers.explanation import Explanation, Unit

Reference = Literal["background", "paths"]


@dataclass(frozen=True)
class Question:
    """What is asked of a method besides the rows."""

    class_index: int = 1  # place among the subject's classes
    seed: int = 0
    unit: Unit | None = None  # None: the one in which the method is exact for this model
    reference: Reference | None = None  # what an absent column stands for; None: the background where there is one


class Explainer(Protocol):
    """One way of saying why. `model` is a fitted estimator of any kind that `explainers.subject.subject_of` opens."""

    name: str

    def refusal(self, model: Any) -> str | None:
        """Return why this model can't be explained, or None when it can."""

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, question: Question
    ) -> list[Explanation]:
        """Return one explanation a row; `background` holds other rows of the same columns, never the explained ones."""
