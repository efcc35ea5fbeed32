"""Entities that come back later under a split by time: normal life, no leak."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mispredict.suspects.inquiry import Inquiry

NEARLY_ALL = 0.99


def owners_of(rows: pd.DataFrame, entity: tuple[str, ...]) -> np.ndarray:
    """Return one text an entity, shape (rows,) of objects; None where a part of it is missing."""
    joined = _texts(rows[entity[0]])
    for one in entity[1:]:
        joined = joined.str.cat(_texts(rows[one]), sep="\x1f")
    return joined.astype(object).where(joined.notna(), None).to_numpy(dtype=object)


def _texts(values: pd.Series) -> pd.Series:
    """Return values as text; whole numbers read alike whether or not some are missing."""
    if pd.api.types.is_float_dtype(values.dtype):
        held = values.dropna()
        if (held % 1 == 0).all() and (held.abs() < 2**53).all():
            return values.astype("Int64").astype("string")
    return values.astype("string")


def times_of(inquiry: Inquiry, side: int) -> np.ndarray | None:
    """Return when the rows of a side (0: examined) happened, in days; None without times in both tables."""
    time = inquiry.data.time
    if time is None or not inquiry.common((time,)):
        return None
    if inquiry.coding.nature(time) == "code":  # texts: ISO times or no times at all
        read = pd.to_datetime(
            inquiry.sides[side].rows[time].astype("string"), errors="coerce", utc=True, format="ISO8601"
        )
        return ((read - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)).to_numpy(dtype=np.float64)
    return inquiry.coding.values(time, side)


def is_split_by_time(inquiry: Inquiry) -> bool:
    """Return whether nearly all training rows are older than nearly all examined ones."""
    examined, training = times_of(inquiry, 0), times_of(inquiry, 1)
    if examined is None or training is None:
        return False
    examined, training = examined[np.isfinite(examined)], training[np.isfinite(training)]
    if not len(examined) or not len(training):
        return False
    return bool(np.quantile(training, NEARLY_ALL) <= np.quantile(examined, 1 - NEARLY_ALL))


def came_later(inquiry: Inquiry, examined: np.ndarray, training: np.ndarray) -> bool:
    """Return whether pairs, given by places on their sides, are one entity's rows and the examined one is later."""
    entity = inquiry.common(inquiry.data.entity)
    own, learned = times_of(inquiry, 0), times_of(inquiry, 1)
    if not entity or own is None or learned is None:
        return False
    owners = owners_of(inquiry.sides[0].rows, entity)[examined] == owners_of(inquiry.sides[1].rows, entity)[training]
    return bool(owners.mean() > 0.9 and (own[examined] > learned[training]).mean() > 0.9)
