"""What each column knows of the label on its own, and what it shares with the other columns once the label is known.

A column that was made from the label knows it and, among rows of one label, nothing else: no other column foretells it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.ranked import rank_auc
from mispredict.suspects.rates import bins_of, rates_of
from mispredict.suspects.stacked import Stack, stack_of

RIDGE = 1e-3  # on the diagonal of a correlation matrix: columns that repeat each other stay invertible


@dataclass(frozen=True, eq=False)
class Powers:
    """One outcome: every column's power alone."""

    outcome: Outcome
    scores: np.ndarray  # (rows, columns): each column as the rate of the event among like values of other rows
    auc: np.ndarray  # (columns,) of these scores over all rows looked at
    z: np.ndarray  # (columns,) of the AUC, under no relation
    p_value: np.ndarray  # (columns,) one-sided
    shared: np.ndarray  # (columns,) R2 from all other columns within the classes, linear in the scores: the larger one


def powers_of(inquiry: Inquiry) -> tuple[Powers, ...]:
    """Return the powers for each outcome, made once ("powers")."""
    found: tuple[Powers, ...] = inquiry.once("powers", lambda: _made(inquiry))
    return found


def _made(inquiry: Inquiry) -> tuple[Powers, ...]:
    stack = stack_of(inquiry)
    bins = []
    for place, column in enumerate(stack.columns):
        inquiry.report(0.5 * place / len(stack.columns), f"cutting {column}")
        bins.append(bins_of(stack.values[:, place], codes=bool(stack.is_code[place])))
    return tuple(_of(stack, bins, outcome) for outcome in stack.outcomes)


def _of(stack: Stack, bins: list[np.ndarray], outcome: Outcome) -> Powers:
    event = stack.event(outcome)
    scores = np.column_stack([rates_of(one, event, stack.folds) for one in bins] or [np.empty((len(event), 0))])
    ranked = [rank_auc(scores[:, i], event) for i in range(scores.shape[1])]
    z = np.array([one.z for one in ranked])
    return Powers(
        outcome,
        scores,
        np.array([one.auc for one in ranked]),
        z,
        np.array([_above(value) for value in z]),
        shared_within(scores, event),
    )


def _above(z: float) -> float:
    """Return the chance that a standard normal variable lies above z."""
    from math import erfc, sqrt

    return max(0.5 * erfc(z / sqrt(2)), 1e-300)


def shared_within(scores: np.ndarray, event: np.ndarray) -> np.ndarray:
    """Return each column's R2 from all others among rows of one label: the larger of both labels', shape (columns,)."""
    shared = np.zeros(scores.shape[1])
    for label in (0.0, 1.0):
        rows = scores[event == label]
        if len(rows) > scores.shape[1] + 10:
            shared = np.maximum(shared, _shared(rows))
    return shared


def _shared(rows: np.ndarray) -> np.ndarray:
    spread = rows.std(axis=0)
    varies = spread > 1e-12
    answer = np.zeros(rows.shape[1])
    if not varies.any():
        return answer
    standard = (rows[:, varies] - rows[:, varies].mean(axis=0)) / spread[varies]
    correlation = standard.T @ standard / len(standard) + RIDGE * np.eye(int(varies.sum()))
    own = 1 - 1 / np.maximum(np.diag(np.linalg.inv(correlation)), 1.0)
    free = max(1, len(standard) - len(correlation))
    answer[varies] = np.maximum(0.0, 1 - (1 - own) * len(standard) / free)  # adjusted for as many columns
    return answer
