"""The protocol every method keeps."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from explainers.explanation import Explanation


class Explainer(Protocol):
    """One way of saying why. `model` is a fitted estimator of any kind that `explainers.subject.subject_of` opens."""

    name: str

    def refusal(self, model: Any) -> str | None:
        """Return why this model can't be explained, or None when it can."""

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, *, class_index: int, seed: int
    ) -> list[Explanation]:
        """Return one explanation a row; `background` holds other rows of the same columns, never the explained ones."""
