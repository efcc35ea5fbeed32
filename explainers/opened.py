"""The classifier at the end of a subject, on the columns that it reads itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import margin_unit
from explainers.calibrated import sigmoid_of
from explainers.columns import Encoded, fold
from explainers.explanation import Unit, Unsupported
from explainers.subject import Subject, kind_of
from explainers.wrappers import first_steps, last_step

IN_PROBABILITY = ("BaseDecisionTree", "BaseForest")


@dataclass(frozen=True, eq=False)
class Opened:
    """A subject whose encoded columns are known."""

    subject: Any
    model: Any  # the last step, or the booster
    encoded: tuple[Encoded, ...]

    def matrix(self, rows: pd.DataFrame) -> np.ndarray:
        """Return encoded numbers, (rows, encoded columns), as the last step compares them."""
        if hasattr(self.subject, "matrix"):
            return np.asarray(self.subject.matrix(rows))
        from explainers.subjects.scikit import inputs_of_last

        steps = first_steps(self.subject.estimator)
        found: np.ndarray = self.subject.asked(lambda inputs: inputs_of_last(steps, self.model, inputs), rows)
        return found

    def fold(self, contributions: np.ndarray) -> pd.DataFrame:
        """Return contributions of encoded columns as a frame of raw columns."""
        return pd.DataFrame(fold(contributions, self.encoded, self.subject.columns), columns=list(self.subject.columns))

    @property
    def is_mixed(self) -> bool:
        """Return True when some encoded column is made of several raw ones."""
        return any(column.parts for column in self.encoded)

    def check_unmixed(self, method: str) -> None:
        """Raise `Unsupported` where the method needs every encoded column to be of one raw column alone."""
        mixed = next((column.raw for column in self.encoded if column.parts), None)
        if mixed is not None:
            raise Unsupported(f"{method} can't tell the columns apart that the pipeline mixes ({mixed})")

    @property
    def notes(self) -> tuple[str, ...]:
        """Return how contributions of columns that are mixed are shared, a sentence a kind of mixture."""
        return tuple(dict.fromkeys(rule for column in self.encoded for rule in _rules(column)))


def opened(subject: Subject) -> Opened:
    """Return the subject's last step and its columns. Raises `Unsupported` where they can't be followed back."""
    if hasattr(subject, "encoded"):
        return _opened_scikit(subject)
    if hasattr(subject, "levels"):
        encoded = tuple(_native(c, subject.levels.get(c)) for c in subject.columns)
        return Opened(subject, subject.estimator, encoded)
    raise Unsupported(f"{kind_of(subject)} doesn't show the numbers that it computes with; use shap or lime")


def unit_of(door: Opened) -> Unit:
    """Return the unit in which the last step adds up: forests average probabilities, everything else sums scores."""
    kinds = {kind.__name__ for kind in type(door.model).__mro__}
    return "probability" if kinds & set(IN_PROBABILITY) else margin_unit(door.subject)


def _rules(column: Encoded) -> list[str]:
    return ([column.rule] if column.rule else []) + [rule for part, _ in column.parts for rule in _rules(part)]


def _native(column: str, levels: tuple[Any, ...] | None) -> Encoded:
    if levels is None:
        return Encoded(column)
    return Encoded(column, "levels", levels=tuple((level, float(code)) for code, level in enumerate(levels)))


def _opened_scikit(subject: Any) -> Opened:
    if subject.encoded is None:
        raise Unsupported(subject.why_not)
    model = last_step(subject.estimator)
    bend = sigmoid_of(model)
    reader = last_step(bend.estimator) if bend is not None else model
    width = getattr(reader, "n_features_in_", len(subject.encoded))
    if width != len(subject.encoded):
        raise Unsupported(
            f"the pipeline's columns can't be followed: {len(subject.encoded)} were traced, its last step reads {width}"
        )
    return Opened(subject, model, subject.encoded)
