"""Half-spaces: sums of two or three columns above a bound."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from mispredict.errors.residuals import PRICE
from mispredict.errors.shapes.ground import Ground
from mispredict.errors.shapes.numbers import Numbers
from mispredict.errors.shapes.region import Region, Surplus, best_cut, readable_bound

PAIRS, TRIPLES = 4, 4  # that are refined for each way to stand out
_PARENTS = 12  # pairs that are tried with a third column
_STEPS = (0.5, 0.25, 0.12, 0.06)  # by which a direction is turned, the longest of its parts being about 1
Direction = tuple[tuple[int, ...], np.ndarray]  # numbers of columns, their weights


def find_oblique(ground: Ground) -> list[Region]:
    """Return the half-space of two or three numeric columns that gains most, if there is one.

    Directions come from the score test of a logistic regression on every pair of columns and the best triples; the
    best of them are turned until they gain no more.
    """
    if len(ground.numbers) < 2:
        return []
    held, few = ground.numbers.held, ground.few
    found: list[tuple[float, Direction, Surplus]] = []
    for surplus in ground.ways:
        own = surplus.take(few)
        for direction in directions(held[few], own.signals):
            gain, turned = _turned(held[few], own.signals, direction)
            found.append((gain, turned, surplus))
    gain, best, surplus = max(found, key=lambda one: one[0], default=(-np.inf, ((), np.empty(0)), ground.ways[0]))
    if not np.isfinite(gain):
        return []
    short = _without_idle(held[few], surplus.take(few).signals, best)
    return [] if len(short[0]) < 2 else _region(ground, short, surplus)


def directions(held: np.ndarray, signals: np.ndarray) -> list[Direction]:
    """Return the pairs and triples of columns along which the residual grows most, with weights."""
    residual, variance = signals[:, 1], signals[:, 2]
    centred = held - np.average(held, axis=0, weights=variance + 1e-12)
    slope = centred.T @ residual
    spread = (centred * variance[:, None]).T @ centred
    spread += np.eye(len(slope)) * (1e-6 * np.trace(spread) / len(slope) + 1e-12)
    pairs = _best(list(combinations(range(len(slope)), 2)), slope, spread, _PARENTS)
    wider = {tuple(sorted({*pair, k})) for pair, _ in pairs for k in range(len(slope))}
    triples = _best([one for one in sorted(wider) if len(one) == 3], slope, spread, TRIPLES)
    return pairs[:PAIRS] + triples


def _best(subsets: list[tuple[int, ...]], slope: np.ndarray, spread: np.ndarray, most: int) -> list[Direction]:
    if not subsets:
        return []
    which = np.array(subsets)
    weights = np.linalg.solve(spread[which[:, :, None], which[:, None, :]], slope[which][:, :, None])[:, :, 0]
    order = np.argsort(-(weights * slope[which]).sum(axis=1), kind="stable")[:most]
    return [(subsets[i], _scaled(weights[i])) for i in order]


def _turned(held: np.ndarray, signals: np.ndarray, direction: Direction) -> tuple[float, Direction]:
    """Return the direction turned step by step while its best half-space gains."""
    columns, weights = direction
    points = held[:, list(columns)]
    best = best_cut(points @ weights, signals).gain
    for step in _STEPS:
        for number in range(len(columns)):
            for sign in (step, -step):
                tried = weights.copy()
                tried[number] += sign
                gain = best_cut(points @ tried, signals).gain
                if gain > best:
                    best, weights = gain, _scaled(tried)
    return best, (columns, weights)


def _scaled(weights: np.ndarray) -> np.ndarray:
    largest = np.abs(weights).max()
    return weights / largest if largest > 0 else weights


def _without_idle(held: np.ndarray, signals: np.ndarray, direction: Direction) -> Direction:
    """Return the direction without the columns that gain less than a useless one would."""
    columns, weights = direction
    now = best_cut(held[:, list(columns)] @ weights, signals).gain
    while len(columns) > 1:
        shorter = []
        for left in range(len(columns)):
            kept = tuple(np.delete(columns, left).tolist())
            shorter.append(_turned(held, signals, (kept, np.delete(weights, left))))
        gain, candidate = max(shorter, key=lambda one: one[0])
        if now**2 - max(gain, 0) ** 2 > PRICE:
            break
        now, (columns, weights) = gain, candidate
    return columns, weights


def _region(ground: Ground, direction: Direction, surplus: Surplus) -> list[Region]:
    columns, factors = _in_own_units(ground.numbers, direction)
    values = ground.numbers.raw[:, columns] @ factors  # NaN where one of them is missing
    cut = best_cut(values[ground.at], surplus.signals[ground.at])
    bound = readable_bound(cut)
    with np.errstate(invalid="ignore"):
        inside = ground.among & (values > bound)
    if not (inside.any() and np.isfinite(cut.gain)):
        return []
    words = _words(ground.numbers, columns, factors, bound)
    return [Region("oblique", words, inside, surplus.way, cut.gain, ground.among)]


def _in_own_units(numbers: Numbers, direction: Direction) -> tuple[list[int], np.ndarray]:
    """Return the columns, the weightiest first, with factors of few digits that make its own 1 or -1."""
    columns, weights = direction
    order = np.argsort(-np.abs(weights), kind="stable")
    ordered = [columns[i] for i in order]
    factors = weights[order] / numbers.scales[ordered]
    return ordered, np.array([float(f"{factor:.3g}") for factor in factors / abs(factors[0])])


def _words(numbers: Numbers, columns: list[int], factors: np.ndarray, bound: float) -> str:
    said = []
    for column, factor in zip(columns, factors, strict=True):
        name = numbers.names[column] if abs(factor) == 1 else f"{abs(factor):g} x {numbers.names[column]}"
        said.append(f"{'- ' if factor < 0 else '+ '}{name}")
    return f"{' '.join(said).removeprefix('+ ')} > {bound:g}"
