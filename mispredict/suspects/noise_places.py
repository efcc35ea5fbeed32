"""Where labels are wrong: values of columns within which labels contradict models that fit elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.errors.findings import Condition
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.second_opinions import Opinions

MOST_LEVELS = 60  # of loose columns, all together; and of a column that a second condition may use
MOST_SECOND = 400
LEAST_ROWS = 20  # of the examined table
TRIED = 60  # rules that are fitted exactly
LEAST_RATE = 0.08
LEAST_WRONG = 6.0  # labels, expected
BEYOND_CHANCE = 9.0  # log likelihood beyond the number of rules tried
MOST_PLACES = 3


@dataclass(frozen=True, eq=False)
class Place:
    """A rule within which labels are wrong at a rate of their own."""

    conditions: tuple[Condition, ...]
    inside: tuple[np.ndarray, ...]  # a mask a side
    rate: float
    low: float  # of its 95 % interval
    high: float
    gain: float  # log likelihood against the rate elsewhere
    shift: float  # the same of classes that are merely more or less frequent there
    p_value: float  # corrected for all rules tried


@dataclass(frozen=True, eq=False)
class _Level:
    condition: Condition
    mask: np.ndarray  # all sides, one under the other


def places_of(inquiry: Inquiry, opinions: Opinions) -> tuple[tuple[Place, ...], int]:
    """Return the places of wrong labels, the clearest first, and how many rules were tried.

    One condition at least is on a column that no model reads: what a model reads it could have learned.
    """
    loose = _levels(inquiry, inquiry.loose, MOST_LEVELS, whole=False)
    if not loose:
        return (), 0
    also = [*loose, *_levels(inquiry, inquiry.read, MOST_SECOND, whole=True)]
    chances, truth = np.vstack(opinions.sides), np.concatenate([side.truth for side in inquiry.sides])
    left = np.ones(len(truth), dtype=bool)
    found: list[Place] = []
    tried = len(loose) * (len(also) + 1)
    while len(found) < MOST_PLACES:
        inquiry.report(0.6 + 0.1 * len(found), "looking for places of wrong labels")
        place = _best(inquiry, (loose, also), chances, truth, left)
        if place is None:
            break
        found.append(place)
        left &= ~np.concatenate(place.inside)
    return tuple(found), tried


def _levels(inquiry: Inquiry, columns: Sequence[str], most: int, *, whole: bool) -> list[_Level]:
    """Return conditions on columns with few values, and halves and ends of numbers (`whole`)."""
    levels: list[_Level] = []
    for column in inquiry.common(tuple(columns)):
        values = np.concatenate([inquiry.coding.values(column, side) for side in range(len(inquiry.sides))])
        levels += _of_column(inquiry, column, values, whole=whole)
        if len(levels) > most:
            break
    return levels[:most]


def _of_column(inquiry: Inquiry, column: str, values: np.ndarray, *, whole: bool) -> list[_Level]:
    labels = inquiry.coding.labels(column)
    first = len(inquiry.examined)
    seen, counts = np.unique(values[:first][np.isfinite(values[:first])], return_counts=True)
    if labels is not None or len(seen) <= 12:
        often = seen[(counts >= LEAST_ROWS) & (seen >= 0 if labels is not None else True)]
        if len(often) > MOST_LEVELS or len(seen) < 2:
            return []
        named = [str(labels[int(v)]) if labels is not None else _plain(v) for v in often]
        return [_Level(Condition(column, "=", n), values == v) for n, v in zip(named, often, strict=True)]
    if not whole or inquiry.coding.nature(column) == "time":
        return []
    held = values[:first][np.isfinite(values[:first])]
    with np.errstate(invalid="ignore"):
        cuts = np.unique(np.quantile(held, [0.25, 0.5, 0.75]))
        below = [_Level(Condition(column, "<=", float(c)), values <= c) for c in cuts]
        return below + [_Level(Condition(column, ">", float(c)), values > c) for c in cuts]


def _plain(value: float) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


def _best(
    inquiry: Inquiry,
    levels: tuple[list[_Level], list[_Level]],
    chances: np.ndarray,
    truth: np.ndarray,
    left: np.ndarray,
) -> Place | None:
    """Return the rule that explains most by wrong labels, None where none explains enough."""
    loose, also = levels
    base = _rate(chances[left], truth[left])[0]
    rules = _screened(inquiry, levels, _slopes(chances, truth, max(base, 0.005)), left)
    best, most = None, -np.inf
    for first, second in rules:
        chosen = [loose[first], *([] if second is None else [also[second]])]
        mask = left & np.logical_and.reduce([one.mask for one in chosen])
        worse = np.log(len(loose) * (len(also) if second is not None else 1))
        place = _judged(inquiry, tuple(one.condition for one in chosen), mask, (chances, truth, base), worse)
        net = -np.inf if place is None else place.gain - worse
        if net > most:
            best, most = place, net
    return best


def _slopes(chances: np.ndarray, truth: np.ndarray, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how much a higher rate of wrong labels would suit each row, and the variance of it without one."""
    other = (1 - chances) / max(1, chances.shape[1] - 1)
    mixed = (1 - rate) * chances + rate * other
    slope = (other - chances) / mixed
    return slope[np.arange(len(truth)), truth], (mixed * slope**2).sum(axis=1)


def _screened(
    inquiry: Inquiry, levels: tuple[list[_Level], list[_Level]], slopes: tuple[np.ndarray, np.ndarray], left: np.ndarray
) -> list[tuple[int, int | None]]:
    """Return the rules with the largest standardised score: places of the first and second condition."""
    loose, also = levels
    slope, variance = slopes
    one = np.stack([level.mask & left for level in loose]).astype(np.float32)
    two = np.stack([np.ones(len(left), dtype=bool), *(level.mask for level in also)]).astype(np.float32)
    first = len(inquiry.examined)
    rows = one[:, :first] @ two[:, :first].T
    total = (one * slope.astype(np.float32)) @ two.T
    spread = (one * variance.astype(np.float32)) @ two.T
    z = np.where(rows >= LEAST_ROWS, total / np.sqrt(np.maximum(spread, 1e-6)), -np.inf)
    order = np.argsort(-z, axis=None, kind="stable")[:TRIED]
    pairs = [np.unravel_index(place, z.shape) for place in order if z.ravel()[place] > 3]
    return [(int(i), None if j == 0 else int(j) - 1) for i, j in pairs]


def _rate(chances: np.ndarray, truth: np.ndarray) -> tuple[float, float, float, float]:
    """Return the most likely rate of wrong labels, its 95 % interval and its log likelihood."""
    grid = np.concatenate([[0.0], np.geomspace(0.001, 0.6, 60)])
    fits = chances[np.arange(len(truth)), truth]
    other = (1 - fits) / max(1, chances.shape[1] - 1)
    likely = np.array([np.log((1 - r) * fits + r * other).sum() for r in grid])
    inside = grid[likely >= likely.max() - 1.92]
    return float(grid[likely.argmax()]), float(inside[0]), float(inside[-1]), float(likely.max())


def _judged(
    inquiry: Inquiry,
    conditions: tuple[Condition, ...],
    mask: np.ndarray,
    given: tuple[np.ndarray, np.ndarray, float],
    worse: float,
) -> Place | None:
    """Return the place if wrong labels explain its rows, and do so better than other frequencies of the classes."""
    from scipy.stats import chi2

    chances, truth, base = given
    own, labels = chances[mask], truth[mask]
    rate, low, high, likely = _rate(own, labels)
    fits = own[np.arange(len(labels)), labels]
    other = (1 - fits) / max(1, own.shape[1] - 1)
    usual = float(np.log((1 - base) * fits + base * other).sum())
    gain, shift = likely - usual, _shifted(own, labels) - usual
    if (
        gain < worse + BEYOND_CHANCE
        or gain <= shift
        or low < max(LEAST_RATE, 2 * base)
        or rate * len(labels) < LEAST_WRONG
    ):
        return None
    first = len(inquiry.examined)
    p_value = min(1.0, float(0.5 * chi2.sf(2 * gain, 1)) * float(np.exp(worse)))
    return Place(conditions, (mask[:first], mask[first:])[: len(inquiry.sides)], rate, low, high, gain, shift, p_value)


def _shifted(chances: np.ndarray, truth: np.ndarray) -> float:
    """Return the log likelihood when classes are only more or less frequent here (their odds times a constant)."""
    counts = np.bincount(truth, minlength=chances.shape[1]).astype(np.float64)
    factors = np.ones(chances.shape[1])
    for _ in range(30):
        now = chances * factors
        now /= now.sum(axis=1, keepdims=True)
        factors *= (counts + 1e-3) / (now.sum(axis=0) + 1e-3)
    now = chances * factors
    return float(np.log(now[np.arange(len(truth)), truth] / now.sum(axis=1)).sum())
