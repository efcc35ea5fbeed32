"""Scores by time and by slice, offline and online."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from mispredict.errors.findings import Condition
from mispredict.errors.predicates import rule_text
from mispredict.parity.online import Span
from mispredict.parity.quantiles import QuantilePair, adjusted, quantile_pairs

HOUR = 3_600.0 * 1e6  # microseconds
WIDTHS = tuple(hours * HOUR for hours in (1, 2, 3, 6, 12, 24, 24 * 7, 24 * 28))
MOST_SPANS = 48
SHOWN_OVER_TIME = (0.5, 0.95, 0.99)
MOST_LEVELS = 12
LEAST_ROWS = 200
MOST_SLICES = 40

Scores = tuple[np.ndarray, np.ndarray]  # when (microseconds, NaN unknown), and the score


def spans_of(offline: Scores, online: Scores) -> tuple[Span, ...]:
    """Return the scores of both sides in spans of one width, an hour or as much more as keeps them few."""
    times = np.concatenate([offline[0], online[0]])
    times = times[np.isfinite(times)]
    if not len(times):
        return ()
    begin, end = float(times.min()), float(times.max())
    width = next((one for one in WIDTHS if (end - begin) / one < MOST_SPANS), (end - begin) / MOST_SPANS)
    first, last = int(begin // width), int(end // width)
    spans = [_span(offline, online, at * width, width) for at in range(first, last + 1)]
    return _with_q_values([one for one in spans if one.rows or one.entries])


def _span(offline: Scores, online: Scores, begin: float, width: float) -> Span:
    here, there = (one[1][(one[0] >= begin) & (one[0] < begin + width)] for one in (offline, online))
    label = _moment(begin)
    pairs = quantile_pairs(here, there, group=label, quantiles=SHOWN_OVER_TIME)
    return Span(label, _moment(begin + width), len(here), len(there), tuple(pairs))


def _moment(microseconds: float) -> str:
    return pd.Timestamp(int(microseconds), unit="us").isoformat(sep=" ", timespec="minutes")


def _with_q_values(spans: Sequence[Span]) -> tuple[Span, ...]:
    from dataclasses import replace

    found = iter(adjusted([pair for one in spans for pair in one.pairs]))
    return tuple(replace(one, pairs=tuple(next(found) for _ in one.pairs)) for one in spans)


def slices_of(
    offline: tuple[pd.DataFrame, np.ndarray], online: tuple[pd.DataFrame, np.ndarray], columns: Sequence[str]
) -> tuple[QuantilePair, ...]:
    """Return quantiles by the levels of columns that have few of them, those that differ most first.

    Each side is rows and their scores.
    """
    found = [
        pair
        for column in columns
        for level, here, there in _levels(offline[0][column], online[0][column])
        for pair in quantile_pairs(
            offline[1][here], online[1][there], group=rule_text((Condition(column, "=", level),))
        )
    ]
    tested = adjusted(found)
    return tuple(sorted(tested, key=lambda one: (not one.is_other, one.p_value))[:MOST_SLICES])


def _levels(here: pd.Series, there: pd.Series) -> Iterator[tuple[object, np.ndarray, np.ndarray]]:
    """Yield each level that both sides have rows enough of, with its rows; nothing for a column of many."""
    counts = here.value_counts()
    if not 1 < len(counts) <= MOST_LEVELS or pd.api.types.is_float_dtype(here.dtype):
        return
    texts = here.astype(str).to_numpy(), there.astype(str).to_numpy()
    for level in counts.index:
        inside = tuple(one == str(level) for one in texts)
        if min(one.sum() for one in inside) >= LEAST_ROWS:
            yield level.item() if isinstance(level, np.generic) else level, inside[0], inside[1]
