"""Columns that know an event only if its label became known soon: a look ahead of so many days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.moments import moments_of
from mispredict.suspects.ranked import Ranked, rank_auc

LEAST_ROWS = 30  # events on each side of a step
STEPS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 14.0, 21.0, 28.0, 30.0, 45.0, 60.0, 90.0)
NEAR = 0.35  # of the step: how far on each side rows still count as near it
LEAST_EDGE = 0.65  # AUC between events labelled just before the step and just after it
LEAST_Z = 7.0
LEAST_KNOWN = 0.75  # AUC between events labelled before the step and no events
LEAST_FALL = 0.15  # of that AUC, for events labelled after the step


@dataclass(frozen=True)
class LagStep:
    """Events whose label came within `days` stand out in the column; those that came later hardly do."""

    column: str
    outcome: Outcome
    days: float
    near: Ranked  # labelled just before the step against just after
    soon: Ranked  # labelled before the step against no event
    late: Ranked  # labelled after the step against no event


def label_lags(inquiry: Inquiry) -> tuple[np.ndarray, np.ndarray] | str:
    """Return each row's days from the prediction to the label, both sides one under the other, and the classes."""
    data = inquiry.data
    if data.time is None or data.label_time is None:
        return "no `label_time` says when labels became known"
    sides = [one for one in inquiry.sides if {data.time, data.label_time} <= set(one.rows)]
    if len(sides) < len(inquiry.sides):
        return "the training table lacks the times"
    lags = [moments_of(s.rows[data.label_time]).days - moments_of(s.rows[data.time]).days for s in sides]
    return np.concatenate(lags), np.concatenate([s.truth for s in sides])


def lag_steps(inquiry: Inquiry, columns: tuple[str, ...]) -> list[LagStep]:
    """Return the columns with such a step, each with its clearest one."""
    lags = label_lags(inquiry)
    if isinstance(lags, str):
        return []
    found = []
    for column in columns:
        values = np.concatenate([inquiry.coding.values(column, side) for side in range(len(inquiry.sides))])
        steps = [step for outcome in inquiry.outcomes if (step := _step(column, values, lags, outcome)) is not None]
        if steps:
            found.append(max(steps, key=lambda one: abs(one.near.z)))
    return found


def _step(column: str, values: np.ndarray, lags: tuple[np.ndarray, np.ndarray], outcome: Outcome) -> LagStep | None:
    days, place = lags
    event = (place == outcome.place) & np.isfinite(days) & (days > 0)
    if event.sum() < 2 * LEAST_ROWS or not np.isfinite(values).any():
        return None
    best: tuple[float, float, Ranked] | None = None
    for step in STEPS:
        near = event & (np.abs(days - step) <= NEAR * step)
        ranked = rank_auc(values[near], (days[near] <= step).astype(np.int64))
        if min(ranked.events, ranked.others) >= LEAST_ROWS and (best is None or abs(ranked.z) > best[0]):
            best = (abs(ranked.z), step, ranked)
    if best is None or best[2].strength < LEAST_EDGE:
        return None
    _, step, ranked = best
    other = place != outcome.place
    soon, late = event & (days <= step), event & (days > step)
    return _checked(
        LagStep(column, outcome, step, ranked, _against(values, soon, other), _against(values, late, other))
    )


def _against(values: np.ndarray, own: np.ndarray, other: np.ndarray) -> Ranked:
    both = own | other
    return rank_auc(values[both], own[both].astype(np.int64))


def _checked(step: LagStep) -> LagStep | None:
    """Return the step if the column knows the early events, in the step's direction, and hardly the late ones."""
    same_way = (step.soon.auc > 0.5) == (step.near.auc > 0.5)
    falls = step.soon.strength - step.late.strength >= LEAST_FALL
    knows = step.soon.strength >= LEAST_KNOWN and falls and abs(step.near.z) >= LEAST_Z
    return step if same_way and knows else None
