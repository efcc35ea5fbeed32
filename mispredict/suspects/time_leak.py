"""Columns that were computed with what happened after the prediction, and tables that overlap in time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.discovery import q_values
from mispredict.suspects.detector import About, Found
from mispredict.suspects.event_log import EventLog, event_log
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.known_ahead import edges
from mispredict.suspects.label_lag import label_lags, lag_steps
from mispredict.suspects.looking_ahead import foresights
from mispredict.suspects.ranked import rank_auc
from mispredict.suspects.suspect import Suspect
from mispredict.suspects.time_findings import of_edge, of_foresight, of_step
from mispredict.suspects.time_overlap import overlap_in_time, why_no_overlap

MOST_COLUMNS = 300  # numbers that are computed again; of more, those that know most of the label


class TimeLeak:
    """Finds columns that know what happened later, and training rows that lie after examined ones."""

    kind = "time_leak"
    about = About(
        title="A column knows the future",
        needs="`time` with `entity` (columns are computed again), with `label_time`, or with a training table",
        how="columns are computed again from the entity's own rows, with and without those that came later; events "
        "whose "
        "label came soon are held against those whose label came late; times of both tables are compared",
        means="certain: values come out exactly with later rows, and do not without them, or the column jumps as "
        "soon as a "
        "label lies within some days ahead; suspected: the same, less clearly; info: training rows lie after "
        "examined ones",
        clear="the code of the column, and a value of it that was logged when the prediction was made",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return what is missing: some way to tell what came later."""
        if inquiry.data.time is None:
            return "no `time` says when predictions were made"
        log, lags, overlap = event_log(inquiry), label_lags(inquiry), why_no_overlap(inquiry)
        if isinstance(log, str) and isinstance(lags, str) and overlap is not None:
            return f"{log}; {lags}; {overlap}"
        return None

    def find(self, inquiry: Inquiry) -> Found:
        """Return columns that look ahead, the one that matters most first, then tables that overlap in time."""
        columns = _numbers(inquiry)
        log = event_log(inquiry)
        found = [] if isinstance(log, str) else _by_log(inquiry, log, columns)
        named = {one.culprits[0] for one in found}
        steps = [one for one in lag_steps(inquiry, columns) if one.column not in named]
        adjusted = _adjusted([one.near.p_value for one in steps], len(columns))
        suspects = [*found, *(of_step(one, q, len(columns)) for one, q in zip(steps, adjusted, strict=True))]
        suspects.sort(key=lambda one: (one.severity != "certain", -one.weight))
        return Found((*suspects, *overlap_in_time(inquiry)), _looked_at(inquiry, log, len(columns)))


def _by_log(inquiry: Inquiry, log: EventLog, columns: tuple[str, ...]) -> list[Suspect]:
    """Return columns that come out only with later rows, then others that move with events ahead."""
    ahead = foresights(inquiry, log, columns)
    named = {one.column for one in ahead}
    moved = [one for one in edges(inquiry, log, columns) if one.column not in named]
    adjusted = _adjusted([one.p_value for one in moved], len(columns))
    return [
        *(of_foresight(inquiry, log, one) for one in ahead),
        *(of_edge(inquiry, one, len(columns), q) for one, q in zip(moved, adjusted, strict=True)),
    ]


def _adjusted(p_values: list[float], columns: int) -> list[float]:
    """Return q-values of the columns found, the others tried counting as none."""
    return [float(q) for q in q_values([*p_values, *[1.0] * (columns - len(p_values))])[: len(p_values)]]


def _numbers(inquiry: Inquiry) -> tuple[str, ...]:
    """Return the columns read that are numbers and vary; times and codes are not computed again."""
    found = []
    for column in inquiry.common(inquiry.read):
        if inquiry.coding.nature(column) == "number" or _is_flag(inquiry.examined.rows[column]):
            values = inquiry.coding.values(column)
            held = values[np.isfinite(values)]
            if len(held) and held.min() < held.max():
                found.append(column)
    if len(found) <= MOST_COLUMNS:
        return tuple(found)
    strength = {c: _strength(inquiry, c) for c in found}
    return tuple(sorted(found, key=lambda c: -strength[c])[:MOST_COLUMNS])


def _strength(inquiry: Inquiry, column: str) -> float:
    """Return what the order of a column's values knows of the outcome that it knows best."""
    values = inquiry.coding.values(column)
    return max((rank_auc(values, one.of(inquiry.examined)).strength for one in inquiry.outcomes), default=0.5)


def _is_flag(values: pd.Series) -> bool:
    return bool(pd.api.types.is_bool_dtype(values.dtype))


def _looked_at(inquiry: Inquiry, log: EventLog | str, columns: int) -> str:
    scope = inquiry.scope(columns)
    if isinstance(log, str):
        return f"{scope}; columns can't be computed again: {log}"
    return "; ".join((scope, f"a log of {len(log):,} of {log.events:,} rows of {log.entities:,} entities", *log.notes))
