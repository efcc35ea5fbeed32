"""ROC AUC and average precision, exact, of scores that lie on disk, in memory that does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

Chunk = tuple[np.ndarray, np.ndarray]  # scores in 0..1, and whether the row is an event
AT_ONCE = 400_000  # rows sorted together: about 40 MB; more passes over the scores cost little
# The first bits of a float of 0..1 order it: 64 powers of two with 12 bits each, anything smaller in the first bucket.
_SHIFT = 40
_LOWEST = np.int64((1023 - 63) << 12)
_BUCKETS = 64 * 2**12 + 1


@dataclass(frozen=True)
class RankFigures:
    """How well scores order events before others; None where one of the two is missing."""

    roc_auc: float | None
    average_precision: float | None


def rank_figures(read: Callable[[], Iterable[Chunk]], *, at_once: int = AT_ONCE) -> RankFigures:
    """Return both figures; `read` starts a new pass over the scores each time it is called."""
    events = others = 0
    pairs = 0.0
    precision = 0.0
    for scores, is_event in _from_the_top(read, at_once):
        steps_events, steps_others = _steps(scores, is_event)
        events_down, others_down = events + np.cumsum(steps_events), others + np.cumsum(steps_others)
        pairs += float((steps_others * (events_down - steps_events / 2)).sum())
        precision += float((steps_events * events_down / (events_down + others_down)).sum())
        events, others = int(events_down[-1]), int(others_down[-1])
    if events == 0 or others == 0:
        return RankFigures(None, None)
    return RankFigures(pairs / (events * others), precision / events)


def _steps(scores: np.ndarray, is_event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return events and others at each distinct score, the highest first."""
    order = np.argsort(-scores, kind="stable")
    descending = scores[order]
    starts = np.flatnonzero(np.r_[True, descending[1:] != descending[:-1]])
    events = np.add.reduceat(is_event[order].astype(np.int64), starts)
    rows = np.diff(np.r_[starts, len(scores)])
    return events, rows - events


def _from_the_top(read: Callable[[], Iterable[Chunk]], at_once: int) -> Iterator[Chunk]:
    """Yield all rows in groups that do not overlap in score, the highest group first."""
    counts = np.zeros(_BUCKETS, dtype=np.int64)
    for scores, _ in read():
        counts += np.bincount(_bucket(scores), minlength=_BUCKETS)
    for low, high in _groups(counts, at_once):
        parts = [_within(chunk, low, high) for chunk in read()]
        yield np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _within(chunk: Chunk, low: int, high: int) -> Chunk:
    buckets = _bucket(chunk[0])
    inside = (buckets >= low) & (buckets < high)
    return chunk[0][inside], chunk[1][inside]


def _bucket(scores: np.ndarray) -> np.ndarray:
    bits = np.ascontiguousarray(scores, dtype=np.float64).view(np.int64) >> np.int64(_SHIFT)
    return np.clip(bits - _LOWEST, 0, _BUCKETS - 1)


def _groups(counts: np.ndarray, at_once: int) -> list[tuple[int, int]]:
    """Return ranges of buckets, the highest first, each with about `at_once` rows or a single bucket."""
    groups: list[tuple[int, int]] = []
    high, held = len(counts), 0
    for bucket in np.flatnonzero(counts)[::-1].tolist():
        if held and held + counts[bucket] > at_once:
            groups.append((bucket + 1, high))
            high, held = bucket + 1, 0
        held += int(counts[bucket])
    return [*groups, (0, high)] if held else groups
