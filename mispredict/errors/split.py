"""Which rows are searched and which are held out: decided once, by a row's position alone."""

from __future__ import annotations

import numpy as np

from mispredict.scan.partial import draw_lots

HELD_OUT = 1 / 3  # of the rows: never searched, only asked whether what was found holds good
_STREAM = 7_919  # lots of their own: the uniform sample is drawn by those of the seed itself


def is_held_out(positions: np.ndarray, *, seed: int) -> np.ndarray:
    """Return True for each position in the table (int64) that no search may look at, about a third of them.

    The same row falls on the same side whoever asks, in a sample or in a pass over the whole table, so what was found
    on searched rows can be confirmed on every other one.
    """
    held: np.ndarray = draw_lots(positions, seed=seed + _STREAM) < HELD_OUT
    return held
