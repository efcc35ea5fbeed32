"""CatBoost classifiers, whose categories are strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.columns import Encoded
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

    def tree_columns(self) -> tuple[Encoded, ...]:
        """Return the columns as the trees read them: categories by a code for each one that some split asks for.

        CatBoost stores no categories, only their hashes, so that they are named by these. Raises `Unsupported` where
        the trees can't be read.
        """
        from explainers.forests.catboost import hashes_of

        found = hashes_of(self.estimator)
        return tuple(_encoded(name, found.get(i), name in self.categorical) for i, name in enumerate(self.columns))

    def matrix(self, rows: pd.DataFrame) -> np.ndarray:
        """Return float64 numbers as the trees compare them; a category that no split asks for has a code beyond."""
        frame = self.prepared(rows)
        out = np.empty(frame.shape)
        categories = 0
        for i, name in enumerate(self.columns):
            if name in self.categorical:
                out[:, i] = self._codes(frame[name], categories)
                categories += 1
            else:
                out[:, i] = frame[name].to_numpy(np.float64)
        return out

    def _codes(self, texts: pd.Series, category: int) -> np.ndarray:
        places, values = pd.factorize(texts)
        codes = [self.estimator._object._calc_cat_feature_perfect_hash(v, category) for v in values]
        return np.array(codes, dtype=np.float64)[places]

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the model's probabilities."""
        if not len(rows):
            return none_asked(self.classes)
        return np.asarray(self.estimator.predict(self.pool(rows), prediction_type="Probability"), dtype=np.float64)

    def margins(self, rows: pd.DataFrame) -> np.ndarray:
        """Return raw scores: (rows,) for the event when binary, (rows, classes) otherwise."""
        return np.asarray(self.estimator.predict(self.pool(rows), prediction_type="RawFormulaVal"), dtype=np.float64)


def _encoded(name: str, hashes: tuple[int, ...] | None, is_category: bool) -> Encoded:  # noqa: FBT001
    if not is_category:
        return Encoded(name)
    return Encoded(name, "levels", levels=tuple((f"category {h}", float(i)) for i, h in enumerate(hashes or ())))


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
