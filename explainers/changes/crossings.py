"""Where a number crosses the thresholds of trees: the two neighbouring floats on either side, in raw units.

Encoders and libraries round on the way to a threshold (scalers, float32), so that undoing them gives a guess; the
side of each float near it is asked of the encoder itself, by bisection over the floats in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainers.columns import Encoded
from explainers.forests.arrays import Forest

MARGINS = (8, 1 << 20)  # floats to each side of the guess that are searched before the whole range is

Encode = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Asked:
    """Thresholds to be found in raw units, one a place: of which raw and encoded column, within which range."""

    raw: np.ndarray
    encoded: np.ndarray
    threshold: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def take(self, places: np.ndarray) -> Asked:
        """Return the thresholds at these places."""
        return Asked(*(getattr(self, name)[places] for name in ("raw", "encoded", "threshold", "low", "high")))


def crossings(asked: Asked, forest: Forest, columns: tuple[Encoded, ...], encode: Encode) -> tuple[np.ndarray, ...]:
    """Return the raw column, the last float before and the first one past each threshold that the range crosses.

    `encode(raw column, value, encoded column)` says what the trees compare.
    """

    def is_left(of: Asked, keys: np.ndarray) -> np.ndarray:
        values = encode(of.raw, _floats(keys), of.encoded)
        return np.asarray(values < of.threshold if forest.compare == "<" else values <= of.threshold)

    first, last = _keys(asked.low), _keys(asked.high)
    inside = np.flatnonzero(is_left(asked, first) != is_left(asked, last))
    asked, first, last = asked.take(inside), first[inside], last[inside]
    guess = np.clip(_keys(_guesses(asked, forest, columns)), first, last)
    low, high = first.copy(), last.copy()
    wanting = np.arange(len(low))
    for margin in MARGINS:
        near = asked.take(wanting)
        a = np.maximum(guess[wanting] - margin, first[wanting])
        b = np.minimum(guess[wanting] + margin, last[wanting])
        found = is_left(near, a) != is_left(near, b)
        low[wanting[found]], high[wanting[found]] = a[found], b[found]
        wanting = wanting[~found]
    _bisect(asked, low, high, is_left)
    return asked.raw, _floats(low), _floats(high)


def _bisect(asked: Asked, low: np.ndarray, high: np.ndarray, is_left: Callable[..., np.ndarray]) -> None:
    """Bring `low` and `high`, which lie on either side, together until they are neighbours."""
    side = is_left(asked, low)
    while True:
        apart = np.flatnonzero(low + 1 < high)
        if not len(apart):
            return
        middle = low[apart] // 2 + high[apart] // 2 + (low[apart] & high[apart] & 1)  # their difference may overflow
        same = is_left(asked.take(apart), middle) == side[apart]
        low[apart] = np.where(same, middle, low[apart])
        high[apart] = np.where(same, high[apart], middle)


def _guesses(asked: Asked, forest: Forest, columns: tuple[Encoded, ...]) -> np.ndarray:
    """Return each threshold in raw units, as far as undoing scalers tells."""
    limit = asked.threshold
    if forest.precision is np.float32:
        down = limit.astype(np.float32)
        over = down.astype(np.float64) > limit
        down = np.where(over, np.nextafter(down, np.float32(-np.inf)), down)
        limit = (down.astype(np.float64) + np.nextafter(down, np.float32(np.inf)).astype(np.float64)) / 2
    scale = np.array([c.scale for c in columns])[asked.encoded]
    shift = np.array([c.shift for c in columns])[asked.encoded]
    return np.asarray(limit * scale + shift)


def _keys(values: np.ndarray) -> np.ndarray:
    """Return each float's place in the order of all floats, as an integer."""
    bits = np.ascontiguousarray(values + 0.0, dtype=np.float64).view(np.int64)
    return np.asarray(np.where(bits >= 0, bits, np.int64(-(2**63)) - bits))


def _floats(keys: np.ndarray) -> np.ndarray:
    bits = np.where(keys >= 0, keys, np.int64(-(2**63)) - keys)
    return np.ascontiguousarray(bits, dtype=np.int64).view(np.float64)
