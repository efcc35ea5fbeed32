"""The signature of a column that was made from the label: it shares with other columns what the label does, no more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.foretold import Foretold, Uniqueness, foretell, known_chances, unique
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.stacked import stack_of

THROUGH = 2.5  # standard errors from which a column and the other columns' answer go together
APART = 3.0  # standard errors at most between that and what the label alone would bring about


@dataclass(frozen=True)
class Tie:
    """How one column, as a score, goes with all other columns, over all rows and within each label."""

    through_label: float  # correlation with the other columns' answer over all rows, in standard errors
    by_label: float  # the same as the label alone would bring it about: the product of both correlations with it
    foretold: Foretold  # by the other columns among rows of one label
    unique: Uniqueness

    @property
    def is_copy(self) -> bool:
        """Return whether the label alone ties it to the other columns.

        A column that is independent of the others to begin with, as of a trial that was drawn by lot, goes with them in
        neither way over all rows; an honest one goes with them within each label too.
        """
        is_through = self.through_label >= THROUGH and abs(self.through_label - self.by_label) <= APART
        return is_through and self.foretold.is_nothing


def tie_of(inquiry: Inquiry, outcome: Outcome, score: np.ndarray, columns: tuple[str, ...]) -> Tie:
    """Return how `score`, one value a row of the stack and made of `columns`, goes with the other columns."""
    answer = known_chances(inquiry, outcome, columns)
    event = stack_of(inquiry).event(outcome)
    return Tie(
        _correlation(score, answer) * np.sqrt(len(event)),
        _correlation(score, event) * _correlation(answer, event) * np.sqrt(len(event)),
        foretell(inquiry, outcome, score, columns),
        unique(inquiry, outcome, columns),
    )


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Pearson's correlation, 0.0 where a side does not vary.

    Not of ranks: where two columns are independent given a label, theirs is exactly the product of those with it.
    """
    if np.ptp(first) < 1e-12 or np.ptp(second) < 1e-12:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])
