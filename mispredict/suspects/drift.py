"""Training against the examined table: what changed, ordered by how much it matters to the score."""

from __future__ import annotations

import numpy as np

from mispredict.discovery import RATE, q_values
from mispredict.suspects.detector import About, Found
from mispredict.suspects.domain import told_apart
from mispredict.suspects.drift_findings import Shift, jointly, retyped, shifted, unseen
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.returning import times_of
from mispredict.suspects.shifted import Effect, cells_of
from mispredict.suspects.suspect import Severity, Suspect
from mispredict.suspects.unseen import unseen_levels

LEAST_ROWS = 100  # of either table
LEAST_VARIATION = 0.01
MATTERS = 0.1  # part of the log loss that a change adds, from which a person must look
MOVES = 0.05  # standard deviations of the score that a change moves its mean by, from which it is worth knowing
CLEAR = 4.0  # z of an effect
SUPPORT = 0.3  # part of the examined rows that weighting must leave
WITH_TIME = 0.8  # rank correlation
MOST_SHIFTS = 10
TOLD_APART = 0.55  # AUC from which the tables differ jointly


class Drift:
    """Finds columns whose values are not those that the model learned from."""

    kind = "drift"
    about = About(
        title="The data is not what the model learned from",
        needs="the training table, 100 rows of either table, and a column that the model reads in both",
        how="each column's values are compared; what a change does is how the log loss and the mean score would be, "
        "had the examined rows that column's proportions of training",
        means="certain: a frequent level that no training row has, of a category that was a closed set; suspected: a "
        "change that adds a tenth of the log loss, or another type of column; info: any other plain change",
        clear="that the change is meant, and that the model does as well on the changed rows as on others",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why the tables can't be compared."""
        if inquiry.training is None:
            return inquiry.no_training
        rows = min(len(inquiry.training), len(inquiry.examined))
        if rows < LEAST_ROWS:
            return f"a table of {rows:,} rows: fewer than {LEAST_ROWS}"
        return None if _columns(inquiry) else "no column that a model reads is in both tables"

    def find(self, inquiry: Inquiry) -> Found:
        """Return new levels, then columns that changed, then how far all of them changed together."""
        columns = _columns(inquiry)
        new = [unseen(inquiry, one) for one in unseen_levels(inquiry, columns)]
        named = {one.culprits[0] for one in new}
        changed = [retyped(inquiry, one) for one in columns if is_retyped(inquiry, one)]
        named |= {one.culprits[0] for one in changed}
        shifts = [shifted(inquiry, one, _severity(inquiry, one)) for one in shifts_of(inquiry, columns)]
        shifts = [one for one in shifts if one.culprits[0] not in named]
        together = told_apart(inquiry)
        joint: list[Suspect] = []
        if together is not None and together.area.low > TOLD_APART:
            joint = [jointly(together, [one.culprits[0] for one in (*new, *changed, *shifts)])]
        return Found((*new, *changed, *shifts, *joint), inquiry.scope(len(columns)))


def _columns(inquiry: Inquiry) -> tuple[str, ...]:
    """Return the columns read that both tables have; times differ between tables by nature."""
    return tuple(one for one in inquiry.common(inquiry.read) if inquiry.coding.nature(one) != "time")


def is_retyped(inquiry: Inquiry, column: str) -> bool:
    """Return whether a column is a number on one side and a text on the other."""
    import pandas as pd

    held = [side.rows[column].dropna() for side in inquiry.sides]
    kinds = {pd.api.types.is_numeric_dtype(one.dtype) for one in held if len(one)}
    return len(kinds) == 2


def shifts_of(inquiry: Inquiry, columns: tuple[str, ...]) -> list[Shift]:
    """Return the columns that plainly changed and move the score, those that add most to the log loss first."""
    chances = inquiry.examined.probabilities
    if chances is None:
        return []
    truth = inquiry.examined.truth
    losses = -np.log(np.clip(chances[np.arange(len(truth)), truth], 1e-6, 1.0))
    scores = chances[:, 1] if inquiry.is_binary else chances.max(axis=1)
    cells = []
    for number, column in enumerate(columns):
        inquiry.report(0.1 + 0.7 * number / len(columns), "comparing columns with training")
        cells.append(cells_of(inquiry.coding, column))
    p_values = [one.p_value for one in cells]
    tried = zip(cells, p_values, q_values(p_values), strict=True)
    found = [
        Shift(
            one, p, float(q), Effect.of(one, losses), float(losses.mean()), Effect.of(one, scores), float(scores.std())
        )
        for one, p, q in tried
        if q <= RATE and one.variation >= LEAST_VARIATION
    ]
    moving = [one for one in found if severity_of(one) == "suspected" or is_moving(one)]
    return sorted(moving, key=lambda one: -one.matter)[:MOST_SHIFTS]


def severity_of(shift: Shift) -> Severity:
    """Return whether a person must look at a change: it adds plainly to the log loss.

    Where a few examined rows stand for all of training, what they would do is a guess.
    """
    adds = shift.added >= MATTERS and shift.loss.z >= CLEAR and shift.loss.support >= SUPPORT
    return "suspected" if adds else "info"


def _severity(inquiry: Inquiry, shift: Shift) -> Severity:
    """Return the severity of a change; what goes with time is another in every later table, by nature."""
    return "info" if follows_time(inquiry, shift.cells.column) else severity_of(shift)


def follows_time(inquiry: Inquiry, column: str) -> bool:
    """Return whether a number grows or falls with time, by ranks over both tables (Spearman)."""
    times = [times_of(inquiry, side) for side in (0, 1)]
    if times[0] is None or times[1] is None or inquiry.coding.nature(column) != "number":
        return False
    from scipy.stats import rankdata

    values = np.concatenate([inquiry.coding.values(column, side) for side in (0, 1)])
    at = np.concatenate([times[0], times[1]])
    held = np.isfinite(values) & np.isfinite(at)
    if held.sum() < LEAST_ROWS or values[held].min() == values[held].max() or at[held].min() == at[held].max():
        return False
    return bool(abs(np.corrcoef(rankdata(values[held]), rankdata(at[held]))[0, 1]) >= WITH_TIME)


def is_moving(shift: Shift) -> bool:
    """Return whether a change moves the mean score plainly."""
    return shift.moved >= MOVES and abs(shift.score.z) >= CLEAR
