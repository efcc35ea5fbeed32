"""The order in which findings are told: by errors too many, and how much of their rows those are."""

from __future__ import annotations

import math

Z_90 = 1.645


def seriousness(excess: float, spread: float, rows: int) -> float:
    """Return the errors too many (the 90 % interval's lower end) times the part of the rows that they are.

    A rule for half of the table is never far from some errors too many; one whose rows are mostly wrong says why.
    """
    at_least = excess - Z_90 * math.sqrt(max(spread, 0.0))
    return at_least * excess / max(rows, 1) if at_least > 0 else at_least
