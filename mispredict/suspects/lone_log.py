"""The log without a table beside it: its entries alone, and its columns as samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput
from mispredict.discovery import RATE, q_values
from mispredict.errors.findings import Condition
from mispredict.parity.joining import Join, Log
from mispredict.parity.pairs import LOOKED_AT, Pairs
from mispredict.parity.parity import Parity
from mispredict.parity.replay import replayed
from mispredict.parity.unpaired import ASKED, LEAST_ROWS, Change, change_of, sample_of
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.parity_inquiry import compared, event

MOST_LEVELS = 12  # of a column by which entries are parted


@dataclass(frozen=True, eq=False)
class Entries:
    """A uniform sample of the log's entries."""

    rows: pd.DataFrame
    of: int  # in the log
    log: Log


def entries(inquiry: Inquiry) -> Entries | str:
    """Return the entries, or why there are none."""
    return inquiry.once("entries", lambda: _entries(inquiry))


def _entries(inquiry: Inquiry) -> Entries | str:
    log = inquiry.log
    if log is None:
        return inquiry.no_log
    places = np.sort(np.random.default_rng(inquiry.seed).permutation(log.table.rows)[:LOOKED_AT])
    return Entries(log.table.take(places).reset_index(drop=True), log.table.rows, log)


def alone(inquiry: Inquiry) -> Parity | str:
    """Return the entries as pairs with themselves, so that answers can be replayed; or why they can't be."""
    found = entries(inquiry)
    if isinstance(found, str):
        return found
    absent = [one for one in inquiry.features if one not in found.rows]
    if absent:
        return f"without pairs the model needs every feature in the log, which lacks {absent[0]!r}"
    offline = _as_table(inquiry, found)
    every = np.arange(found.of)
    pairs = Pairs(offline, found.rows, every[: len(offline)], Join(every, every), {}, (), {}, (), is_alone=True)
    replay = replayed(pairs, inquiry.features, lambda rows: event(inquiry, rows), found.log.spec.score)
    return Parity(pairs, replay, ())


def _as_table(inquiry: Inquiry, found: Entries) -> pd.DataFrame:
    """Return the entries in the table's dtypes, with the log's time under the table's name for it."""
    rows, time = found.rows.copy(), inquiry.data.time
    if time is not None and found.log.spec.time is not None:
        rows[time] = pd.to_datetime(rows[found.log.spec.time], errors="coerce", utc=True, format="mixed")
    for name in inquiry.features:
        kind = inquiry.examined.rows[name].dtype
        if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_numeric_dtype(rows[name].dtype):
            rows[name] = pd.to_numeric(rows[name].astype(object), errors="coerce")
    return rows


def changes(inquiry: Inquiry) -> list[tuple[Change, float]] | str:
    """Return the columns that differ as samples with their q-values, what moves the score most first."""
    return inquiry.once("changes", lambda: _changes(inquiry))


def in_common(inquiry: Inquiry) -> list[str]:
    """Return the columns that entries and examined rows both have."""
    found = entries(inquiry)
    held = found.rows if isinstance(found, Entries) else ()
    return [one for one in compared(inquiry) if one in held and one in inquiry.examined.rows]


def _changes(inquiry: Inquiry) -> list[tuple[Change, float]] | str:
    found = entries(inquiry)
    if isinstance(found, str):
        return found
    rows = inquiry.examined.rows
    if min(len(rows), len(found.rows)) < LEAST_ROWS:
        return f"{min(len(rows), len(found.rows))} rows on one side: fewer than {LEAST_ROWS}"
    columns = in_common(inquiry)
    if not columns:
        return "the log and the table have no column in common"
    asked = rows.iloc[np.sort(np.random.default_rng(inquiry.seed).permutation(len(rows))[:ASKED])]
    base = _scored(inquiry, asked)
    tried = []
    for number, column in enumerate(columns):
        inquiry.report(0.3 + 0.6 * number / len(columns), "comparing columns without pairs")
        tried.append(_change(inquiry, column, (rows, asked), found.rows[column], base))
    return _discovered([one for one in tried if one is not None], len(columns))


def _change(
    inquiry: Inquiry,
    column: str,
    sides: tuple[pd.DataFrame, pd.DataFrame],
    online: pd.Series,
    base: np.ndarray | None,
) -> Change | None:
    rows, asked = sides
    places = rows.index.get_indexer(asked.index)

    def moves(values: np.ndarray) -> float | None:
        if base is None or column not in inquiry.features:
            return 0.0 if base is not None else None
        given = pd.Series(values[places], index=asked.index)
        scores = _scored(inquiry, asked.assign(**{column: _like(given, rows[column])}))
        return None if scores is None else float(np.abs(scores - base).mean())

    found = change_of(sample_of(column, rows[column], online), moves)
    return found if found is None or found.cause is not None else _placed(found, inquiry, rows, column)


def _placed(change: Change, inquiry: Inquiry, rows: pd.DataFrame, column: str) -> Change:
    """Return a change with its likely cause, where one level of a column that no model reads shows one."""
    held = entries(inquiry)
    assert isinstance(held, Entries)
    tried = []
    for place in (one for one in inquiry.loose if one in held.rows and one in rows and one != column):
        levels = held.rows[place].value_counts()
        for level in levels.index[levels >= LEAST_ROWS][:MOST_LEVELS] if len(levels) <= MOST_LEVELS else ():
            here, there = (side.loc[side[place] == level, column] for side in (rows, held.rows))
            if len(here) >= LEAST_ROWS:
                only = change_of(sample_of(column, here, there), lambda _: None)
                plain = level.item() if isinstance(level, np.generic) else level
                tried += [replace(only, moves=change.moves, where=Condition(place, "=", plain))] if only else []
    return min((one for one in tried if one.cause is not None), key=lambda one: one.p_value, default=change)


def _like(values: pd.Series, column: pd.Series) -> pd.Series:
    """Return values in the column's dtype, where it can hold them."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        moments = pd.to_datetime(values, unit="us", utc=True)
        return moments if getattr(column.dtype, "tz", None) is not None else moments.dt.tz_localize(None)
    try:
        return values.astype(column.dtype)
    except (ValueError, TypeError):
        return values


def _scored(inquiry: Inquiry, rows: pd.DataFrame) -> np.ndarray | None:
    try:
        return event(inquiry, rows)
    except BadInput:
        return None


def _discovered(tried: list[Change], columns: int) -> list[tuple[Change, float]]:
    """Return the changes whose q-value over all compared columns is small; those without a change count as 1."""
    p_values = [one.p_value for one in tried] + [1.0] * (columns - len(tried))
    found = [(one, float(q)) for one, q in zip(tried, q_values(p_values), strict=False) if q <= RATE]
    return sorted(found, key=lambda one: (-(one[0].moves or 0.0), -one[0].variation))
