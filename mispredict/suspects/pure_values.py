"""Numbers whose every repeated value belongs to one class alone, while the values beside it belong to the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_VALUES = 20  # repeated values of the class, each with its fellow of the others
LEAST_PURE = 0.9  # share of the repeated values that one class has to itself
LEAST_PAIRED = 0.9  # share of the class's values with a fellow one row's part of a mean above
NEAR = 1e-3  # of the step that is expected


@dataclass(frozen=True)
class Pure:
    """A mean that leaves the own label out, told by its values alone."""

    column: str
    values: int  # repeated values
    pure: float  # share of them that one class has to itself
    paired: float  # share of the class's repeated values with such a fellow
    rows: int


def pure_values(column: str, values: np.ndarray, event: np.ndarray) -> Pure | None:
    """Return the signature of leaving one out, without knowing the codes.

    The rows of a code with n rows have two values: one for the class, and one that is greater by 1 / n for all others;
    n is the number of rows that have either.
    """
    held = np.isfinite(values)
    known, place, sizes = np.unique(values[held], return_inverse=True, return_counts=True)
    events = np.bincount(place, weights=event[held], minlength=len(known))
    repeated = sizes > 1
    if repeated.sum() < 2 * LEAST_VALUES:
        return None
    is_pure = (events == 0) | (events == sizes)
    pure = float(is_pure[repeated].mean())
    own = np.flatnonzero(repeated & (events == sizes))
    if pure < LEAST_PURE or len(own) < LEAST_VALUES:
        return None
    paired = np.mean([_has_fellow(known, sizes, events, int(i)) for i in own])
    return Pure(column, int(repeated.sum()), pure, float(paired), int(held.sum())) if paired >= LEAST_PAIRED else None


def _has_fellow(known: np.ndarray, sizes: np.ndarray, events: np.ndarray, place: int) -> bool:
    """Return whether a value of the others lies where the code's size says."""
    others = slice(place + 1, place + 2_000)
    step = known[others] - known[place]
    rows = sizes[others] + sizes[place]
    fits = (events[others] == 0) & (np.abs(step * rows - 1) <= NEAR)
    nearly = (events[others] == 0) & (np.abs(step * (rows - 1) - 1) <= NEAR)  # a mean over the other rows alone
    return bool((fits | nearly).any())
