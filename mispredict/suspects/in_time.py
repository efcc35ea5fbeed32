"""Columns of which the investigation says that their values were known in time."""

from __future__ import annotations

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.moments import moments_of

LATE = 0.001  # of the values: fewer may be a slip of a clock
CLOCK_NOISE = 60 / 86_400  # days


def was_in_time(inquiry: Inquiry, column: str) -> bool:
    """Return whether `[data.available_at]` names the column and its moments lie before the predictions'."""
    known, asked = inquiry.data.available_at.get(column), inquiry.data.time
    rows = inquiry.examined.rows
    if known is None or asked is None or known not in rows or asked not in rows:
        return False
    days = moments_of(rows[known]).days - moments_of(rows[asked]).days
    judged = days[np.isfinite(days)]
    return len(judged) >= 0.5 * len(rows) and float((judged > CLOCK_NOISE).mean()) <= LATE
