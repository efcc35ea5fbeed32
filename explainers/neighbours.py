"""The rows that taught the model this: the nearest training rows in the model's own space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

Space = Literal["leaves", "layer", "contributions", "embedding"]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The nearest training rows, nearest first."""

    rows: pd.DataFrame  # all columns of the frame given, and its own index
    distances: np.ndarray  # one a row; in leaves 1 - the share of trees where both rows end alike, else Euclidean
    space: str  # in words
    searched: int  # training rows that were compared
    notes: tuple[str, ...]


def neighbours(
    model: Any,
    row: pd.DataFrame,
    training: pd.DataFrame,
    *,
    count: int = 10,
    space: Space | None = None,
    layer: str | None = None,
    vector: str | None = None,
    class_index: int = 1,
    seed: int = 0,
) -> Neighbours:
    """Return the nearest training rows."""
    raise NotImplementedError
