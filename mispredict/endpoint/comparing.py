"""Two models' answers for the same rows: the endpoint's and those of the file that it should serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

TOLERANCE = 1e-6
SHOWN = 10
_CLEARLY = 10.0  # times: another order of the classes must fit so much better to be named


@dataclass(frozen=True)
class Unlike:
    """A row that the two answer differently."""

    row: str
    class_: Any  # the one whose probabilities lie furthest apart
    endpoint: float
    file: float
    flips: bool  # the two call the row differently


@dataclass(frozen=True)
class EndpointParity:
    """How far an endpoint's probabilities are from a file's, over the same rows."""

    rows: int
    tolerance: float
    max_difference: float  # of any class's probability
    mean_difference: float  # of the rows' largest
    beyond: int  # rows that differ by more than the tolerance
    flips: int  # rows that the two call differently at the threshold
    order: tuple[Any, ...] | None  # the classes in the order that the endpoint seems to answer, where it is another
    examples: tuple[Unlike, ...]  # rows that flip before others, the furthest apart first

    @property
    def is_same(self) -> bool:
        """Return whether no row differs."""
        return self.beyond == 0

    @property
    def sentence(self) -> str:
        """Return the result in words."""
        if self.is_same:
            return (
                f"the endpoint answers as the file does: {self.rows:,} rows, none further apart than "
                f"{self.tolerance:g} (at most {self.max_difference:.2g})"
            )
        said = (
            f"the endpoint does not answer as the file does: {self.beyond:,} of {self.rows:,} rows are further apart "
            f"than {self.tolerance:g} (at most {self.max_difference:.4g}), {self.flips:,} are called otherwise"
        )
        if self.order is None:
            return said
        return f"{said}; it fits if the endpoint answers in the order {', '.join(map(str, self.order))}"


def compare_answers(
    endpoint: np.ndarray,
    file: np.ndarray,
    *,
    ids: Sequence[Any],
    classes: Sequence[Any],
    threshold: float = 0.5,
    tolerance: float = TOLERANCE,
) -> EndpointParity:
    """Return how two arrays of probabilities, shape (rows, classes), differ."""
    apart = np.abs(endpoint - file)
    furthest = apart.max(axis=1)
    flips = called(endpoint, threshold) != called(file, threshold)
    first = np.lexsort((np.arange(len(furthest)), -furthest, ~flips))
    examples = tuple(
        Unlike(str(ids[i]), classes[j], float(endpoint[i, j]), float(file[i, j]), bool(flips[i]))
        for i, j in ((int(i), int(apart[i].argmax())) for i in first[:SHOWN])
        if furthest[i] > tolerance or flips[i]
    )
    beyond = int((furthest > tolerance).sum())
    return EndpointParity(
        rows=len(furthest),
        tolerance=tolerance,
        max_difference=float(furthest.max(initial=0.0)),
        mean_difference=float(furthest.mean()) if len(furthest) else 0.0,
        beyond=beyond,
        flips=int(flips.sum()),
        order=_other_order(endpoint, file, classes, tolerance) if beyond else None,
        examples=examples,
    )


def called(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    """Return the place of the class that each row is called."""
    if probabilities.shape[1] == 2:
        return (probabilities[:, 1] >= threshold).astype(np.int64)
    places: np.ndarray = probabilities.argmax(axis=1)
    return places


def _other_order(
    endpoint: np.ndarray, file: np.ndarray, classes: Sequence[Any], tolerance: float
) -> tuple[Any, ...] | None:
    """Return the classes in the order that fits the endpoint's columns, None without a better one."""
    count = len(classes)
    apart = np.array([[np.abs(endpoint[:, a] - file[:, b]).max() for b in range(count)] for a in range(count)])
    best = apart.argmin(axis=1)
    if len(set(best.tolist())) < count or (best == np.arange(count)).all():
        return None
    fits, stated = apart[np.arange(count), best].max(), apart.diagonal().max()
    return tuple(classes[b] for b in best) if fits <= max(tolerance, stated / _CLEARLY) else None
