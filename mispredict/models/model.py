"""A model that was opened, of any format, behind one interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from explainers.subject import Subject

Format = Literal["skops", "onnx", "xgboost", "lightgbm", "catboost", "pickle", "scores", "memory", "endpoint"]


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted classifier and where it came from. Without a model at hand `subject` reads stored score columns."""

    subject: Subject
    format: Format
    sha256: str  # of the file's bytes; "" for objects in memory and for stored scores; of an endpoint's first answers
    classes: tuple[Any, ...]  # JSON scalars, as they stand in the target column
    threshold: float = 0.5  # binary: the least probability of the event that is called the event
    order: tuple[int, ...] | None = None  # place of each of `classes` among the subject's own; None: the same places
    notes: tuple[str, ...] = ()  # said on opening, e.g. how the model's 0 and 1 were matched to the target's values

    @property
    def features(self) -> tuple[str, ...]:
        """Return the raw columns that the model reads, in its own order."""
        return self.subject.columns

    @property
    def family(self) -> str:
        """Return trees, linear, neural, other, scores or endpoint."""
        return self.subject.family

    @property
    def why_no_probabilities(self) -> str:
        """Return why the model answers none, only margins; empty where it answers them."""
        return str(getattr(self.subject, "no_probabilities", ""))

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return probabilities, shape (rows, classes)."""
        found = self.subject.predict_proba(rows)
        return found if self.order is None else found[:, list(self.order)]

    def subject_index(self, class_index: int) -> int:
        """Return the place among the subject's own classes, which explainers count in, of one of `classes`."""
        return class_index if self.order is None else self.order[class_index]
