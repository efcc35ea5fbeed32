"""LightGBM: native Boosters and `LGBMClassifier`, with the category order that they learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import UnfitColumn, are_numbers, as_category, as_number, codes, pick
from explainers.explanation import Unsupported
from explainers.subject import Family
from explainers.subjects.anything import labels, none_asked


@dataclass(frozen=True, eq=False)
class LightgbmSubject:
    """A LightGBM classifier, always fed a frame with its own categories."""

    estimator: Any
    booster: Any
    classes: tuple[Any, ...]
    columns: tuple[str, ...]
    levels: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # categorical column -> its categories in order
    unused: frozenset[str] = frozenset()  # columns that training found of no use
    share: float = 1.0  # of each tree: a LightGBM random forest averages, but its raw scores are sums
    family: Family = "trees"

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return numbers, and categories in the learned order; LightGBM takes an unseen category for missing."""
        frame = pick(rows, self.columns)
        if not self.levels and are_numbers(frame):
            return frame
        for name in self.columns:
            column = frame[name]
            wanted = self._unused(column) if name in self.unused else self._used(column)
            if wanted is not column:
                frame[name] = wanted
        return frame

    def _used(self, column: pd.Series) -> pd.Series:
        levels = self.levels.get(str(column.name))
        return as_number(column) if levels is None else as_category(column, levels)

    def _unused(self, column: pd.Series) -> pd.Series:
        """Return a column that no tree asks for; where the file leaves its kind open, it may hold anything."""
        try:
            return self._used(column)
        except UnfitColumn:
            return self._used(pd.Series(np.nan, index=column.index, name=column.name))

    def matrix(self, rows: pd.DataFrame) -> np.ndarray:
        """Return float64 numbers as the trees compare them: categories by their code, missing as NaN."""
        frame = self.prepared(rows)
        out = np.empty(frame.shape)
        for i, name in enumerate(self.columns):
            column = frame[name]
            out[:, i] = codes(column) if name in self.levels else column.to_numpy(np.float64)
        return out

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the booster's probabilities."""
        if not len(rows):
            return none_asked(self.classes)
        answer = np.asarray(self.booster.predict(self.prepared(rows)), dtype=np.float64)
        return np.column_stack([1 - answer, answer]) if answer.ndim == 1 else answer

    def margins(self, rows: pd.DataFrame) -> np.ndarray:
        """Return raw scores: (rows,) for the event when binary, (rows, classes) otherwise."""
        return self.share * np.asarray(self.booster.predict(self.prepared(rows), raw_score=True), dtype=np.float64)


def open_estimator(estimator: Any, columns: Sequence[str] | None) -> LightgbmSubject:
    """Return a LightGBM Booster or fitted classifier as a subject."""
    if hasattr(estimator, "predict_proba") and not hasattr(estimator, "classes_"):
        raise Unsupported("LGBMClassifier is not fitted; fit it first")
    booster = getattr(estimator, "booster_", estimator)
    if not hasattr(booster, "model_to_string"):
        raise Unsupported(f"{type(estimator).__name__} is no LightGBM classifier")
    header = read_header(booster.model_to_string())
    classes = labels(estimator.classes_) if hasattr(estimator, "classes_") else _class_numbers(header)
    own = tuple(booster.feature_name())
    infos = header["feature_infos"].split()
    levels = _levels(own, infos, booster.pandas_categorical or [])
    names = tuple(columns) if columns is not None else own
    renamed = {names[own.index(c)]: found for c, found in levels.items()}
    share = booster.num_model_per_iteration() / booster.num_trees() if "average_output" in header else 1.0
    unused = frozenset(name for name, info in zip(names, infos, strict=True) if info == "none")
    return LightgbmSubject(estimator, booster, classes, names, renamed, unused, share)


def read_header(text: str) -> dict[str, str]:
    """Return the lines that stand before the first tree of LightGBM's text format: key and value, or a key alone."""
    lines = text.partition("\nTree=0")[0].splitlines()
    return {line.partition("=")[0]: line.partition("=")[2] for line in lines}


def _class_numbers(header: dict[str, str]) -> tuple[int, ...]:
    objective = header.get("objective", "").split(" ")[0]
    if objective not in ("binary", "multiclass", "multiclassova", "cross_entropy"):
        raise Unsupported(
            f"this LightGBM model answers no class probabilities: its objective is {objective or 'custom'!r}; train it "
            "with binary or multiclass"
        )
    return tuple(range(max(2, int(header["num_class"]))))


def _levels(columns: tuple[str, ...], infos: list[str], stored: list[list[Any]]) -> dict[str, tuple[Any, ...]]:
    """Return the categories of each categorical column.

    LightGBM stores the category lists in the order of the categorical columns, but not their names: a column is
    known as categorical by its list of codes, except where nothing of it was ever used ("none").
    """
    sure = [i for i, info in enumerate(infos) if not info.startswith("[") and info != "none"]
    maybe = [i for i, info in enumerate(infos) if info == "none"]
    if not stored:
        return {}
    readings = [sorted(sure + list(more)) for more in combinations(maybe, max(0, len(stored) - len(sure)))]
    fitting = [r for r in readings if _fits(r, infos, stored)]
    found = {tuple((i, j) for j, i in enumerate(r) if i in sure) for r in fitting}
    if len(found) != 1:
        raise Unsupported(
            f"this LightGBM model stores {len(stored)} lists of categories and it can't be told to which columns they "
            "belong; save it again after training with the constant categorical columns left out"
        )
    return {columns[i]: tuple(stored[j]) for j, i in enumerate(fitting[0])}


def _fits(reading: list[int], infos: list[str], stored: list[list[Any]]) -> bool:
    if len(reading) != len(stored):
        return False
    codes = [[int(c) for c in infos[i].split(":")] if infos[i] != "none" else [-1] for i in reading]
    return all(max(c) < len(found) for c, found in zip(codes, stored, strict=True))
