"""Any object that answers `predict_proba` and names its classes and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import are_numbers, pick, plain
from explainers.explanation import Unsupported
from explainers.subject import Family


@dataclass(frozen=True, eq=False)
class AnySubject:
    """A classifier that nothing is known of beyond its answers."""

    estimator: Any
    classes: tuple[Any, ...]
    columns: tuple[str, ...]
    family: Family = "other"

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the model's columns without nullable or Arrow wrapping."""
        frame = pick(rows, self.columns)
        if are_numbers(frame):
            return frame
        return frame.assign(**{c: plain(frame[c]) for c in frame.columns})

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the object's own probabilities."""
        if not len(rows):
            return none_asked(self.classes)
        return np.asarray(self.estimator.predict_proba(self.prepared(rows)), dtype=np.float64)


def open_estimator(estimator: Any, columns: Sequence[str] | None) -> AnySubject:
    """Return the object as a subject, or say which of the three attributes it lacks."""
    names = columns if columns is not None else getattr(estimator, "feature_names_in_", None)
    lacks = [n for n in ("predict_proba", "classes_") if not hasattr(estimator, n)]
    lacks += [] if names is not None else ["feature_names_in_"]
    if lacks or names is None:
        kind = type(estimator).__name__
        raise Unsupported(f"{kind} can't be opened: it has no {' and no '.join(lacks)}; a fitted classifier has them")
    return AnySubject(estimator, labels(estimator.classes_), tuple(str(c) for c in names))


def none_asked(classes: tuple[Any, ...]) -> np.ndarray:
    """Return the probabilities of no rows, which several libraries refuse to be asked for."""
    return np.zeros((0, len(classes)))


def labels(classes: Any) -> tuple[Any, ...]:
    """Return class labels as JSON scalars."""
    return tuple(c.item() if isinstance(c, np.generic) else c for c in np.asarray(classes).tolist())
