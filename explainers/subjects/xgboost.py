"""XGBoost: native Boosters and `XGBClassifier`, with the categories that newer files store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import are_numbers, as_category, as_number, blame_infinity, codes, pick
from explainers.explanation import Unsupported
from explainers.subject import Family
from explainers.subjects.anything import labels, none_asked


@dataclass(frozen=True, eq=False)
class XgboostSubject:
    """An XGBoost classifier, always fed a DMatrix made from a frame with its own categories."""

    estimator: Any
    booster: Any
    classes: tuple[Any, ...]
    columns: tuple[str, ...]
    rounds: int  # boosting rounds that answer: early stopping leaves more in the file
    levels: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    family: Family = "trees"

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return numbers, and categories in the learned order; an unseen category counts as missing."""
        frame = pick(rows, self.columns)
        if not self.levels and are_numbers(frame):
            return frame
        for name in self.columns:
            column = frame[name]
            wanted = as_category(column, self.levels[name]) if name in self.levels else as_number(column)
            if wanted is not column:
                frame[name] = wanted
        return frame

    def matrix(self, rows: pd.DataFrame) -> np.ndarray:
        """Return float32 numbers as the trees compare them: categories by their code, missing as NaN."""
        frame = self.prepared(rows)
        out = np.empty(frame.shape, dtype=np.float32)
        for i, name in enumerate(self.columns):
            column = frame[name]
            out[:, i] = codes(column) if name in self.levels else column.to_numpy(np.float32)
        return out

    def dmatrix(self, rows: pd.DataFrame) -> Any:
        """Return the rows as XGBoost's own matrix."""
        import xgboost

        frame = self.prepared(rows)
        blame_infinity(frame.drop(columns=list(self.levels)))
        frame.columns = pd.Index(self.booster.feature_names or [f"f{i}" for i in range(frame.shape[1])])
        matrix = xgboost.DMatrix(frame, enable_categorical=True)
        if self.booster.feature_names is None:
            matrix.feature_names = None
        return matrix

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the booster's probabilities."""
        if not len(rows):
            return none_asked(self.classes)
        answer = self.booster.predict(self.dmatrix(rows), iteration_range=(0, self.rounds)).astype(np.float64)
        return np.column_stack([1 - answer, answer]) if answer.ndim == 1 else answer

    def margins(self, rows: pd.DataFrame) -> np.ndarray:
        """Return raw scores: (rows,) for the event when binary, (rows, classes) otherwise."""
        answer = self.booster.predict(self.dmatrix(rows), output_margin=True, iteration_range=(0, self.rounds))
        return np.asarray(answer, dtype=np.float64)


def open_estimator(estimator: Any, columns: Sequence[str] | None) -> XgboostSubject:
    """Return an XGBoost Booster or fitted classifier as a subject."""
    if hasattr(estimator, "get_booster") and not hasattr(estimator, "classes_"):
        raise Unsupported(f"{type(estimator).__name__} is no fitted classifier")
    booster = estimator.get_booster() if hasattr(estimator, "get_booster") else estimator
    own = booster.feature_names or [f"f{i}" for i in range(booster.num_features())]
    names = tuple(columns) if columns is not None else tuple(own)
    classes = labels(estimator.classes_) if hasattr(estimator, "classes_") else _class_numbers(booster)
    return XgboostSubject(estimator, booster, classes, names, rounds_of(estimator, booster), _levels(booster, names))


def _class_numbers(booster: Any) -> tuple[int, ...]:
    learner = json.loads(booster.save_config())["learner"]
    objective = learner["objective"]["name"]
    if objective not in ("binary:logistic", "multi:softprob"):
        raise Unsupported(
            f"this XGBoost model answers no class probabilities: its objective is {objective!r}; "
            "train it with binary:logistic or multi:softprob"
        )
    return tuple(range(max(2, int(learner["learner_model_param"]["num_class"]))))


def rounds_of(estimator: Any, booster: Any) -> int:
    """Return how many rounds answer: the classifier stops at its best round, a bare Booster does not."""
    if hasattr(estimator, "get_booster") and booster.attr("best_iteration") is not None:
        return int(booster.attr("best_iteration")) + 1
    return int(booster.num_boosted_rounds())


def _levels(booster: Any, names: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
    categorical = [name for name, kind in zip(names, booster.feature_types or [], strict=False) if kind == "c"]
    if not categorical:
        return {}
    stored = _stored(booster)
    if any(found is None for name, found in zip(names, stored, strict=True) if name in categorical):
        raise Unsupported(
            f"this XGBoost model has categorical columns ({', '.join(categorical)}) and its file doesn't say in which "
            "order it learned their categories; save it with XGBoost 3.1 or newer, trained on a DataFrame"
        )
    return {name: tuple(found.to_pylist()) for name, found in zip(names, stored, strict=True) if found is not None}


def _stored(booster: Any) -> list[Any]:
    """Return one Arrow array of categories a column, None where there is none."""
    if not hasattr(booster, "get_categories"):
        return [None] * booster.num_features()
    found = booster.get_categories(export_to_arrow=True).to_arrow()
    return [categories for _, categories in found] if found else [None] * booster.num_features()
