"""A linear model behind steps that mix columns, read as a linear model of the columns before they were mixed.

Where everything from the first mixture on is linear, the term of a column is exact: its own coefficient is the sum,
over the mixed columns, of their coefficients times its loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from explainers.columns import Encoded
from explainers.encoders import after
from explainers.explanation import Unsupported
from explainers.mixers import MIXERS, loadings


@dataclass(frozen=True, eq=False)
class Straight:
    """Columns of one raw column each, and what the last step makes of them: `values @ tail + constant`."""

    encoded: tuple[Encoded, ...]
    values: Any  # (rows, encoded), dense or sparse; None where no rows were given
    tail: np.ndarray | None = None  # (encoded, columns of the last step); None: they are the same columns
    constant: np.ndarray | None = None  # and the constant: a value a column of the last step; None: zeros


def straightened(steps: Sequence[Any], columns: Sequence[Encoded], inputs: Any = None) -> Straight:
    """Return the columns before the first mixture, with their values where `inputs` of the first step are given.

    Raises `Unsupported` where a step after a mixture bends it.
    """
    now = Straight(tuple(columns), inputs)
    for step in steps:
        now = _through(step, now)
    return now


def _through(step: Any, now: Straight) -> Straight:
    if hasattr(step, "steps"):
        return straightened_on(step.steps, now)
    if now.tail is not None and now.constant is not None:
        tail = now.tail @ _matrix(step, now.tail.shape[1])
        return replace(now, tail=tail, constant=_constant(step, now.constant))
    made = after(step, list(now.encoded))
    if not any(column.parts for column in made):
        return Straight(tuple(made), _transformed(step, now.values))
    width = len(now.encoded)
    if hasattr(step, "transformer_weights"):
        return _side_by_side(_branches(step, width), now, step.transformer_weights or {})
    return replace(now, tail=_matrix(step, width), constant=_constant(step, np.zeros(width)))


def straightened_on(steps: Sequence[tuple[str, Any]], now: Straight) -> Straight:
    """Return what a Pipeline's steps make of columns that were straightened so far."""
    for _, step in steps:
        now = _through(step, now)
    return now


def _branches(step: Any, width: int) -> list[tuple[str, Any, Any]]:
    """Return name, transformer and places of the columns of each branch of a ColumnTransformer or FeatureUnion."""
    if hasattr(step, "transformer_list"):
        return [(name, inner, range(width)) for name, inner in step.transformer_list]
    places = step._transformer_to_input_indices
    return [(name, inner, places[name]) for name, inner, _ in step.transformers_]


def _side_by_side(branches: Sequence[tuple[str, Any, Any]], now: Straight, weights: Any) -> Straight:
    """Return the branches of a ColumnTransformer or FeatureUnion, each straightened on its own."""
    found = []
    for name, inner, places in branches:
        chosen = list(places)
        if not chosen or (isinstance(inner, str) and inner == "drop"):
            continue
        part = _through(inner, Straight(tuple(now.encoded[i] for i in chosen), _taken(now.values, chosen)))
        tail = np.eye(len(part.encoded)) if part.tail is None else part.tail
        constant = np.zeros(tail.shape[1]) if part.constant is None else part.constant
        weight = float(weights.get(name, 1.0))
        found.append(replace(part, tail=weight * tail, constant=weight * constant))
    blocks = [part.tail for part in found if part.tail is not None]
    tail = np.zeros((sum(b.shape[0] for b in blocks), sum(b.shape[1] for b in blocks)))
    row = column = 0
    for block in blocks:
        tail[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    values = None if now.values is None else np.hstack([dense(part.values) for part in found])
    constants = [part.constant for part in found if part.constant is not None]
    return Straight(tuple(e for part in found for e in part.encoded), values, tail, np.concatenate(constants))


def _matrix(step: Any, width: int) -> np.ndarray:
    """Return the matrix (inputs, outputs) of a step that is linear in what enters it, up to a constant."""
    if any(kind.__name__ in MIXERS for kind in type(step).__mro__):
        return loadings(step).T
    made = after(step, [Encoded(str(i)) for i in range(width)])
    if any(column.kind != "number" or column.parts for column in made) or getattr(step, "clip", False):
        raise Unsupported(
            f"{type(step).__name__} bends columns that are mixed, so the model isn't linear in single ones; use shap "
            "or lime"
        )
    out = np.zeros((width, len(made)))
    for j, column in enumerate(made):
        out[int(column.raw), j] = 1 / column.scale
    return out


def _constant(step: Any, before: np.ndarray) -> np.ndarray:
    """Return what a step that is linear makes of the constants that enter it."""
    names = getattr(step, "feature_names_in_", None)
    row = before[None, :] if names is None else pd.DataFrame(before[None, :], columns=names)
    return dense(_transformed(step, row))[0]


def _transformed(step: Any, values: Any) -> Any:
    return values if values is None or step is None or isinstance(step, str) else step.transform(values)


def _taken(values: Any, places: list[int]) -> Any:
    if values is None:
        return None
    return values.iloc[:, places] if hasattr(values, "iloc") else values[:, places]


def dense(values: Any) -> np.ndarray:
    """Return the values as a dense array of numbers."""
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)
