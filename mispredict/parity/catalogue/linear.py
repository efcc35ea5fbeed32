"""Online is a multiple of offline, moved by a constant, or both: scale, sign, offset, affine."""

from __future__ import annotations

import numpy as np

from mispredict.parity.cells import Cells
from mispredict.parity.reading import Reading, freedom
from mispredict.parity.spelled import nice, said, span

FIT = 5e-6  # relative
TRIES = 300  # pairs of pairs that a line is laid through
MICROSECONDS = 3_600e6  # of an hour


def scaled(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online is so many times offline."""
    if gap.kind != "number":
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = gap.online / gap.offline
    factor = _commonest(ratios[np.isfinite(ratios) & (ratios != 0)])
    if factor is None:
        return []
    factor = nice(factor)
    explains = _fits(factor * gap.offline, gap.online, np.abs(gap.online))
    free = freedom(gap.offline, gap.online, explains, 1)
    if abs(factor + 1) < FIT:
        return [Reading("sign", "x -1", "has the other sign online", explains, free, 0.0)]
    return [Reading("scale", f"x {said(factor)}", _times(factor), explains, free)]


def _times(factor: float) -> str:
    if factor > 1:
        return f"is {said(factor)} x larger online"
    return f"is {said(1 / factor)} x smaller online" if factor > 0 else f"is {said(factor)} times itself online"


def moved(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online is offline plus a constant."""
    if gap.kind != "number":
        return []
    gaps = gap.online - gap.offline
    step = _commonest(gaps[np.isfinite(gaps)])
    if step is None:
        return []
    step = nice(step)
    explains = _fits(gap.offline + step, gap.online, np.abs(gap.offline) + abs(step))
    words = f"is {said(abs(step))} {'more' if step > 0 else 'less'} online"
    return [Reading("offset", f"{step:+.7g}", words, explains, freedom(gap.offline, gap.online, explains, 1))]


def bent(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the reading that online is a line of offline: the one that most differing pairs lie on."""
    if gap.kind != "number":
        return []
    held = np.flatnonzero(np.isfinite(gap.offline) & np.isfinite(gap.online))
    if len(held) < 4 or len(np.unique(gap.offline[held])) < 3:
        return []
    best, found = np.zeros(len(gap), dtype=bool), (1.0, 0.0)
    for slope, level in _lines(gap.offline[held], gap.online[held]):
        fits = _on_line(gap, slope, level)
        if fits.sum() > best.sum():
            best, found = fits, (slope, level)
    return _named(gap, best, found)


def _named(gap: Cells, best: np.ndarray, found: tuple[float, float]) -> list[Reading]:
    if best.sum() < 3 or len(np.unique(gap.offline[best])) < 3:
        return []
    middle = gap.offline[best].mean()  # a line through far away numbers turns on every digit
    slope, level = np.polyfit(gap.offline[best] - middle, gap.online[best], 1)
    level -= slope * middle
    slope, level = (nice(float(slope)), float(f"{level:.6g}"))
    explains = _on_line(gap, slope, level)
    if explains.sum() < best.sum():
        (slope, level), explains = found, best
    if slope == 0 or abs(slope - 1) < FIT or abs(level) < 1e-12:
        return []
    words = f"is {said(slope)} times itself {level:+.6g} online"
    free = freedom(gap.offline, gap.online, explains, 2)
    return [Reading("affine", f"x {said(slope)} {level:+.6g}", words, explains, free, 0.03)]


def in_hours(gap: Cells, pairs: Cells) -> list[Reading]:
    """Return the readings of times that are a constant off: a time zone where it is one that zones can differ by."""
    if gap.kind != "time":
        return []
    hours = (gap.online - gap.offline) / MICROSECONDS
    common = _two_commonest(hours[np.isfinite(hours)])
    if not common:
        return []
    is_zone = all(abs(one) <= 26 and abs(one * 4 - round(one * 4)) < 1e-6 for one in common)
    if not is_zone or (len(common) == 2 and abs(abs(common[0] - common[1]) - 1) > 1e-6):
        common = common[:1]
    explains = np.isin(np.round(hours, 6), np.round(common, 6))
    said_hours = " or ".join(span(one) for one in common)
    cause = "timezone" if is_zone else "offset"
    free = freedom(gap.offline, gap.online, explains, len(common))
    return [Reading(cause, said_hours, f"is {said_hours} off online", explains, free)]  # type: ignore[arg-type]


def _two_commonest(hours: np.ndarray) -> list[float]:
    values, counts = np.unique(np.round(hours, 6), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:2]
    return [float(values[one]) for one in order if counts[one] >= max(2, 0.05 * len(hours))]


def _lines(x: np.ndarray, y: np.ndarray) -> list[tuple[float, float]]:
    """Return lines through pairs of points that lie far apart, so that noise turns them little."""
    rng = np.random.default_rng(0)
    order = np.argsort(x, kind="stable")
    third = max(1, len(x) // 3)
    low, high = rng.choice(order[:third], TRIES), rng.choice(order[-third:], TRIES)
    apart = x[high] != x[low]
    low, high = low[apart], high[apart]
    slopes = (y[high] - y[low]) / (x[high] - x[low])
    return list(zip(slopes.tolist(), (y[low] - slopes * x[low]).tolist(), strict=True))


def _on_line(gap: Cells, slope: float, level: float) -> np.ndarray:
    return _fits(slope * gap.offline + level, gap.online, np.abs(slope * gap.offline) + abs(level))


def _fits(given: np.ndarray, online: np.ndarray, size: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(given - online) <= FIT * np.maximum(size, np.abs(online)), dtype=bool)


def _commonest(values: np.ndarray) -> float | None:
    """Return the value that most of the others equal within noise; None where there is none."""
    if not len(values):
        return None
    sizes = np.floor(np.log10(np.where(values == 0, 1.0, np.abs(values))))
    rough = 1e6 * sizes + np.round(values / 10.0 ** (sizes - 4))  # five digits, and where the point stands
    _, places, counts = np.unique(rough, return_inverse=True, return_counts=True)
    return float(np.median(values[places == counts.argmax()]))
