"""A model that was opened, of any format, behind one interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from explainers.subject import Subject

Format = Literal["skops", "onnx", "xgboost", "lightgbm", "catboost", "pickle", "scores", "memory"]


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted classifier and where it came from. Without a model at hand `subject` reads stored score columns."""

    subject: Subject
    format: Format
    sha256: str  # of the file's bytes; "" for objects in memory and for stored scores
    classes: tuple[Any, ...]  # JSON scalars, as they stand in the target column
    threshold: float = 0.5  # binary: the least probability of the event that is called the event

    @property
    def features(self) -> tuple[str, ...]:
        """Return the raw columns that the model reads, in its own order."""
        return self.subject.columns

    @property
    def family(self) -> str:
        """Return trees, linear, neural, other, scores or endpoint."""
        return self.subject.family

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return probabilities, shape (rows, classes)."""
        return self.subject.predict_proba(rows)
