"""Columns computed again from the log: which window, looking ahead or not, gives a column's very values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mispredict.suspects.windows import EVER, Counts, Window, Windows

BACKS = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 270.0, 365.0, EVER)
AHEADS = (0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 21.0, 30.0, 60.0, 90.0, EVER)
PRIORS = (1.0, 8.0, 40.0)  # rows of the overall rate that a rate may be mixed with, for the first search
SEARCHED = 6_000  # rows of the first search
LEAST_FIT = 0.3  # share of a column's variance that a window must explain to be looked at further
ROUNDED_RANGE = 50
RIGHT = 1e-6  # of a column's spread: nearer than this, a value computed again is the same

PAST = tuple(Window(back) for back in BACKS)
LATER = tuple(Window(0.0, ahead) for ahead in AHEADS if ahead > 0)
AHEAD = (*LATER, *(Window(back, ahead, own) for back in BACKS for ahead in AHEADS for own in (False, True)))


@dataclass(frozen=True, eq=False)
class Fit:
    """A column as (a * events + b * rows + c) / (d + rows), or as a * events + b * rows + c for counts."""

    window: Window
    is_rate: bool
    terms: tuple[float, ...]  # a, b, c of a count; a, c, d of a rate
    right: np.ndarray  # whether each value is the column's own
    values: np.ndarray

    @property
    def share(self) -> float:
        """Return the part of rows with the column's own value."""
        return float(self.right.mean()) if len(self.right) else 0.0


def explained(windows: Windows, window: Window, columns: np.ndarray) -> np.ndarray:
    """Return the share of each column's variance that counts of a window explain by a straight sum of their forms.

    `columns` are centred and of spread 1, shape (rows, columns).
    """
    counts = windows.counts(window)
    parts = [counts.rows, counts.events]
    for prior in PRIORS:
        shrunk = 1 / (counts.rows + prior)
        parts += [shrunk, counts.events * shrunk]
    design = np.column_stack(parts)
    design = design - design.mean(axis=0)
    spread = design.std(axis=0)
    design = design[:, spread > 0] / spread[spread > 0]
    if not design.shape[1]:
        return np.zeros(columns.shape[1])
    products = design.T @ columns
    gram = design.T @ design + 1e-9 * len(design) * np.eye(design.shape[1])
    found: np.ndarray = (products * np.linalg.solve(gram, products)).sum(axis=0) / len(columns)
    return found


def search(windows: Windows, columns: np.ndarray, step: Callable[[float], None]) -> list[tuple[Window, Window]]:
    """Return, for each column, the window that explains it best of those that look ahead, and of the past ones."""
    past = np.array([explained(windows, one, columns) for one in PAST])
    ahead = []
    for number, one in enumerate(AHEAD):
        ahead.append(explained(windows, one, columns))
        if number % 50 == 0:
            step(number / len(AHEAD))
    best = np.array(ahead)
    return [
        (AHEAD[int(best[:, i].argmax())], PAST[int(past[:, i].argmax())])
        if max(best[:, i].max(), past[:, i].max()) >= LEAST_FIT
        else (Window(0), Window(0))
        for i in range(columns.shape[1])
    ]


def climbed(windows: Windows, window: Window, column: np.ndarray) -> Window:
    """Return the window moved by whole days to where it explains a column best."""
    target = column[:, None]
    best, value = window, float(explained(windows, window, target)[0])
    for size in (16, 8, 4, 2, 1, 1):
        for one in _near(best, size):
            fits = float(explained(windows, one, target)[0])
            if fits > value + 1e-12:
                best, value = one, fits
    return best


def _near(window: Window, size: float) -> list[Window]:
    moved = []
    if window.back < EVER:
        moved += [Window(window.back + s, window.ahead, window.own) for s in (-size, size) if window.back + s > 0]
    if 0 <= window.ahead < EVER:
        moved += [Window(window.back, window.ahead + s, window.own) for s in (-size, size) if window.ahead + s >= 0]
    return moved


def fitted(counts: Counts, column: np.ndarray, window: Window, same: float) -> Fit:
    """Return the better of both forms for one window; `same` is how near a value must come to be the column's own."""
    as_count, as_rate = _count(counts, column), _rate(counts, column)
    fits = [
        Fit(window, is_rate, terms, np.abs(values - column) <= same, values)
        for is_rate, (terms, values) in ((False, as_count), (True, as_rate))
    ]
    return max(fits, key=lambda fit: (fit.share, -float(np.abs(fit.values - column).mean())))


def by_same_form(fit: Fit, counts: Counts) -> np.ndarray:
    """Return what the form of a fit gives for the counts of another window."""
    first, second, third = fit.terms
    if fit.is_rate:
        return _quotient(first * counts.events + second, counts.rows + third, second / third if third else 0.0)
    return first * counts.events + second * counts.rows + third


def _count(counts: Counts, column: np.ndarray) -> tuple[tuple[float, ...], np.ndarray]:
    design = np.column_stack([counts.events, counts.rows, np.ones(len(column))])
    terms = _tidy(np.linalg.lstsq(design, column, rcond=None)[0])
    return terms, design @ np.array(terms)


def _rate(counts: Counts, column: np.ndarray) -> tuple[tuple[float, ...], np.ndarray]:
    """Return a, c, d of column = (a * events + c) / (rows + d): a straight line in column * rows."""
    design = np.column_stack([counts.events, np.ones(len(column)), -column])
    terms = tuple(float(one) for one in np.linalg.lstsq(design, column * counts.rows, rcond=None)[0])
    first, second, third = terms
    if third < -1e-9:
        return terms, np.full(len(column), np.inf)
    return terms, _quotient(first * counts.events + second, counts.rows + third, float(np.median(column)))


def _quotient(above: np.ndarray, below: np.ndarray, otherwise: float) -> np.ndarray:
    return np.where(below > 1e-9, above / np.where(below > 1e-9, below, 1.0), otherwise)


def _tidy(terms: np.ndarray) -> tuple[float, ...]:
    """Return terms that are whole but for arithmetic as whole ones."""
    return tuple(float(round(t)) if abs(t - round(t)) < 1e-3 else float(t) for t in terms)


def _is_wide(whole: np.ndarray) -> bool:
    """Return whether whole numbers may be rounded ones, such as percentages; small ones are counts."""
    return bool(len(whole)) and float(whole.max() - whole.min()) > ROUNDED_RANGE


def same_value(column: np.ndarray) -> float:
    """Return how near a number must come to be the column's: half its last decimal, else a millionth of its spread."""
    held = column[np.isfinite(column)]
    for decimals in range(6):
        scaled = held * 10.0**decimals
        if np.abs(scaled - np.rint(scaled)).max(initial=0.0) < 1e-6:
            return 0.51 * 10.0**-decimals if decimals or _is_wide(held) else 0.01
    return RIGHT * float(held.std() or 1.0)
