"""From a polygon drawn on the map to the points inside, and from a polygon to a piece of an address and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Polygon = tuple[tuple[float, float], ...]
Box = tuple[float, float, float, float]  # left, right, bottom, top

STEPS = 10_000  # an address names corners in ten-thousandths of the map's box
MOST_CORNERS = 120
FARTHEST = 20 * STEPS  # a corner farther out than this is not from the map


def inside(x: np.ndarray, y: np.ndarray, polygon: Polygon) -> np.ndarray:
    """Return True for every point inside the polygon, by the even-odd rule; fewer than three corners hold nothing."""
    held = np.zeros(len(x), dtype=bool)
    if len(polygon) < 3:
        return held
    corners = np.asarray(polygon, dtype=float)
    near = (x >= corners[:, 0].min()) & (x <= corners[:, 0].max())
    near &= (y >= corners[:, 1].min()) & (y <= corners[:, 1].max())
    at = np.flatnonzero(near)
    held[at] = _is_inside(x[at].astype(float), y[at].astype(float), corners)
    return held


def _is_inside(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    odd = np.zeros(len(x), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            crossed = (y1 > y) != (y2 > y)
            odd ^= crossed & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd


def box_of(x: np.ndarray, y: np.ndarray) -> Box:
    """Return the smallest box around the points, with a margin and never flat."""
    if not len(x):
        return (0.0, 1.0, 0.0, 1.0)
    left, right, bottom, top = float(x.min()), float(x.max()), float(y.min()), float(y.max())
    wide, high = max(right - left, 1e-6) * 0.04, max(top - bottom, 1e-6) * 0.04
    return (left - wide, right + wide, bottom - high, top + high)


def to_address(polygon: Sequence[Sequence[float]], box: Box) -> str:
    """Return a polygon as text for an address.

    >>> to_address([(0, 0), (1, 0), (1, 0.5)], (0, 1, 0, 1))
    '0.0_10000.0_10000.5000'
    """
    left, right, bottom, top = box
    steps = [
        (round((x - left) / (right - left) * STEPS), round((y - bottom) / (top - bottom) * STEPS))
        for x, y in polygon[:MOST_CORNERS]
    ]
    return "_".join(f"{x}.{y}" for x, y in steps)


def from_address(text: str | None, box: Box) -> Polygon:
    """Return the polygon of an address; anything that is not one gives no corners.

    >>> from_address("0.0_10000.0_10000.5000", (0, 1, 0, 1))
    ((0.0, 0.0), (1.0, 0.0), (1.0, 0.5))
    >>> from_address("nonsense", (0, 1, 0, 1))
    ()
    """
    corners = [corner.split(".") for corner in (text or "").split("_")[:MOST_CORNERS]]
    if len(corners) < 3 or not all(len(c) == 2 and all(map(_is_step, c)) for c in corners):
        return ()
    left, right, bottom, top = box
    return tuple((left + int(x) / STEPS * (right - left), bottom + int(y) / STEPS * (top - bottom)) for x, y in corners)


def _is_step(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 7 and int(digits) <= FARTHEST
