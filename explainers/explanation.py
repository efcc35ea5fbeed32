"""What an explainer answers: signed contributions of raw columns to one prediction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import pandas as pd

Unit = Literal["probability", "log-odds", "margin", "score", "nats"]
UNITS: tuple[str, ...] = get_args(Unit)


@dataclass(frozen=True)
class Split:
    """One step of a path: the row's value against a tree's threshold, in raw columns."""

    column: str
    value: Any  # the row's own value, a JSON scalar
    op: Literal["<=", ">", "<", ">=", "in", "not in", "is missing", "is present", "="]
    threshold: Any  # a number, a category, a list of categories, or None
    rows: float | None  # training rows in the node reached, where the tree stores them
    before: float  # the node's value before the split, in the explanation's unit
    after: float  # and after it
    mix: dict[str, float] | None = None  # share of each class among the training rows in the node reached, if stored


@dataclass(frozen=True)
class TreePath:
    """The way one row takes down one tree."""

    tree: int
    weight: float  # the tree's share in the model's answer
    splits: tuple[Split, ...]
    leaf: float  # what the tree answers, in the explanation's unit


@dataclass(frozen=True)
class Explanation:
    """Signed contributions of raw columns to the model's answer for one row and one class.

    For an additive method `base + sum(values.values()) == score` holds to 1e-6 (1e-4 for float32 models), and
    `score` is the model's own answer in `unit`.
    """

    row: str
    class_: Any
    method: str
    unit: Unit
    base: float
    score: float
    values: dict[str, float]
    additive: bool
    paths: tuple[TreePath, ...] = ()
    notes: tuple[str, ...] = ()  # sentences on quality and sampling, e.g. "LIME's local fit has R2 0.41"
    quality: dict[str, float] = field(default_factory=dict)  # named figures behind the notes, e.g. {"r2": 0.41}


@dataclass(frozen=True, eq=False)
class Attribution:
    """Contributions for many rows at once, the space in which errors are clustered."""

    values: pd.DataFrame  # rows x raw columns, the index of the rows given
    base: float
    unit: Unit
    method: str
    notes: tuple[str, ...] = ()


class Unsupported(Exception):
    """A method that can't serve this model, with the reason."""
