"""Which rows a cue is compared between: those where a model learns it, and those where it is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Condition
from mispredict.suspects.cue_cells import Rule
from mispredict.suspects.inquiry import Inquiry, Side

LEVELS = (2, 12)  # values of a column that parts the table
LEAST_OF_PART = 200


@dataclass(frozen=True, eq=False)
class Parts:
    """Rows in which a model learns what a value means, and rows in which it is asked."""

    learned: np.ndarray  # int64, places on the side `side`
    met: np.ndarray  # int64, places on the examined side
    side: int  # of `learned`: 1 training, 0 examined
    learned_name: str  # "training"
    met_name: str  # "the examined table"
    place: Rule = ()  # the rows met, as a rule


def parts_of(inquiry: Inquiry) -> list[Parts]:
    """Return what can be compared: training with the examined table, or parts of this one where there is none."""
    examined = np.arange(len(inquiry.examined))
    if inquiry.training is not None:
        return [Parts(np.arange(len(inquiry.training)), examined, 1, "training", "the examined table")]
    return [*_halves(inquiry), *(part for column in inquiry.loose for part in _levels(inquiry.examined, column))]


def _halves(inquiry: Inquiry) -> list[Parts]:
    """Return the earlier half against the later one."""
    time = inquiry.data.time
    if time is None or time not in inquiry.examined.rows or inquiry.coding.nature(time) == "code":
        return []
    moments = inquiry.coding.values(time)
    if not np.isfinite(moments).any():
        return []
    middle = float(np.median(moments[np.isfinite(moments)]))
    early, late = np.flatnonzero(moments <= middle), np.flatnonzero(moments > middle)
    if min(len(early), len(late)) < LEAST_OF_PART:
        return []
    return [Parts(early, late, 0, "the earlier half", "the later half", _after(inquiry, time, early))]


def _after(inquiry: Inquiry, time: str, early: np.ndarray) -> Rule:
    values = inquiry.examined.rows[time]
    last = values.iloc[early].max()
    return (Condition(time, ">", float(last) if inquiry.coding.nature(time) == "number" else str(last)),)


def _levels(side: Side, column: str) -> list[Parts]:
    """Return each value of a column with few against all others."""
    texts = side.rows[column].astype("string")
    counts = texts.value_counts()
    if not LEVELS[0] <= len(counts) <= LEVELS[1]:
        return []
    names = [str(one) for one in counts.index if LEAST_OF_PART <= counts[one] <= len(side) - LEAST_OF_PART]
    parts = []
    for name in sorted(names):
        own = (texts == name).fillna(value=False).to_numpy(dtype=bool)
        rule = (Condition(column, "=", name),)
        where = f"`{column}` = {name}"
        parts.append(Parts(np.flatnonzero(~own), np.flatnonzero(own), 0, "the rest of the table", where, rule))
    return parts
