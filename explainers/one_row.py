"""One row before the trees of one class: what votes and thresholds start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import check_sums, tolerance_of
from explainers.explanation import Unsupported
from explainers.forests.arrays import Forest
from explainers.forests.asked import own_answers
from explainers.forests.read import forest_of
from explainers.forests.scores import leaves_of, ready
from explainers.opened import Opened
from explainers.paths import Walked
from explainers.scalars import scalars
from explainers.walk import door_of


@dataclass(frozen=True, eq=False)
class OneRow:
    """A row, the trees that answer for one class, and the leaf that the row reaches in each of them."""

    door: Opened
    forest: Forest
    row: pd.DataFrame
    walked: Walked
    leaves: np.ndarray  # (trees,)
    score: float  # the model's own

    @property
    def label(self) -> str:
        """Return the row's name."""
        return str(self.row.index[0])


def one_row(model: Any, row: pd.DataFrame, class_index: int) -> OneRow:
    """Return the row with its leaves. Raises `Unsupported` where the trees can't be read or miss the model's score."""
    if len(row) != 1:
        raise Unsupported(f"{len(row)} rows were given where one is asked about; give a frame of one row")
    door = door_of(model)
    classes = door.subject.classes
    if not 0 <= class_index < len(classes):
        raise Unsupported(f"the model has {len(classes)} classes, there is no class number {class_index}")
    forest = forest_of(door.model, class_index)
    values = ready(forest, door.matrix(row))
    leaves = leaves_of(forest, values)[0]
    score = own_answers(door, row, class_index, forest.unit)
    found = forest.offset + forest.weight * forest.value[leaves].sum()
    check_sums("the walk", np.array([found]), score, tolerance_of(door.model))
    cells = scalars(door.subject.prepared(row).iloc[0])
    return OneRow(door, forest, row, Walked(values[0], cells, door.encoded, classes), leaves, float(score[0]))
