"""Columns against codes that stand beside them: which numbers are mean labels of a code, and where the own label is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.recomputed import same_value

MOST_CODES_COLUMNS = 60
LEAST_CODES = 5
LEAST_ROWS = 100  # in groups that can tell
LEAST_SHARE = 0.98
PAIRS = 300  # of rows, that a number is first looked at on
MOST_PAIRS = 0.9  # share of them that must be alike
NEAR = 1e-6


@dataclass(frozen=True)
class LeftOut:
    """Within a code, the number has one value for rows of the class and a greater one for all others."""

    column: str
    code: str
    codes: int  # with rows of both kinds
    rows: int  # in them
    share: float  # of these codes that keep to it
    step: float  # the median difference of both values


@dataclass(frozen=True)
class InSample:
    """On training rows the number is the mean label of the code's training rows, the own one included."""

    column: str
    code: str
    rows: int  # training rows whose value the mean gives exactly
    share: float  # of the training rows


def codes_of(inquiry: Inquiry) -> dict[str, tuple[np.ndarray, ...]]:
    """Return columns whose values repeat, as whole numbers from 0 on each side; read ones and loose ones."""
    found = {}
    for column in inquiry.common((*inquiry.loose, *inquiry.read)):
        sides = [inquiry.coding.values(column, side) for side in range(len(inquiry.sides))]
        values = np.concatenate(sides)
        held = np.isfinite(values) & (values >= 0 if inquiry.coding.nature(column) == "code" else True)
        if inquiry.coding.nature(column) == "time" or (values[held][:1_000] % 1 != 0).any():
            continue
        known = np.unique(values[held])
        if LEAST_CODES <= len(known) <= held.sum() / 1.5:
            places = np.where(held, np.searchsorted(known, values), -1)
            found[column] = tuple(np.split(places, np.cumsum([len(one) for one in sides])[:-1]))
        if len(found) >= MOST_CODES_COLUMNS:
            break
    return found


def left_out(
    code: tuple[np.ndarray, ...], events: tuple[np.ndarray, ...], numbers: dict[str, np.ndarray], name: str
) -> list[LeftOut]:
    """Return the numbers that leave each row's own label out of the mean of its code, over both sides stacked."""
    place, event = np.concatenate(code), np.concatenate(events)
    kept = np.flatnonzero(place >= 0)
    cell = place[kept] * 2 + event[kept]
    order = np.argsort(cell, kind="stable")
    kept, cell = kept[order], cell[order]
    cells, starts, sizes = np.unique(cell, return_index=True, return_counts=True)
    pairs = (
        np.flatnonzero((cells[:-1] % 2 == 0) & (cells[1:] == cells[:-1] + 1)) if len(cells) > 1 else np.empty(0, int)
    )
    pairs = pairs[(sizes[pairs] + sizes[pairs + 1]) >= 3]
    if len(pairs) < LEAST_CODES or (sizes[pairs] + sizes[pairs + 1]).sum() < LEAST_ROWS:
        return []
    found = []
    for column in _one_value(kept, cell, numbers):
        own = numbers[column][kept]
        if column == name or not np.isfinite(own).all():
            continue
        one = _left_out(own, (starts, sizes, pairs), column, name)
        found += [one] if one is not None else []
    return found


def _one_value(kept: np.ndarray, cell: np.ndarray, numbers: dict[str, np.ndarray]) -> list[str]:
    """Return the numbers that are alike in nearly all of some hundred pairs of rows of one code and label."""
    pairs = np.flatnonzero(cell[1:] == cell[:-1])
    pairs = pairs[np.linspace(0, len(pairs) - 1, min(len(pairs), PAIRS)).astype(np.int64)] if len(pairs) else pairs
    first, second = kept[pairs], kept[pairs + 1]
    if not len(pairs):
        return []
    with np.errstate(invalid="ignore"):
        return [c for c, v in numbers.items() if np.mean(np.abs(v[first] - v[second]) <= NEAR) >= MOST_PAIRS]


def _left_out(own: np.ndarray, cells: tuple[np.ndarray, ...], column: str, code: str) -> LeftOut | None:
    starts, sizes, pairs = cells
    low, high = np.minimum.reduceat(own, starts), np.maximum.reduceat(own, starts)
    same = min(1e-6 * float(own.std()), same_value(own))
    step = low[pairs] - high[pairs + 1]  # what the others have more than the rows of the class
    rows = sizes[pairs] + sizes[pairs + 1]
    one_value = (high[pairs] - low[pairs] <= same) & (high[pairs + 1] - low[pairs + 1] <= same)
    keeps = one_value & (step > same)
    share = float(rows[keeps].sum() / rows.sum())
    # A mean without the own label moves by one row's part of it; a copy of the label moves alike whatever the size.
    is_mean = len(np.unique(low[pairs].round(9))) >= LEAST_CODES and _goes_with_size(step[keeps], rows[keeps])
    if share < LEAST_SHARE or not is_mean:
        return None
    return LeftOut(column, code, len(pairs), int(rows.sum()), float(keeps.mean()), float(np.median(step)))


def _goes_with_size(step: np.ndarray, rows: np.ndarray) -> bool:
    """Return whether the step is one over the rows of the code, up to a factor and rows that a sample left out."""
    if len(step) < LEAST_CODES:
        return False
    product = step * rows
    return float(product.std()) <= 0.5 * abs(float(product.mean())) and float(step.max()) < 1.01 * abs(
        float(product.mean())
    )


def in_sample(code: np.ndarray, event: np.ndarray, own: np.ndarray, names: tuple[str, str]) -> InSample | None:
    """Return that a number is the mean label of its code's training rows, the own label included; None if it is not.

    `names` are those of the number and of the code. However the mean is smoothed or scaled, codes with as many rows and
    events have one value; where hardly two codes have, the smoothed mean itself is tried.
    """
    held = np.flatnonzero((code >= 0) & np.isfinite(own))
    if len(held) < LEAST_ROWS:
        return None
    place, values = np.unique(code[held], return_inverse=True)[1], own[held]
    rows = np.bincount(place)[place].astype(np.float64)
    events = np.bincount(place, weights=event[held])[place]
    share = max(_alike(values, place, rows, events), _mean_of(values, rows, events))
    if share < LEAST_SHARE or np.ptp(values) == 0:
        return None
    return InSample(*names, round(share * len(held)), share)


def _alike(values: np.ndarray, place: np.ndarray, rows: np.ndarray, events: np.ndarray) -> float:
    """Return the share of rows with the one value that all codes of as many rows and events have; 0 if few can tell."""
    cell = np.unique(np.column_stack([rows, events]), axis=0, return_inverse=True)[1].ravel()
    order = np.lexsort((values, cell))
    first = np.flatnonzero(np.diff(cell[order], prepend=-1))
    sizes = np.diff(np.append(first, len(order)))
    middle = values[order][first + sizes // 2]
    codes = np.bincount(np.unique(cell * (place.max() + 1) + place) // (place.max() + 1), minlength=len(sizes))
    told = (codes >= 3)[cell]
    if told.sum() < max(LEAST_ROWS, 0.5 * len(values)) or len(np.unique(middle[codes >= 3])) < LEAST_CODES:
        return 0.0
    return float((np.abs(values - middle[cell]) <= same_value(values))[told].mean())


def _mean_of(own: np.ndarray, rows: np.ndarray, events: np.ndarray) -> float:
    """Return the share of values that (a * events + c) / (rows + d) gives; 0 where three numbers fit any."""
    if len(np.unique(np.column_stack([rows, events]), axis=0)) < 2 * LEAST_CODES:
        return 0.0
    design = np.column_stack([events, np.ones(len(own)), -own])
    first, second, third = np.linalg.lstsq(design, own * rows, rcond=None)[0]
    if third < -1e-6 or abs(first) < 1e-9:
        return 0.0
    given = (first * events + second) / np.maximum(rows + third, 1e-9)
    return float((np.abs(given - own) <= same_value(own)).mean())


def events_of(inquiry: Inquiry, outcome: Outcome) -> tuple[np.ndarray, ...]:
    """Return the event on each side."""
    return tuple(outcome.of(side) for side in inquiry.sides)
