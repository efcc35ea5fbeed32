"""Numbers as people say them: 100, 1.609344, -5 h."""

from __future__ import annotations

import math

CLOSE = 3e-7  # relative


def nice(value: float) -> float:
    """Return the roundest number within noise of a value: it, or one over it, in few digits."""
    if value == 0 or not math.isfinite(value):
        return value
    for digits in range(1, 7):
        for found in (float(f"{value:.{digits}g}"), 1 / float(f"{1 / value:.{digits}g}")):
            if abs(found - value) <= CLOSE * abs(value):
                return found
    return value


def said(value: float) -> str:
    """Return a number in at most seven digits."""
    return f"{value:.7g}"


def span(hours: float) -> str:
    """Return a length of time: "2.0 days", "-5 h", "40 min"."""
    if abs(hours) >= 48 or (abs(hours) >= 24 and hours % 24 == 0):
        return f"{hours / 24:.1f} days"
    if abs(hours) >= 1:
        return f"{hours:.3g} h"
    return f"{hours * 60:.3g} min" if abs(hours) * 60 >= 1 else f"{hours * 3_600:.3g} s"
