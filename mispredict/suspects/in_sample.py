"""Encodings learned in sample: a gap between training and examined rows, and the signature that tells why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mispredict.models.labels import places_of
from mispredict.suspects.code_groups import InSample, in_sample
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.ranked import Ranked
from mispredict.tables.plain import to_frame

MOST_CODES = 5  # columns that the whole training table is read for
MOST_ROWS = 5_000_000
CONSTANT = 0.98  # share of rows with their code's one value
PRIORS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 50.0, 100.0, 200.0, 300.0)  # rows of the overall rate mixed in
LEAST_SHARED = 0.8  # share of rows with repeated values, whose value is such a mean
LEAST_VALUES = 20
NEAR_WHOLE = 0.02


@dataclass(frozen=True)
class Gap:
    """A number that knows the label of training rows far better than that of examined ones."""

    column: str
    outcome: Outcome
    training: Ranked
    examined: Ranked
    z: float  # of the difference of both AUCs
    exact: InSample | None = None  # its code, where it stands in the table
    shared: float = 0.0  # share of repeated values that are means of the rows that have them

    @property
    def fall(self) -> float:
        """Return by how much the AUC falls."""
        return self.training.auc - self.examined.auc


def with_signature(inquiry: Inquiry, gap: Gap, codes: list[str]) -> Gap | None:
    """Return the gap with what shows that training labels made it, by all training rows; None if nothing does.

    A gap alone may be a drift, or a cue that stopped working.
    """
    candidates = [name for name in codes if _is_constant(inquiry, gap.column, name)][:MOST_CODES]
    rows = _whole(inquiry, [gap.column, inquiry.data.target, *candidates])
    if rows is None:
        return None
    values = rows[gap.column].to_numpy(dtype=np.float64, na_value=np.nan)
    event = _event(inquiry, rows[inquiry.data.target], gap.outcome)
    for name in candidates:
        exact = in_sample(rows[name].factorize()[0], event, values, (gap.column, name))
        if exact is not None:
            return replace(gap, exact=exact)
    shared = means_of_sharers(values, event)
    return replace(gap, shared=shared) if shared >= LEAST_SHARED else None


def _is_constant(inquiry: Inquiry, column: str, code: str) -> bool:
    """Return whether the rows of a code have one value, on the training rows at hand."""
    values, places = inquiry.coding.values(column, 1), inquiry.coding.values(code, 1)
    held = np.isfinite(values) & np.isfinite(places)
    if not held.any():
        return False
    kept = pd.Series(values[held]).groupby(places[held])
    same = kept.transform("min").to_numpy() == values[held]
    return bool(same.mean() >= CONSTANT)


def _whole(inquiry: Inquiry, columns: list[str]) -> pd.DataFrame | None:
    """Return columns of the whole training table, labelled or not."""
    training = inquiry.training
    if training is None or training.of > MOST_ROWS:
        return None
    parts = [to_frame(batch, 0) for batch in training.table.batches(columns)]
    rows = pd.concat(parts, ignore_index=True)
    return rows[rows[inquiry.data.target].notna()]


def _event(inquiry: Inquiry, target: pd.Series, outcome: Outcome) -> np.ndarray:
    codes, distinct = target.factorize()
    return (np.array(places_of(list(distinct), inquiry.classes))[codes] == outcome.place).astype(np.int64)


def means_of_sharers(values: np.ndarray, event: np.ndarray) -> float:
    """Return the share of rows with a repeated value, whose value is the mean label of all that have it; 0 if few.

    A code of n rows and k events is encoded as (k + p * rate) / (n + p). Of the rows that share a value v the part r is
    k / n, so that n = p * (v - rate) / (r - v) is a whole number that divides how many they are.
    """
    held = np.isfinite(values)
    known, place, sizes = np.unique(values[held], return_inverse=True, return_counts=True)
    part = np.bincount(place, weights=event[held], minlength=len(known)) / np.maximum(sizes, 1)
    kept = sizes > 1
    known, part, sizes = known[kept], part[kept], sizes[kept]
    if len(known) < LEAST_VALUES:
        return 0.0
    rate = float(event[held].mean())
    off = np.where(np.abs(part - known) > 1e-12, part - known, np.inf)
    shares = [float(sizes[np.abs(part - known) < 1e-9].sum() / sizes.sum())]
    shares += [float(sizes[_divides(prior * (known - rate) / off, sizes)].sum() / sizes.sum()) for prior in PRIORS]
    return max(shares)


def _divides(rows: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    whole = np.rint(rows)
    near = (np.abs(rows - whole) <= NEAR_WHOLE) & (whole >= 1)
    found: np.ndarray = near & (sizes % np.where(near, whole, 1) == 0)
    return found
