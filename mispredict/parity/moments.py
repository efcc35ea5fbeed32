"""Entries of a log without ids: the same entity, at the same time but for what the clocks are apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.investigation.spec import DataSpec
from mispredict.parity.joining import SHOWN, Join, Log
from mispredict.parity.times import moments_of
from mispredict.tables.table import Table

SECOND = 1e6  # microseconds
_BETWEEN = "\x1f"  # columns of an entity
FARTHEST = 86_400 * SECOND  # that the clocks may be apart
NEAR = 5 * SECOND  # that single entries may be off beyond that
LEAST = 0.2  # part of the entries that must agree on how far the clocks are apart
MOST = 200_000  # differences that the lag is found among


def by_moment(table: Table, data: DataSpec, log: Log) -> tuple[Join | None, str]:
    """Return the pairs of equal entities whose times agree once the clocks do, or why there are none."""
    lacks = _lacks(data, log)
    if lacks:
        return None, lacks
    here = _moments(table, data.entity, str(data.time))
    there = _moments(log.table, data.entity, str(log.spec.time))
    lag, agree = clock_lag(here, there)
    if agree < LEAST:
        return None, f"no lag between the clocks brings entities together: {agree:.0%} of the entries agree on one"
    rows, entries = _nearest(here, there.assign(moment=there["moment"] - lag))
    counted, shown = {}, {}
    for reason, all_rows, side, joined in (
        ("rows that were not logged", table.rows, here, rows),
        ("log entries that no row is near", log.table.rows, there, entries),
    ):
        if left := all_rows - len(joined):
            counted[reason], shown[reason] = left, _first_left(side, joined)
    return Join(rows, entries, counted, shown, lag / SECOND), ""


def _first_left(side: pd.DataFrame, joined: np.ndarray) -> tuple[str, ...]:
    """Return the first that were not joined: whose they are and when they were."""
    left = side[~np.isin(side["place"], joined)].head(SHOWN)
    when = pd.to_datetime(left["moment"], unit="us").dt.strftime("%Y-%m-%d %H:%M:%S")
    return tuple(f"{who.replace(_BETWEEN, ', ')} at {at}" for who, at in zip(left["entity"], when, strict=True))


def lag_of(table: Table, data: DataSpec, log: Log, join: Join) -> float | None:
    """Return how many seconds the log's times are later than those of their rows, the median; None without times."""
    if data.time is None or log.spec.time is None or not len(join):
        return None
    some = np.sort(np.random.default_rng(0).permutation(len(join))[:MOST])
    here, there = table.take(join.rows[some], [data.time]), log.table.take(join.entries[some], [log.spec.time])
    if pd.api.types.is_numeric_dtype(here[data.time]) or pd.api.types.is_numeric_dtype(there[log.spec.time]):
        return None  # a counter, of what is not known
    gaps = moments_of(there[log.spec.time]) - moments_of(here[data.time])
    gaps = gaps[np.isfinite(gaps)]
    return float(np.median(gaps)) / SECOND if len(gaps) else None


def clock_lag(here: pd.DataFrame, there: pd.DataFrame) -> tuple[float, float]:
    """Return how much later the log's clock is, in microseconds, and the part of its entries that agree on that.

    The lag is the centre of the densest ten seconds among the differences of times of equal entities.
    """
    some = there if len(there) <= MOST else there.sample(MOST, random_state=0)
    both = some.merge(here, on="entity", suffixes=("_there", "_here"))
    gaps = np.sort((both["moment_there"] - both["moment_here"]).to_numpy())
    gaps = gaps[np.abs(gaps) <= FARTHEST]
    if not len(gaps):
        return 0.0, 0.0
    ends = np.searchsorted(gaps, gaps + 2 * NEAR, side="right")
    top = int((ends - np.arange(len(gaps))).argmax())
    return float(np.median(gaps[top : ends[top]])), float((ends[top] - top) / max(1, len(some)))


def _nearest(here: pd.DataFrame, there: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of rows and entries that are each other's nearest, each once."""
    entries = there.sort_values("moment")
    found = pd.merge_asof(
        here.sort_values("moment"), entries.rename(columns={"place": "entry"}).assign(at=entries["moment"]),
        on="moment", by="entity", direction="nearest", tolerance=NEAR,  # type: ignore[arg-type]
    ).dropna(subset=["entry"])  # fmt: skip
    found["gap"] = (found["moment"] - found["at"]).abs()
    once = found.sort_values("gap", kind="stable").drop_duplicates("entry").sort_values("place")
    return once["place"].to_numpy(dtype=np.int64), once["entry"].to_numpy(dtype=np.int64)


def _moments(table: Table, entity: tuple[str, ...], time: str) -> pd.DataFrame:
    """Return each row's entity as text, time and position, those without either left out."""
    rows = table.take(np.arange(table.rows), [*entity, time])
    key = rows[list(entity)].astype(str).agg(_BETWEEN.join, axis=1) if len(entity) > 1 else rows[entity[0]].astype(str)
    found = pd.DataFrame({"entity": key.to_numpy(), "moment": moments_of(rows[time]), "place": np.arange(len(rows))})
    return found[rows[list(entity)].notna().all(axis=1).to_numpy() & np.isfinite(found["moment"].to_numpy())]


def _lacks(data: DataSpec, log: Log) -> str:
    if not data.entity or data.time is None or log.spec.time is None:
        return (
            "[online] has no id, and the join by entity and time needs entity and time in [data] and time in [online]"
        )
    absent = [one for one in data.entity if one not in log.table.schema.names]
    return f"the log has no column {absent[0]!r}, and [online] names no id" if absent else ""
