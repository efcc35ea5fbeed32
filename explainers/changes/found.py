"""What a search hands back: changed places of a row, and how the search went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explainers.changes.rows import Around
from explainers.changes.values import Options


@dataclass(frozen=True)
class Side:
    """Which answers count as flipped: the other side of the threshold, or with more classes another arg max."""

    class_index: int
    threshold: float
    now: int  # 1 or 0: at the threshold or above; with more classes the class that is predicted

    def flipped(self, probabilities: np.ndarray) -> np.ndarray:
        """Return True for each row of probabilities (rows, classes) that falls elsewhere than the row itself."""
        return np.asarray(self.of(probabilities) != self.now)

    def of(self, probabilities: np.ndarray) -> np.ndarray:
        """Return on which side each row of probabilities falls."""
        if probabilities.shape[1] > 2:
            return np.asarray(probabilities.argmax(axis=1))
        return np.asarray(probabilities[:, self.class_index] >= self.threshold).astype(np.int64)


@dataclass(frozen=True)
class Found:
    """A flip that the model confirmed: new values of one or two columns, by the columns' places."""

    columns: tuple[int, ...]
    values: tuple[object, ...]
    sizes: tuple[float, ...]
    score: float  # the probability asked for, after the change

    @property
    def size(self) -> float:
        """Return the size of all changes."""
        return float(sum(self.sizes))


@dataclass(frozen=True)
class Search:
    """The smallest flips, each of other columns, and how far the search went."""

    found: tuple[Found, ...]
    exact: bool
    searched: str
    notes: tuple[str, ...] = ()


def places_of(scene: Around, options: Sequence[Options], columns: Sequence[int], cells: np.ndarray) -> np.ndarray:
    """Return places (rows, columns) of the row with these columns at the options of `cells` (rows, these columns)."""
    places = scene.nowhere(options, len(cells))
    places[:, list(columns)] = cells
    return places


def found_at(options: Sequence[Options], columns: Sequence[int], cell: Sequence[int], score: float) -> Found:
    """Return the flip at these options."""
    return Found(
        tuple(int(c) for c in columns),
        tuple(options[c].values[i] for c, i in zip(columns, cell, strict=True)),
        tuple(float(options[c].sizes[i]) for c, i in zip(columns, cell, strict=True)),
        float(score),
    )
