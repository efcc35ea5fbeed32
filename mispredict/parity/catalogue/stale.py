"""Online is what the entity had some time ago."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.parity.cells import Cells
from mispredict.parity.reading import Reading, freedom
from mispredict.parity.spelled import span

MOST = 3_000  # differing pairs that the lag is found on
HOUR = 3_600e6  # microseconds
ROUND_HOURS = (168.0, 24.0, 12.0, 6.0, 1.0, 0.5, 1 / 12, 1 / 60)


@dataclass(frozen=True, eq=False)
class Past:
    """What a column was for each entity at each of its rows, in the order of time; and when and whose the pairs are."""

    entity: np.ndarray  # int64 codes of the history's rows
    time: np.ndarray  # float64 microseconds, ascending
    value: np.ndarray  # float64 or str objects, as in Cells
    asked_entity: np.ndarray  # of the pairs, -1 where unknown
    asked_time: np.ndarray


def stale(gap: Cells, past: Past, differs: np.ndarray) -> list[Reading]:
    """Return the reading of one lag for all: online is the value of the first row, or the last, as of that long before.

    A row's value holds since the row before it: counts of what came earlier are known by the next row. Each
    differing pair that equals an earlier value allows an interval of lags; the lag that most intervals share is taken.
    """
    entity, time = past.asked_entity[differs], past.asked_time[differs]
    best: Reading | None = None
    for is_next in (True, False):
        lag = _lag(gap, past, entity, time, is_next=is_next)
        if lag is None:
            continue
        explains = ~gap.gone[1] & gap.equal(_as_of(past, entity, time - lag, is_next=is_next), gap.online)
        if best is None or explains.sum() > best.explains.sum():
            best = _reading(gap, lag, explains)
    return [best] if best is not None else []


def _reading(gap: Cells, lag: float, explains: np.ndarray) -> Reading:
    shown = span(lag / HOUR)
    free = freedom(gap.offline, gap.online, explains, 1)
    return Reading("stale", f"lag {shown}", f"is {shown} old online", explains, free, 0.02)


def _lag(gap: Cells, past: Past, entity: np.ndarray, time: np.ndarray, *, is_next: bool) -> float | None:
    """Return the roundest lag in the interval that most differing pairs agree on, in microseconds."""
    begins, ends = _intervals(gap, past, entity, time, is_next=is_next)
    if not len(begins):
        return None
    edges = np.concatenate([begins, ends])
    steps = np.concatenate([np.ones(len(begins)), -np.ones(len(ends))])
    order = np.lexsort((steps, edges))  # ends before begins: intervals are open at the end
    height = np.cumsum(steps[order])
    top = int(height.argmax())
    return _round_within(edges[order][top], edges[order][min(top + 1, len(edges) - 1)])


def _round_within(low: float, high: float) -> float:
    for unit in ROUND_HOURS:
        found = np.ceil(max(low, 1.0) / (unit * HOUR)) * unit * HOUR
        if found < high:
            return float(found)
    return float((low + high) / 2)


def _intervals(
    gap: Cells, past: Past, entity: np.ndarray, time: np.ndarray, *, is_next: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lags, from and until, at which the value as of then would be the one online."""
    rows = np.flatnonzero(~gap.gone[1] & (entity >= 0) & np.isfinite(time))
    rows = np.sort(np.random.default_rng(0).permutation(rows)[:MOST])
    order = np.lexsort((past.time, past.entity))
    owners, times, values = past.entity[order], past.time[order], past.value[order]
    begins, ends = [], []
    for row in rows:
        first, last = np.searchsorted(owners, [entity[row], entity[row] + 1])
        last = first + int(np.searchsorted(times[first:last], time[row], side="right"))
        same = first + np.flatnonzero(
            gap.equal(values[first:last], np.full(last - first, gap.online[row], dtype=values.dtype))
        )
        if not len(same):
            continue
        if is_next:  # holds after the row before it, until it
            before = np.where(same > first, times[np.maximum(same - 1, first)], -np.inf)
            begins.append(time[row] - times[same])
            ends.append(time[row] - before)
        else:  # holds from it until the row after it
            after = np.where(same + 1 < last, times[np.minimum(same + 1, len(times) - 1)], time[row])
            begins.append(np.nextafter(time[row] - after, np.inf))
            ends.append(np.nextafter(time[row] - times[same], np.inf))
    if not begins:
        return np.empty(0), np.empty(0)
    low, high = np.concatenate(begins), np.concatenate(ends)
    return low[high > low], high[high > low]


def _as_of(past: Past, entity: np.ndarray, time: np.ndarray, *, is_next: bool) -> np.ndarray:
    known = pd.DataFrame({"time": past.time, "entity": past.entity, "place": np.arange(len(past.time))})
    asked = pd.DataFrame({"time": time, "entity": entity, "row": np.arange(len(time))}).dropna().sort_values("time")
    found = pd.merge_asof(
        asked, known.sort_values("time"), on="time", by="entity", direction="forward" if is_next else "backward"
    )
    places = np.full(len(time), -1)
    places[found["row"].to_numpy()] = found["place"].fillna(-1).to_numpy(dtype=np.int64)
    found_values = np.full(len(time), np.nan if past.value.dtype.kind == "f" else None, dtype=past.value.dtype)
    found_values[places >= 0] = past.value[places[places >= 0]]
    return found_values
