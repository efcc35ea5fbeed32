"""The cases of a set that are most like one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.obvious.case import Case
from mispredict.obvious.frames import alike, frame_of
from mispredict.obvious.likeness import alike_among, coder_of


@dataclass(frozen=True)
class Neighbour:
    """A case of the same columns and how far it is, 0 (the same row) to 1 (another value in every column)."""

    case: Case
    distance: float  # Gower's: the mean over the columns of 0/1 for text, of the difference over the range for numbers
    is_twin: bool  # equal or almost


def nearest(case: Case, cases: Sequence[Case], *, limit: int = 5) -> tuple[Neighbour, ...]:
    """Return the nearest cases that have the same columns, the nearest first."""
    others = [one for one in cases if one.id != case.id and one.types() == case.types()]
    if not others:
        return ()
    frame, own = frame_of(others), frame_of([case])
    coder = coder_of(own, frame)
    one, other = coder.code(own), coder.code(frame)
    both = np.vstack([other.numbers, one.numbers])
    with np.errstate(invalid="ignore"):
        spread = np.nan_to_num(np.nanmax(both, axis=0) - np.nanmin(both, axis=0)) if both.size else np.empty(0)
        apart = np.abs(other.numbers - one.numbers) / np.where(spread > 0, spread, 1.0)
    missing = np.isnan(other.numbers) != np.isnan(one.numbers)
    parts = np.hstack([np.where(missing, 1.0, np.nan_to_num(apart)), other.texts != one.texts])
    distances = parts.mean(axis=1)
    equal, columns = coder.apart(one.take(np.zeros(len(others), dtype=int)), other)
    order = np.argsort(distances, kind="stable")[:limit]
    twin = equal | (columns <= coder.may_differ)
    return tuple(Neighbour(others[i], float(distances[i]), bool(twin[i])) for i in order)


def twins_among(new: Sequence[Case], cases: Sequence[Case]) -> dict[str, tuple[str, ...]]:
    """Return, for each new case that is equal or almost equal to cases of the set, the ids of those."""
    found: dict[str, tuple[str, ...]] = {}
    for group in alike(new):
        others = [one for one in cases if one.types() == group[0].types()]
        if not others:
            continue
        frame, own = frame_of(others), frame_of(group)
        for place, there, _ in alike_among(coder_of(own, frame), own, frame):
            found[group[place].id] = (*found.get(group[place].id, ()), others[there].id)
    return found
