"""Both sides one under the other: what single columns and small models are asked about the label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry, Outcome

FOLDS = 3


@dataclass(frozen=True, eq=False)
class Stack:
    """The columns that a model reads and both sides have, as numbers; examined rows first, then training rows."""

    columns: tuple[str, ...]
    values: np.ndarray  # (rows, columns) float64, codes without an order as places, missing NaN
    is_code: np.ndarray  # (columns,) bool
    truth: np.ndarray  # (rows,) int64, index into the classes
    examined: int  # rows of the examined side
    folds: np.ndarray  # (rows,) int64; a row is scored by what the other folds know
    outcomes: tuple[Outcome, ...]

    @property
    def is_examined(self) -> np.ndarray:
        """Return True for the rows of the examined side."""
        return np.arange(len(self.truth)) < self.examined

    def event(self, outcome: Outcome) -> np.ndarray:
        """Return 1.0 for rows of the outcome's class, else 0.0."""
        return (self.truth == outcome.place).astype(np.float64)

    def place(self, column: str) -> int:
        """Return where a column stands."""
        return self.columns.index(column)


def stack_of(inquiry: Inquiry) -> Stack:
    """Return both sides stacked, made once ("stack")."""
    found: Stack = inquiry.once("stack", lambda: _made(inquiry))
    return found


def _made(inquiry: Inquiry) -> Stack:
    columns, coding = inquiry.common(inquiry.read), inquiry.coding
    values = np.vstack([coding.matrix(columns, side) for side in range(len(inquiry.sides))])
    values[~np.isfinite(values)] = np.nan  # an infinite number tells no more than a gap to what is made here
    truth = np.concatenate([side.truth for side in inquiry.sides])
    folds = np.random.default_rng(inquiry.seed).integers(0, FOLDS, len(truth))
    is_code = np.array([coding.nature(c) == "code" for c in columns], dtype=bool)
    return Stack(columns, values, is_code, truth, len(inquiry.examined), folds, inquiry.outcomes)
