"""Online there is one value, none, or one where offline has none: missing, cached, default_filled, clipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mispredict.parity.cells import Cells
from mispredict.parity.reading import Reading
from mispredict.parity.spelled import said


def missing(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that the value was lost online."""
    explains = gap.gone[1]
    return (
        [Reading("missing", "missing", "is missing online", explains, int(explains.sum()), 0.0)]
        if explains.any()
        else []
    )


def cached(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online has a value, as an older one that was kept, where offline has none.

    One value for all of them is a default, which says more.
    """
    explains = gap.gone[0] & ~gap.gone[1]
    if not explains.any() or (explains.sum() >= 3 and len(np.unique(gap.online[explains])) == 1):
        return []
    words = "has a value online where offline has none"
    return [Reading("cached", "a value for a missing one", words, explains, int(explains.sum()), 0.0)]


def filled(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the readings that one value stands for all: a default, or a bound that values were clipped to."""
    there = ~gap.gone[1]
    if not there.any():
        return []
    value = pd.Series(gap.online[there]).mode().iloc[0]
    explains = there & gap.equal(gap.online, np.full(len(gap), value, dtype=gap.online.dtype))
    default = _default(gap, value, explains)
    if gap.kind == "text" or not np.isfinite(np.where(explains, gap.offline, np.nan)).any():
        return [default]
    return _by_bound(gap, pairs, float(value), explains, default)


def _default(gap: Cells, value: object, explains: np.ndarray) -> Reading:
    shown = said(float(value)) if gap.kind == "number" else _time(value) if gap.kind == "time" else repr(value)  # type: ignore[arg-type]
    distinct = len(
        {(gone, one) for gone, one in zip(gap.gone[0][explains], gap.offline[explains], strict=True) if not gone}
    )
    distinct += int((gap.gone[0] & explains).any())
    return Reading("default_filled", f"filled with {shown}", f"is filled with {shown} online", explains, distinct - 1)


def _time(value: object) -> str:
    return str(pd.Timestamp(int(value), unit="us"))  # type: ignore[call-overload]


def _by_bound(gap: Cells, pairs: Cells, bound: float, explains: np.ndarray, default: Reading) -> list[Reading]:
    """Return the default, or clipping where it tells better which values differ: all beyond the bound, none within."""
    held = gap.offline[explains & ~gap.gone[0]]
    above = bool((held > bound).all())
    if not (above or (held < bound).all()) or (gap.gone[0] & explains).any():
        return [default]
    within = _within(pairs, bound, above=above)
    share = explains.sum() / max(1, len(pairs))
    doubt = within.sum() * np.log1p(-min(share, 0.999))  # log chance that a default spares every value within
    beyond = (pairs.offline > bound) if above else (pairs.offline < bound)
    side = "high" if above else "low"
    words = f"is cut off at {said(bound)} online"
    clip = Reading("clipped", f"clipped at {said(bound)} ({side} values)", words, explains, default.freedom, 0.015)
    if within.sum() == 0 or pairs.differs[within].any():
        return [default]
    kept = beyond & ~pairs.differs
    is_usual = kept.mean() < 0.5 * beyond.mean()  # most of what could be cut off is
    if doubt < np.log(0.01) and (is_usual or _reached(pairs, bound, above=above)):
        return [replace(clip, cost=0.005)]
    return [default, replace(clip, cost=default.cost)] if is_usual and doubt < np.log(0.5) else [default]


def _within(pairs: Cells, bound: float, *, above: bool) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(pairs.offline < bound if above else pairs.offline > bound, dtype=bool)


def _reached(pairs: Cells, bound: float, *, above: bool) -> bool:
    """Return whether the value is an ordinary one far from every end, as a default seldom is."""
    held = pairs.offline[~pairs.gone[0]]
    part = float((held <= bound).mean() if above else (held >= bound).mean())
    return part > 0.05
