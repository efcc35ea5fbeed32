"""Online is offline with less behind it: rounded, or cast to a narrower type."""

from __future__ import annotations

import numpy as np

from mispredict.parity.cells import Cells, alike
from mispredict.parity.reading import Reading, freedom
from mispredict.parity.spelled import said

STEPS = tuple(part * 10.0**power for power in range(9, -9, -1) for part in (5, 2.5, 2, 1))
MOSTLY = 0.98
FIT = 1e-6  # relative


def cast(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the readings that a number went through another type: whole numbers, half precision, a truth value."""
    if gap.kind != "number":
        return []
    x, y = gap.offline, gap.online
    with np.errstate(over="ignore", invalid="ignore"):
        types = {
            "a whole number": np.trunc(x),
            "a half-precision number": x.astype(np.float16).astype(np.float64),
            "a truth value": (x != 0).astype(np.float64),
            "an 8-bit number": np.mod(np.trunc(x), 256),
            "a signed 8-bit number": np.mod(np.trunc(x) + 128, 256) - 128,
            "a 16-bit number": np.mod(np.trunc(x), 65_536),
            "a signed 16-bit number": np.mod(np.trunc(x) + 32_768, 65_536) - 32_768,
            "a signed 32-bit number": np.mod(np.trunc(x) + 2.0**31, 2.0**32) - 2.0**31,
        }
    there = ~gap.gone[0] & ~gap.gone[1]
    found = [_cast(gap, name, there & (alike(given, y) | (given == y))) for name, given in types.items()]
    return [one for one in found if len(np.unique(y[one.explains])) > 1]  # one value for all is a default


def _cast(gap: Cells, name: str, explains: np.ndarray) -> Reading:
    parameters = 2 if name == "a truth value" else 1
    free = freedom(gap.offline, gap.online, explains, parameters)
    cost = 0.015 if name == "a whole number" else 0.02
    return Reading("type_cast", f"to {name}", f"is cast to {name} online", explains, free, cost)


def rounded(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online is offline to the nearest multiple of a step, or to some digits."""
    if gap.kind != "number":
        return []
    there = ~gap.gone[0] & ~gap.gone[1] & np.isfinite(gap.online)
    if len(np.unique(gap.online[there])) < 3:
        return []
    return [*_to_step(gap, there), *_to_digits(gap, there)]


def _to_step(gap: Cells, there: np.ndarray) -> list[Reading]:
    y = gap.online[there]
    for step in STEPS:
        turns = y / step
        if (np.abs(turns - np.round(turns)) <= FIT * np.abs(turns)).mean() >= MOSTLY:
            return _nearest(gap, there, step)
    return []


def _nearest(gap: Cells, there: np.ndarray, step: float) -> list[Reading]:
    """Return the reading of a step; values stand within half of it, or all below one when rounded down or up."""
    with np.errstate(invalid="ignore"):
        far = (gap.online - gap.offline) / step
        near = there & (np.abs(far) <= 0.5 + 1e-5)
        ways = {"": near, " down": there & (far <= 1e-9) & (far > -1), " up": there & (far >= -1e-9) & (far < 1)}
    way = max(ways, key=lambda one: (round(float(ways[one].mean()), 2), one == ""))
    explains = ways[way]
    if not explains.any():
        return []
    parameter = f"to multiples of {said(step)}{way and ',' + way}"
    words = f"is rounded{way} to multiples of {said(step)} online"
    free = freedom(gap.offline, gap.online, explains, 1)
    return [Reading("rounded", parameter, words, explains, free, 0.02 if not way else 0.025)]


def _to_digits(gap: Cells, there: np.ndarray) -> list[Reading]:
    x, y = gap.offline, gap.online
    for digits in range(1, 6):
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = 10.0 ** (np.floor(np.log10(np.abs(x))) - digits + 1)
            explains = there & alike(np.round(x / steps) * steps, y)
        if explains.mean() >= 0.8:
            words = f"is rounded to {digits} digits online"
            free = freedom(x, y, explains, 1)
            return [Reading("rounded", f"to {digits} digits", words, explains, free, 0.02)]
    return []
