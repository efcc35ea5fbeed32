"""The table beside the online log, made once for every detector that looks at it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.investigation.reader import score_rows
from mispredict.parity.pairs import Pairs, pairs_of
from mispredict.parity.parity import Parity, differing, joined, strangers
from mispredict.parity.replay import replayed
from mispredict.suspects.inquiry import Inquiry
from mispredict.tables.roles import readable


def parity(inquiry: Inquiry) -> Parity | str:
    """Return both sides joined and replayed ("parity"), or why they can't be compared, as a part of a sentence."""
    return inquiry.once("parity", lambda: _parity(inquiry))


def _parity(inquiry: Inquiry) -> Parity | str:
    if inquiry.log is None:
        return inquiry.no_log
    table, log = inquiry.examined.table, inquiry.log
    inquiry.report(0.05, "joining the table with the online log")
    join, why_not = joined(table, inquiry.data, log)
    if join is None:
        return why_not
    inquiry.report(0.15, f"reading {len(join):,} pairs")
    pairs = pairs_of(table, log, join, (readable(table.schema, inquiry.data), compared(inquiry)), inquiry.seed)
    if strange := strangers(pairs):
        return strange
    inquiry.report(0.3, "asking the model about both sides")
    replay = replayed(pairs, inquiry.features, lambda rows: event(inquiry, rows), log.spec.score)
    return Parity(pairs, replay, differing(pairs))


def event(inquiry: Inquiry, rows: pd.DataFrame) -> np.ndarray:
    """Return the score of each row: the event's probability, of several classes the largest."""
    chances = score_rows(inquiry.model, rows)
    return np.asarray(chances[:, 1] if inquiry.is_binary else chances.max(axis=1))


def compared(inquiry: Inquiry) -> tuple[str, ...]:
    """Return the columns that are compared: what a model reads, and else what both sides have but roles."""
    names = inquiry.examined.table.schema.names
    return tuple(one for one in (*inquiry.read, *inquiry.loose) if one in names)


def places(inquiry: Inquiry, pairs: Pairs) -> tuple[str, ...]:
    """Return the columns that rules about pairs may use."""
    data = inquiry.data
    has_times = data.time in pairs.offline and pd.api.types.is_datetime64_any_dtype(pairs.offline[data.time])
    times = (str(data.time),) if has_times else ()
    return tuple(one for one in (*inquiry.loose, *inquiry.read, *times) if one in pairs.offline)
