"""Neighbourhoods: rows within a distance of a point, in a few columns, in mixtures of all of them, in an embedding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.errors.shapes.ground import Ground
from mispredict.errors.shapes.numbers import Numbers
from mispredict.errors.shapes.places import Place, places_on
from mispredict.errors.shapes.region import Cut, Region, Surplus, best_cut

CENTRES = 24  # that are tried in each space for each way to stand out
MOVED = 2  # of all spaces of a kind, the best balls whose centres are then moved
_ROUNDS = 3
_WIDER = 1.25  # a moved centre is the middle of the surplus within so many radii
_SAID = 3  # columns that the words name


@dataclass(frozen=True, eq=False)
class _Ball:
    place: Place
    surplus: Surplus
    centre: np.ndarray
    cut: Cut  # of the distance, turned round


def find_near(ground: Ground) -> list[Region]:
    """Return the best ball of each kind of space: of few columns, of mixtures, of the embedding."""
    rng = np.random.default_rng(0)
    tried = [ball for place in places_on(ground) for ball in _tried(ground, place, rng)]
    found = []
    for kind in ("columns", "mixture", "embedding"):
        own = sorted((ball for ball in tried if ball.place.kind == kind), key=lambda ball: -ball.cut.gain)[:MOVED]
        moved = [_moved(ground, ball) for ball in own]
        if moved:
            found += _region(ground, max(moved, key=lambda ball: ball.cut.gain))
    return found


def _tried(ground: Ground, place: Place, rng: np.random.Generator) -> list[_Ball]:
    """Return the best ball of each way to stand out among those around some rows that stand out so."""
    few = ground.few[~np.isnan(place.points[ground.few]).any(axis=1)]
    if len(few) < 2:
        return []
    balls = []
    for surplus in ground.ways:
        weights = np.maximum(surplus.signals[few, 1], 0)
        some = min(CENTRES, int((weights > 0).sum()))
        if some:
            centres = place.points[rng.choice(few, some, replace=False, p=weights / weights.sum())]
            balls.append(max((_ball(ground, place, surplus, centre) for centre in centres), key=lambda b: b.cut.gain))
    return balls


def _ball(ground: Ground, place: Place, surplus: Surplus, centre: np.ndarray) -> _Ball:
    signals = next(few.signals for few in ground.few_ways if few.way == surplus.way)
    return _Ball(place, surplus, centre, best_cut(-_distances(place.points[ground.few], centre), signals))


def _distances(points: np.ndarray, centre: np.ndarray) -> np.ndarray:
    return np.sqrt(((points - centre) ** 2).sum(axis=1))


def _moved(ground: Ground, ball: _Ball) -> _Ball:
    """Return the ball with its centre moved to the middle of the surplus around it, then along each axis."""
    if not np.isfinite(ball.cut.gain):
        return ball
    for _ in range(_ROUNDS):
        candidates = [_towards_surplus(ground, ball), *_along_axes(ball)]
        best = max((_ball(ground, ball.place, ball.surplus, one) for one in candidates), key=lambda b: b.cut.gain)
        if best.cut.gain <= ball.cut.gain:
            break
        ball = best
    return ball


def _towards_surplus(ground: Ground, ball: _Ball) -> np.ndarray:
    points = ball.place.points[ground.few]
    residual = ball.surplus.signals[ground.few, 1]
    near = _distances(points, ball.centre) <= -ball.cut.bound * _WIDER  # never true of a row without a place
    weights = np.where(near, np.maximum(residual, 0), 0)
    if weights.sum() <= 0:
        return ball.centre
    middle: np.ndarray = (weights[near, None] * points[near]).sum(axis=0) / weights.sum()
    return middle


def _along_axes(ball: _Ball) -> list[np.ndarray]:
    step = 0.3 * abs(ball.cut.bound) * np.eye(len(ball.centre))
    return [ball.centre + sign * part for part in step for sign in (1, -1)]


def _region(ground: Ground, ball: _Ball) -> list[Region]:
    surplus, place = ball.surplus, ball.place
    centre, nearest = _centre_row(ground, ball)
    distances = _distances(place.points, centre)
    cut = best_cut(-distances[ground.at], surplus.signals[ground.at])
    if not np.isfinite(cut.gain):
        return []
    with np.errstate(invalid="ignore"):
        inside = ground.among & (distances < -cut.bound)
    if place.kind == "embedding":
        words = f"nearest {100 * inside.mean():.3g} % of rows to row {ground.ids[nearest]} in the embedding"
    else:
        words = _words(ground.numbers, place, centre, (-cut.bound, nearest))
    return [Region("near", words, inside, surplus.way, cut.gain, ground.among)]


def _centre_row(ground: Ground, ball: _Ball) -> tuple[np.ndarray, int]:
    """Return the centre, and the searched row nearest to it; in an embedding that row is the centre, to be named."""
    distances = _distances(ball.place.points[ground.at], ball.centre)
    nearest = int(ground.at[int(np.nanargmin(distances))])
    return (ball.place.points[nearest] if ball.place.kind == "embedding" else ball.centre), nearest


def _words(numbers: Numbers, place: Place, centre: np.ndarray, reach: tuple[float, int]) -> str:
    radius, nearest = reach
    if place.kind == "columns":
        values = [numbers.middles[c] + numbers.scales[c] * at for c, at in zip(place.columns, centre, strict=True)]
        named = ", ".join(f"{numbers.names[c]} {v:.3g}" for c, v in zip(place.columns, values, strict=True))
        return f"within {radius:.2g} spreads of {named}"
    known = [c for c in place.columns if not np.isnan(numbers.raw[nearest, c])]
    unusual = sorted(known, key=lambda c: -abs(numbers.standard[nearest, c]))[:_SAID]
    named = ", ".join(f"{numbers.names[c]} {numbers.raw[nearest, c]:.3g}" for c in unusual)
    more = f" (and {len(place.columns) - len(unusual)} more)" if len(place.columns) > len(unusual) else ""
    return f"within {radius:.2g} spreads of {named}{more} in {place.words} of {len(place.columns)} columns"
