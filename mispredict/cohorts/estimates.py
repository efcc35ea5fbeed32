"""Intervals and chances of counts and means."""

from __future__ import annotations

import math

from mispredict.cohorts.cohort import Difference, Estimate
from mispredict.cohorts.moments import Moments

Z95 = 1.959964
ENOUGH_FOR_NORMAL = 10.0  # variance of a count from which its distribution is normal but for its skew
_CERTAIN = 1.05  # growth of the variance up to which the curve counts as known
_FAR = 5.0  # standard deviations beyond which no correction of a normal tail can be trusted


def wilson(errors: int, rows: int) -> Estimate:
    """Return a rate and its 95 % score interval (Wilson 1927), for at least one row."""
    rate, square = errors / rows, Z95**2
    middle = (rate + square / (2 * rows)) / (1 + square / rows)
    half = Z95 / (1 + square / rows) * math.sqrt(rate * (1 - rate) / rows + square / (4 * rows**2))
    low = 0.0 if errors == 0 else max(middle - half, 0.0)
    return Estimate(rate, low, 1.0 if errors == rows else min(middle + half, 1.0))


def chance_of_so_many(sums: Moments, *, learned: int = 0) -> tuple[float, float]:
    """Return z of the errors against the recalibrated promises, and the chance of at least so many.

    The count is a sum of unlike coins. With enough variance its normal tail, corrected for skew and continuity (Volkova
    1996); else, and far out, the binomial tail of the mean chance, which is never smaller than the true one (Hoeffding
    1956). `learned` is how many other rows the promises were learned from, 0 for the model's own: a curve of few rows
    is uncertain itself, and the more rows it is asked about, the more that counts.
    """
    from scipy.stats import binom, norm

    mean, variance = sums.sum("promised"), sums.sum("promised_spread")
    if not sums.rows:
        return 0.0, 1.0
    wider = _wider(sums.rows, learned)
    deviation = math.sqrt(max(variance * wider, 1e-12))
    z = (sums.errors - mean) / deviation
    if variance >= ENOUGH_FOR_NORMAL and (z <= _FAR or wider > _CERTAIN):
        x, skew = (sums.errors - 0.5 - mean) / deviation, sums.sum("promised_skew") / deviation**3
        skewed = norm.sf(x) - skew * (1 - x**2) * norm.pdf(x) / 6
        chance = skewed if z <= _FAR else max(skewed, norm.sf(x))
    else:
        chance = binom.sf(sums.errors - 1, sums.rows, min(mean / sums.rows, 1.0))
    return z, float(min(max(chance, 0.0), 1.0))


def _wider(rows: int, learned: int) -> float:
    return 1 + rows / learned if learned else 1.0


Parts = tuple[Moments, Moments, Moments]  # rows of the first alone, of the second alone, of both


def _weights(parts: Parts) -> tuple[float, float, float]:
    """Return what a row of each part counts in the first mean minus the second."""
    one, two = 1 / (parts[0].rows + parts[2].rows), 1 / (parts[1].rows + parts[2].rows)
    return one, -two, one - two


def difference_of_rates(parts: Parts) -> Difference:
    """Return the difference of error rates: Wilson intervals joined (Newcombe 1998), correlated by the shared rows."""
    firsts, seconds = parts[0] + parts[2], parts[1] + parts[2]
    one, two = wilson(firsts.errors, firsts.rows), wilson(seconds.errors, seconds.rows)
    shared = parts[2].rows / math.sqrt(firsts.rows * seconds.rows)
    gap = one.value - two.value
    if not parts[0].rows and not parts[1].rows:  # the same rows twice
        return Difference("error rate", one.value, two.value, Estimate(0.0, 0.0, 0.0))
    low = gap - _joined(one.value - one.low, two.high - two.value, shared)
    high = gap + _joined(one.high - one.value, two.value - two.low, shared)
    return Difference("error rate", one.value, two.value, Estimate(gap, low, high))


def _joined(one: float, two: float, shared: float) -> float:
    return math.sqrt(max(one**2 + two**2 - 2 * shared * one * two, 0.0))


def difference_of_means(parts: Parts, name: str, *, of: str) -> Difference:
    """Return the difference of the means of a sum whose squares were summed too, with a normal interval."""
    means = _means(parts, [part.sum(of) for part in parts])
    variance = 0.0
    for weight, part in zip(_weights(parts), parts, strict=True):
        if part.rows:
            mean = part.sum(of) / part.rows
            variance += weight**2 * max(part.sum(f"{of}_squares") - part.rows * mean**2, 0.0)
    return _normal(name, means, variance)


def difference_of_excess(parts: Parts) -> Difference:
    """Return the difference of excess errors a row, by the model's own probabilities, with a normal interval."""
    means = _means(parts, [part.errors - part.sum("expected") for part in parts])
    variance = sum(w**2 * part.sum("spread") for w, part in zip(_weights(parts), parts, strict=True))
    return _normal("excess errors a row", means, variance)


def _means(parts: Parts, sums: list[float]) -> tuple[float, float]:
    firsts, seconds = parts[0].rows + parts[2].rows, parts[1].rows + parts[2].rows
    return (sums[0] + sums[2]) / firsts, (sums[1] + sums[2]) / seconds


def _normal(name: str, means: tuple[float, float], variance: float) -> Difference:
    gap, half = means[0] - means[1], Z95 * math.sqrt(variance)
    return Difference(name, *means, Estimate(gap, gap - half, gap + half))


def beyond_promises(parts: Parts, *, learned: int = 0) -> tuple[float, float] | None:
    """Return z and two-sided p of the gap of error rates beyond the promised one; None for the same rows twice."""
    weights = _weights(parts)
    pairs = list(zip(weights, parts, strict=True))
    rows = sum(part.rows for part in parts)
    variance = sum(w**2 * part.sum("promised_spread") for w, part in pairs) * _wider(rows, learned)
    if variance <= 0:
        return None
    z = sum(w * (part.errors - part.sum("promised")) for w, part in pairs) / math.sqrt(variance)
    return z, math.erfc(abs(z) / math.sqrt(2))
