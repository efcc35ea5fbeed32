"""How many errors rows like these would have: an interval, of the rows themselves and not of what was promised."""

from __future__ import annotations

import math

Z_95 = 1.96


def interval_of_errors(errors: int, rows: int) -> tuple[float, float]:
    """Return the 95 % interval of the errors that rows like these would have, within 0 and `rows` (Wilson 1927)."""
    rows = max(rows, 1)
    share, width = errors / rows, Z_95**2 / rows
    middle = (share + width / 2) / (1 + width)
    half = Z_95 / (1 + width) * math.sqrt(share * (1 - share) / rows + width / (4 * rows))
    return rows * (middle - half), rows * (middle + half)
