"""Rows with what the model said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class Scored:
    """Labelled rows and the model's probabilities, side by side; every array has one entry a row."""

    rows: pd.DataFrame  # every column of the table, roles and display columns too; index = position in the table from 0
    ids: np.ndarray  # str objects: the id column's values, else the position
    truth: np.ndarray  # int64, index into `classes`
    probabilities: np.ndarray  # float64, (rows, classes)
    cost: np.ndarray  # float64, what an error costs; 1.0 where the investigation names no cost
    classes: tuple[Any, ...]
    threshold: float = 0.5

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def predicted(self) -> np.ndarray:
        """Return the predicted class's index: at the threshold when binary, the arg max otherwise."""
        if len(self.classes) == 2:
            return (self.probabilities[:, 1] >= self.threshold).astype(np.int64)
        return self.probabilities.argmax(axis=1).astype(np.int64)

    @property
    def is_error(self) -> np.ndarray:
        """Return True where the prediction is not the true class."""
        return self.predicted != self.truth

    @property
    def surprise(self) -> np.ndarray:
        """Return each row's log loss, -log p(true class), in nats."""
        of_truth = self.probabilities[np.arange(len(self)), self.truth]
        return -np.log(np.clip(of_truth, 1e-15, 1.0))

    @property
    def beyond(self) -> np.ndarray:
        """Return each row's surprise less what its own probabilities make one expect (their entropy), in nats.

        Over all classes. An error of a model that is unsure stands at about 0; it may lie below where the threshold is
        not 0.5, or where there are more than two classes.
        """
        expected = np.zeros(len(self))
        # A class at a time, each column laid out alike: a row's figure is the same in whatever batch it comes.
        for number in range(len(self.classes)):
            chance = np.ascontiguousarray(self.probabilities[:, number])
            expected -= chance * np.log(np.where(chance > 0, chance, 1.0))
        return self.surprise - expected

    def take(self, which: np.ndarray) -> Scored:
        """Return the rows at a mask or at positions within this object, in that order."""
        return Scored(
            self.rows.iloc[np.flatnonzero(which)] if which.dtype == bool else self.rows.iloc[which],
            self.ids[which],
            self.truth[which],
            self.probabilities[which],
            self.cost[which],
            self.classes,
            self.threshold,
        )
