"""scikit-learn: bare classifiers, Pipelines, and wrappers around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from explainers.blame import blame
from explainers.calibrated import is_linear, sigmoid_of
from explainers.columns import Encoded, raw_columns, trace
from explainers.dtypes import UnfitColumn, are_numbers, as_number, pick, plain
from explainers.explanation import Unsupported
from explainers.kept import Shelf
from explainers.subject import Family
from explainers.subjects.anything import labels, none_asked
from explainers.wrappers import bare, first_steps, last_step, members, readers, why_closed

__all__ = ["ScikitSubject", "first_steps", "inputs_of_last", "last_step", "open_estimator"]

TREES = ("BaseDecisionTree", "BaseForest", "BaseGradientBoosting", "BaseHistGradientBoosting")
BOOSTERS = ("lightgbm", "xgboost", "catboost")
DESCRIBED = Shelf()
# how a booster at the end of a Pipeline is asked for raw scores
RAW: dict[str, dict[str, Any]] = {
    "lightgbm": {"raw_score": True},
    "xgboost": {"output_margin": True},
    "catboost": {"prediction_type": "RawFormulaVal"},
}


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
    no_probabilities: str = ""  # why it has none

    def prepared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the columns as numbers where the model learned numbers, and without wrappings elsewhere."""
        frame = pick(rows, self.columns)
        if self.numbers.issuperset(self.columns) and are_numbers(frame):
            return frame
        for name in self.columns:
            column = frame[name]
            wanted = as_number(column) if name in self.numbers else self._not_a_number(column)
            if wanted is not column:
                frame[name] = wanted
        return frame

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        """Return the model's probabilities, or raise `Unsupported` where it has none.

        A value that it can't take is an `UnfitColumn` that names the column.
        """
        if self.no_probabilities:
            raise Unsupported(self.no_probabilities)
        if not len(rows):
            return none_asked(self.classes)
        return self.asked(self.estimator.predict_proba, rows)

    def margins(self, rows: pd.DataFrame) -> np.ndarray | None:
        """Return raw scores: (rows,) for the event when binary, else (rows, classes); None where the model has none."""
        last = last_step(self.estimator)
        bend = sigmoid_of(last)
        if bend is not None:
            return self.asked(lambda inputs: self._straight(bend.estimator, inputs), rows) * bend.slope + bend.offset
        library = type(last).__module__.partition(".")[0]
        if library in RAW:
            return self.asked(lambda inputs: self.estimator.predict(inputs, **RAW[library]), rows)
        if not hasattr(self.estimator, "decision_function"):
            return None
        found = self.asked(self.estimator.decision_function, rows)
        by_pair = getattr(last, "decision_function_shape", "") == "ovo"  # a score a pair of classes, not one a class
        return found if found.ndim == 1 or (found.shape[1] == len(self.classes) and not by_pair) else None

    def _straight(self, inside: Any, inputs: Any) -> np.ndarray:
        """Return the decision function of the linear model inside a calibrated one."""
        for _, step in getattr(self.estimator, "steps", [])[:-1]:
            inputs = inputs if step is None or isinstance(step, str) else step.transform(inputs)
        return np.asarray(inside.decision_function(inputs), dtype=np.float64)

    def inputs(self, rows: pd.DataFrame) -> Any:
        """Return what the first step reads: a frame, or an array where it learned from one."""
        frame = self.prepared(rows)
        return frame if self.is_named else frame.to_numpy()

    def asked(self, ask: Callable[[Any], Any], rows: pd.DataFrame) -> np.ndarray:
        """Return what `ask` answers to the model's inputs; a value that the model can't take is an `UnfitColumn`."""
        inputs = self.inputs(rows)
        try:
            return np.asarray(ask(inputs), dtype=np.float64)
        except ValueError as error:
            blame(self.prepared(rows), error, self.encoded or (), lambda frame: self._takes(ask, frame))
            raise

    def _takes(self, ask: Callable[[Any], Any], rows: pd.DataFrame) -> bool:
        """Return True when the model answers for these rows."""
        try:
            ask(rows if self.is_named else rows.to_numpy())
        except ValueError:
            return False
        return True

    def _not_a_number(self, column: pd.Series) -> pd.Series:
        column = plain(column)
        learned = self.texts.get(str(column.name))
        if learned is not None and column.dtype.kind in "fiu" and column.notna().any():
            found = f"holds numbers such as {column.dropna().iloc[0]!r}"
            raise UnfitColumn(str(column.name), found, f"text such as {learned!r}")
        return column


def open_estimator(estimator: Any, columns: Sequence[str] | None) -> ScikitSubject:
    """Return a fitted scikit-learn classifier as a subject."""
    estimator = bare(estimator)
    if not any(kind.__name__ in TREES for kind in type(estimator).__mro__):
        return ScikitSubject(estimator=estimator, **_described(estimator, columns))
    key = None if columns is None else tuple(columns)  # a model of trees holds no other that could be fitted anew
    return ScikitSubject(estimator=estimator, **DESCRIBED.get(estimator, key, lambda: _described(estimator, columns)))


def _described(estimator: Any, columns: Sequence[str] | None) -> dict[str, Any]:
    """Return every field of the subject but the estimator, which what is kept about it must not hold."""
    _check_fitted(estimator)
    last = last_step(estimator)
    own = _own_names(estimator)
    names = _names(estimator, columns, own)
    encoded, why_not = _encoded(estimator, names)
    numbers, texts = _learned(estimator, names)
    return {
        "family": _family(last),
        "classes": labels(estimator.classes_),
        "columns": names,
        "is_named": own is not None,
        "encoded": encoded,
        "why_not": why_not,
        "numbers": numbers,
        "texts": texts,
        "no_probabilities": _no_probabilities(estimator, last),
    }


def _names(estimator: Any, columns: Sequence[str] | None, own: Any) -> tuple[str, ...]:
    width = len(own) if own is not None else getattr(estimator, "n_features_in_", None)
    if columns is None and width is None:
        raise Unsupported(
            f"{type(estimator).__name__} doesn't say which columns it reads; name them: "
            "subject_of(model, columns=[...])"
        )
    if columns is not None and width is not None and len(columns) != width:
        raise Unsupported(f"the model reads {width} columns and {len(columns)} names were given; give one name each")
    if columns is not None or own is not None:
        return tuple(str(c) for c in (columns if columns is not None else own))
    return tuple(f"x{i}" for i in range(width or 0))


def _own_names(estimator: Any) -> Any:
    """Return the columns of the frame that the model learned from, None where it learned from an array."""
    found = getattr(estimator, "feature_names_in_", None)
    inside = [step for _, step in getattr(estimator, "steps", []) if not (step is None or isinstance(step, str))]
    for inner in inside[:1] or members(estimator)[:1]:
        found = found if found is not None else _own_names(inner)
    return found


def histogram_columns(model: Any, columns: list[Encoded]) -> list[Encoded]:
    """Return the columns as HistGradientBoosting's trees know them: its categorical ones first, as codes."""
    if getattr(model, "is_categorical_", None) is None:
        return columns
    encoder = model._preprocessor.named_transformers_["encoder"]
    chosen = [c for c, is_category in zip(columns, model.is_categorical_, strict=True) if is_category]
    rest = [c for c, is_category in zip(columns, model.is_categorical_, strict=True) if not is_category]
    return trace([encoder], chosen) + rest


def _encoded(estimator: Any, names: tuple[str, ...]) -> tuple[tuple[Encoded, ...] | None, str]:
    last = last_step(estimator)
    closed = why_closed(last)
    if closed is not None:
        return None, closed
    try:
        return tuple(histogram_columns(last, trace(first_steps(estimator), raw_columns(names)))), ""
    except Unsupported as why:
        return None, str(why)


def _learned(estimator: Any, names: tuple[str, ...]) -> tuple[frozenset[str], dict[str, Any]]:
    """Return which raw columns were learned as numbers, and one category of those learned as text."""
    kinds: dict[str, set[str]] = {}
    texts: dict[str, Any] = {}
    for column in _read(estimator, raw_columns(names)):
        for source, _ in column.sources:
            kinds.setdefault(source.raw, set()).add(source.kind)
            words = [level for level, _ in source.levels[:2] if isinstance(level, str)]
            texts.update(dict.fromkeys([source.raw] if words else [], words[0] if words else None))
    return frozenset(raw for raw, found in kinds.items() if found <= {"number", "missing"} and "number" in found), texts


def _read(estimator: Any, columns: list[Encoded]) -> list[Encoded]:
    """Return the encoded columns of every model inside, as far as they can be followed."""
    last = last_step(estimator)
    if type(last).__name__ == "DummyClassifier":  # reads nothing, so anything goes
        return []
    try:
        columns = trace(first_steps(estimator), columns)
        if why_closed(last) is None:
            return histogram_columns(last, columns)
    except Unsupported:
        return []
    inside = [(m, columns if places is None else [columns[i] for i in places]) for m, places in readers(last)]
    return [column for model, read in inside for column in _read(model, read)]


def _family(last: Any) -> Family:
    kinds = {kind.__name__ for kind in type(last).__mro__}
    if kinds & set(TREES) or type(last).__module__.partition(".")[0] in BOOSTERS:
        return "trees"
    if is_linear(last):
        return "linear"
    return "neural" if "BaseMultilayerPerceptron" in kinds else "other"


def _check_fitted(estimator: Any) -> None:
    from sklearn.base import is_classifier

    name = type(last_step(estimator)).__name__
    if not is_classifier(estimator):
        raise Unsupported(f"{name} is no classifier; the explainers ask for classes, so train a classifier")
    if not hasattr(estimator, "classes_"):
        raise Unsupported(f"{name} is not fitted; fit it first")
    if isinstance(estimator.classes_, list):
        raise Unsupported(f"{name} answers several targets at once; explain a model of one target")
    if not hasattr(estimator, "predict_proba") and not hasattr(estimator, "decision_function"):
        raise Unsupported(
            f"{name} answers neither probabilities nor a decision function, only classes; wrap it in "
            "CalibratedClassifierCV or train another classifier"
        )


def _no_probabilities(estimator: Any, last: Any) -> str:
    if hasattr(estimator, "predict_proba"):
        return ""
    return (
        f"{type(last).__name__} answers no probabilities (no predict_proba), only a margin; wrap it in "
        "CalibratedClassifierCV to have them"
    )


def inputs_of_last(steps: Sequence[Any], model: Any, inputs: Any) -> np.ndarray:
    """Return what the last step computes with, as a dense array of numbers."""
    for step in steps:
        inputs = inputs if step is None or isinstance(step, str) else step.transform(inputs)
    if getattr(model, "is_categorical_", None) is not None:
        inputs = model._preprocess_X(inputs, reset=False)
    dense = inputs.toarray() if hasattr(inputs, "toarray") else inputs
    return np.asarray(dense, dtype=np.float64)
