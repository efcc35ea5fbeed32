"""scikit-learn: bare classifiers, Pipelines, and searches over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from explainers.columns import Encoded, raw_columns, trace
from explainers.dtypes import UnfitColumn, as_number, blame_infinity, blame_missing, pick, plain
from explainers.explanation import Unsupported
from explainers.subject import Family
from explainers.subjects.anything import labels, none_asked

TREES = ("BaseDecisionTree", "BaseForest", "BaseGradientBoosting", "BaseHistGradientBoosting")
BOOSTERS = ("lightgbm", "xgboost", "catboost")
# how a booster at the end of a Pipeline is asked for raw scores
RAW: dict[str, dict[str, Any]] = {
    "lightgbm": {"raw_score": True},
    "xgboost": {"output_margin": True},
    "catboost": {"prediction_type": "RawFormulaVal"},
}
LINEAR = ("LinearClassifierMixin", "LinearDiscriminantAnalysis")


@dataclass(frozen=True, eq=False)
class ScikitSubject:
    """A scikit-learn classifier, alone or at the end of a Pipeline."""

    estimator: Any
    family: Family
    classes: tuple[Any, ...]
    columns: tuple[str, ...]
    is_named: bool  # it learned from a frame
    encoded: tuple[Encoded, ...] | None  # what the last step reads; None where the columns can't be followed
    why_not: str = ""
    numbers: frozenset[str] = field(default_factory=frozenset)
    texts: dict[str, Any] = field(default_factory=dict)  # raw column -> one category that it learned as text

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the columns as numbers where the model learned numbers, and without wrappings elsewhere."""
        frame = pick(rows, self.columns)
        for name in self.columns:
            column = frame[name]
            wanted = as_number(column) if name in self.numbers else self._not_a_number(column)
            if wanted is not column:
                frame[name] = wanted
        return frame

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the model's probabilities; infinity is an `UnfitColumn` that names the column."""
        if not len(rows):
            return none_asked(self.classes)
        return self._asked("predict_proba", rows)

    def margins(self, rows: pd.DataFrame) -> np.ndarray | None:
        """Return raw scores: (rows,) for the event when binary, else (rows, classes); None where the model has none."""
        if hasattr(self.estimator, "decision_function"):
            return self._asked("decision_function", rows)
        library = type(last_step(self.estimator)).__module__.partition(".")[0]
        return self._asked("predict", rows, RAW[library]) if library in RAW else None

    def inputs(self, rows: pd.DataFrame) -> Any:
        """Return what the first step reads: a frame, or an array where it learned from one."""
        frame = self.prepared(rows)
        return frame if self.is_named else frame.to_numpy()

    def _asked(self, question: str, rows: pd.DataFrame, how: Mapping[str, Any] = MappingProxyType({})) -> np.ndarray:
        inputs = self.inputs(rows)
        try:
            return np.asarray(getattr(self.estimator, question)(inputs, **how), dtype=np.float64)
        except ValueError as error:
            blame_infinity(self.prepared(rows))
            if "contains NaN" in str(error) and not hasattr(self.estimator, "steps"):
                blame_missing(self.prepared(rows))
            raise

    def _not_a_number(self, column: pd.Series) -> pd.Series:
        column = plain(column)
        learned = self.texts.get(str(column.name))
        if learned is not None and column.dtype.kind in "fiu" and column.notna().any():
            found = f"holds numbers such as {column.dropna().iloc[0]!r}"
            raise UnfitColumn(str(column.name), found, f"text such as {learned!r}")
        return column


def open_estimator(estimator: Any, columns: Sequence[str] | None) -> ScikitSubject:
    """Return a fitted scikit-learn classifier as a subject."""
    estimator = getattr(estimator, "best_estimator_", estimator)
    _check_fitted(estimator)
    last = last_step(estimator)
    own = getattr(estimator, "feature_names_in_", None)
    names = tuple(columns) if columns is not None else tuple(str(c) for c in own) if own is not None else None
    names = names or tuple(f"x{i}" for i in range(estimator.n_features_in_))
    encoded, why_not = _encoded(estimator, names)
    numbers, texts = _learned(encoded or ())
    classes = labels(estimator.classes_)
    return ScikitSubject(estimator, _family(last), classes, names, own is not None, encoded, why_not, numbers, texts)


def last_step(estimator: Any) -> Any:
    """Return the classifier at the end of a Pipeline, else the estimator itself."""
    return last_step(estimator.steps[-1][1]) if hasattr(estimator, "steps") else estimator


def first_steps(estimator: Any) -> list[Any]:
    """Return the transformers before the classifier, in order."""
    if not hasattr(estimator, "steps"):
        return []
    return [step for _, step in estimator.steps[:-1]] + first_steps(estimator.steps[-1][1])


def histogram_columns(model: Any, columns: list[Encoded]) -> list[Encoded]:
    """Return the columns as HistGradientBoosting's trees know them: its categorical ones first, as codes."""
    if getattr(model, "is_categorical_", None) is None:
        return columns
    encoder = model._preprocessor.named_transformers_["encoder"]
    chosen = [c for c, is_category in zip(columns, model.is_categorical_, strict=True) if is_category]
    rest = [c for c, is_category in zip(columns, model.is_categorical_, strict=True) if not is_category]
    return trace([encoder], chosen) + rest


def _encoded(estimator: Any, names: tuple[str, ...]) -> tuple[tuple[Encoded, ...] | None, str]:
    try:
        return tuple(histogram_columns(last_step(estimator), trace(first_steps(estimator), raw_columns(names)))), ""
    except Unsupported as why:
        return None, str(why)


def _learned(encoded: Sequence[Encoded]) -> tuple[frozenset[str], dict[str, Any]]:
    """Return which raw columns were learned as numbers, and one category of those learned as text."""
    kinds: dict[str, set[str]] = {}
    texts: dict[str, Any] = {}
    for column in encoded:
        kinds.setdefault(column.raw, set()).add(column.kind)
        words = [level for level, _ in column.levels[:2] if isinstance(level, str)]
        texts.update(dict.fromkeys([column.raw] if words else [], words[0] if words else None))
    return frozenset(raw for raw, found in kinds.items() if found <= {"number", "missing"} and "number" in found), texts


def _family(last: Any) -> Family:
    kinds = {kind.__name__ for kind in type(last).__mro__}
    if kinds & set(TREES) or type(last).__module__.partition(".")[0] in BOOSTERS:
        return "trees"
    if kinds & set(LINEAR):
        return "linear"
    return "neural" if "BaseMultilayerPerceptron" in kinds else "other"


def _check_fitted(estimator: Any) -> None:
    name = type(estimator).__name__
    if not hasattr(estimator, "predict_proba"):
        raise Unsupported(
            f"{name} answers no probabilities (no predict_proba); wrap it in CalibratedClassifierCV or train another "
            "classifier"
        )
    if not hasattr(estimator, "classes_"):
        raise Unsupported(f"{name} is not fitted; fit it first")


def inputs_of_last(steps: Sequence[Any], model: Any, inputs: Any) -> np.ndarray:
    """Return what the last step computes with, as a dense array of numbers."""
    for step in steps:
        inputs = inputs if step is None or isinstance(step, str) else step.transform(inputs)
    if getattr(model, "is_categorical_", None) is not None:
        inputs = model._preprocess_X(inputs, reset=False)
    dense = inputs.toarray() if hasattr(inputs, "toarray") else inputs
    return np.asarray(dense, dtype=np.float64)
