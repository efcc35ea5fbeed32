"""CatBoost classifiers, whose categories are strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import as_number, pick, plain
from explainers.explanation import Unsupported
from explainers.subject import Family
from explainers.subjects.anything import labels, none_asked


@dataclass(frozen=True, eq=False)
class CatboostSubject:
    """A CatBoost classifier."""

    estimator: Any
    classes: tuple[Any, ...]
    columns: tuple[str, ...]
    categorical: frozenset[str]
    family: Family = "trees"

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return numbers, and categories as the text that CatBoost hashes."""
        frame = pick(rows, self.columns)
        for name in self.columns:
            column = frame[name]
            wanted = as_text(column) if name in self.categorical else as_number(column)
            if wanted is not column:
                frame[name] = wanted
        return frame

    def pool(self, rows: pd.DataFrame) -> Any:
        """Return the rows as CatBoost's own Pool."""
        from catboost import Pool

        frame = self.prepared(rows)
        places = [i for i, name in enumerate(self.columns) if name in self.categorical]
        frame.columns = pd.Index(self.estimator.feature_names_)
        return Pool(frame, cat_features=places)

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the model's probabilities."""
        if not len(rows):
            return none_asked(self.classes)
        return np.asarray(self.estimator.predict(self.pool(rows), prediction_type="Probability"), dtype=np.float64)

    def margins(self, rows: pd.DataFrame) -> np.ndarray:
        """Return raw scores: (rows,) for the event when binary, (rows, classes) otherwise."""
        return np.asarray(self.estimator.predict(self.pool(rows), prediction_type="RawFormulaVal"), dtype=np.float64)


def as_text(column: pd.Series) -> pd.Series:
    """Return categories as text: whole numbers without ".0", and "nan" for a missing one, since CatBoost takes none."""
    column = plain(column)
    if column.dtype.kind == "f":
        texts = [str(int(v)) if np.isfinite(v) and v == int(v) else str(v) for v in column.tolist()]
    else:
        texts = ["nan" if pd.isna(v) else str(v) for v in column.tolist()]
    return pd.Series(texts, index=column.index, name=column.name, dtype=object)


def open_estimator(estimator: Any, columns: Sequence[str] | None) -> CatboostSubject:
    """Return a fitted CatBoost classifier as a subject."""
    if not hasattr(estimator, "is_fitted") or not estimator.is_fitted():
        raise Unsupported(f"{type(estimator).__name__} is no fitted CatBoost model")
    classes = labels(estimator.classes_)
    if len(classes) < 2:
        raise Unsupported("this CatBoost model answers no class probabilities: it has no classes")
    names = tuple(columns) if columns is not None else tuple(str(c) for c in estimator.feature_names_)
    categorical = frozenset(names[i] for i in estimator.get_cat_feature_indices())
    return CatboostSubject(estimator, classes, names, categorical)
