"""A rule of the search made short and sharp: conditions that add nothing go, bounds move to where they fit best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.columns import Binned, cut_numbers
from mispredict.errors.findings import Condition
from mispredict.errors.lattice import Lattice, Rule, Score

FINE_BINS = 200


@dataclass(frozen=True, eq=False)
class Piece:
    """A column cut into bins, and those that the rule chooses."""

    column: Binned
    chosen: np.ndarray  # bool, one entry a bin and one for missing

    @property
    def inside(self) -> np.ndarray:
        """Return the rows that the piece holds for."""
        return self.chosen[self.column.codes]

    @property
    def conditions(self) -> int:
        """Return how many conditions the piece is written as."""
        return len(self.column.conditions(self.chosen))


def pieces_of(lattice: Lattice, rule: Rule) -> list[Piece]:
    """Return a rule of the lattice in pieces that can be changed."""
    pieces = []
    for number, bins in rule:
        column = lattice.columns[number]
        chosen = np.zeros(column.bins + 1, dtype=bool)
        chosen[list(bins)] = True
        pieces.append(Piece(column, chosen))
    return pieces


def shorten(pieces: list[Piece], signals: np.ndarray, score: Score) -> list[Piece]:
    """Return the rule without the conditions whose loss costs less than their price."""
    now = _value(pieces, signals, score)
    while True:
        shorter = [(_value(one, signals, score), one) for one in _shorter(pieces)]
        if not shorter:
            return pieces
        best, candidate = max(shorter, key=lambda one: one[0])
        if score.keeps(now, best, conditions=sum(piece.conditions for piece in pieces)):
            return pieces
        pieces, now = candidate, best


def sharpen(pieces: list[Piece], rows: pd.DataFrame, signals: np.ndarray, score: Score) -> list[Piece]:
    """Return the rule with each numeric bound where it scores best among finer quantiles."""
    fine = list(pieces)
    for number, piece in enumerate(pieces):
        if not piece.column.is_numeric or piece.chosen[-1] or _is_single(piece):
            continue
        others = np.ones(len(rows), dtype=bool)
        for one in fine[:number] + fine[number + 1 :]:
            others &= one.inside
        fine[number] = _sharper(piece, rows[piece.column.name], (signals * others[:, None], score))
    return fine


def conditions_of(pieces: list[Piece]) -> tuple[Condition, ...]:
    """Return the rule as conditions."""
    return tuple(condition for piece in pieces for condition in piece.column.conditions(piece.chosen))


def _value(pieces: list[Piece], signals: np.ndarray, score: Score) -> float:
    inside = np.logical_and.reduce([piece.inside for piece in pieces])
    return float(score(signals[inside].sum(axis=0)))


def _shorter(pieces: list[Piece]) -> list[list[Piece]]:
    """Return the rules with one condition less; the last one stays."""
    without = [pieces[:i] + pieces[i + 1 :] for i in range(len(pieces))] if len(pieces) > 1 else []
    return without + [
        [*pieces[:i], opened, *pieces[i + 1 :]] for i, piece in enumerate(pieces) for opened in _opened(piece)
    ]


def _opened(piece: Piece) -> list[Piece]:
    """Return a range between two bounds with either bound taken away, or a set without one of its categories."""
    which = np.flatnonzero(piece.chosen)
    if not piece.column.is_numeric:
        return [_changed(piece, which[i : i + 1], to=False) for i in range(len(which))] if len(which) > 1 else []
    if piece.conditions < 2:
        return []
    return [
        _changed(piece, np.arange(which[0]), to=True),
        _changed(piece, np.arange(which[-1], piece.column.bins), to=True),
    ]


def _changed(piece: Piece, bins: np.ndarray, *, to: bool) -> Piece:
    chosen = piece.chosen.copy()
    chosen[bins] = to
    return Piece(piece.column, chosen)


def _is_single(piece: Piece) -> bool:
    which = np.flatnonzero(piece.chosen)
    return len(which) == 1 and piece.column.singles[which[0]]


def _sharper(piece: Piece, column: pd.Series, goal: tuple[np.ndarray, Score]) -> Piece:
    signals, score = goal
    fine = cut_numbers(column, FINE_BINS)
    sums = np.zeros((fine.bins + 2, signals.shape[1]))
    np.add.at(sums, fine.codes + 1, signals)
    running = np.cumsum(sums[:-1], axis=0)  # the missing ones stay out
    lows, highs = _bounds(piece, fine.bins)
    values = score(running[highs + 1] - running[lows])
    best = int(values.argmax())
    chosen = np.zeros(fine.bins + 1, dtype=bool)
    chosen[lows[best] : highs[best] + 1] = True
    return Piece(fine, chosen) if np.isfinite(values[best]) else piece


def _bounds(piece: Piece, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the runs of fine bins of the same shape: up to, from, or between."""
    which = np.flatnonzero(piece.chosen)
    if which[0] == 0:
        highs = np.arange(bins)
        return np.zeros_like(highs), highs
    if which[-1] == piece.column.bins - 1:
        lows = np.arange(bins)
        return lows, np.full_like(lows, bins - 1)
    lows, highs = np.triu_indices(bins)
    return lows, highs
