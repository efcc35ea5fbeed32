"""An hour of the day, or a day of the week, told in another time zone."""

from __future__ import annotations

import numpy as np

from mispredict.parity.cells import Cells
from mispredict.parity.reading import Reading, freedom

ROUNDS = ((24, "h", "timezone"), (7, "days", "timezone"), (12, "months", "offset"))


def turned(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that hours run on past midnight: offline plus a constant, modulo 24 (or 7 for days)."""
    if gap.kind != "number":
        return []
    return [one for length, unit, cause in ROUNDS[:2] for one in _turned(gap, pairs, length, unit)]


def _turned(gap: Cells, pairs: Cells, length: int, unit: str) -> list[Reading]:
    held = np.concatenate([side[~gone] for side, gone in zip((pairs.offline, pairs.online), pairs.gone, strict=True)])
    lowest = 1.0 if len(held) and held.min() >= 1 and held.max() == length else 0.0
    is_clock = len(held) and held.min() >= lowest and held.max() < length + lowest
    if not is_clock:
        return []
    turns = np.mod(gap.online - gap.offline, length)
    turns = np.where(np.isfinite(turns), np.mod(np.round(turns, 6), length), np.nan)
    values, counts = np.unique(turns[np.isfinite(turns)], return_counts=True)
    if not len(values):
        return []
    turn = float(values[counts.argmax()])
    explains = turns == turn
    wraps = len(np.unique(np.sign(gap.online - gap.offline)[explains])) > 1
    if not wraps and len(np.unique(np.floor(held))) < 0.85 * length:  # else nothing tells it from an offset
        return []
    shown = turn - length if turn > length / 2 else turn
    words = f"is {shown:+g} {unit} off online, past {'midnight' if length == 24 else 'the end of the week'} too"
    free = freedom(gap.offline, gap.online, explains, 1)
    return [Reading("timezone", f"{shown:+g} {unit}", words, explains, free, 0.008 if wraps else 0.012)]
