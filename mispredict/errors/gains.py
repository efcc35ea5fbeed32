"""Ways to part a node's rows in two by one column, and what each gains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.columns import Binned
from mispredict.errors.promises import Promises

LEAST_SPREAD = 3.0  # sum of variances under which a sum of outcomes is nothing like normal
LEAST_ROWS = 50
LEAST_SHARE = 0.01  # of all rows
MOST_VALUES = 4  # categories on the one side of a split: what a rule can list
WORLDS = 99
NULL_ROWS = 3_000  # of a node's rows; the largest gain hardly depends on how many there are


@dataclass(frozen=True)
class Split:
    """A column parted: the bins of one side; the other side is every other known value, missing ones stand apart."""

    column: int
    bins: tuple[int, ...]
    gain: float


def codes_of(columns: Sequence[Binned], rows: pd.DataFrame) -> np.ndarray:
    """Return each row's bin in each column, shape (columns, rows); `bins` = rare categories, `bins` + 1 = missing."""
    codes = [np.where(rows[c.name].isna().to_numpy(dtype=bool), c.bins + 1, c.codes) for c in columns]
    return np.array(codes, dtype=np.int16).reshape(len(columns), len(rows))


def best_split(columns: Sequence[Binned], codes: np.ndarray, promises: Promises, *, least_rows: float) -> Split | None:
    """Return the split with the largest gain, None where no split leaves enough on both sides."""
    signals = (np.ones(codes.shape[1]), promises.excess, promises.spread)
    best: Split | None = None
    for number, column in enumerate(columns):
        sums = [np.bincount(codes[number], weights=one, minlength=column.bins + 2)[:, None] for one in signals]
        gains, bins = _gains(column, np.stack(sums, axis=-1), least_rows)
        if not gains.size or not np.isfinite(gains.max()):
            continue
        at = int(gains[:, 0].argmax())
        if best is None or gains[at, 0] > best.gain:
            best = Split(number, bins(at, 0), float(gains[at, 0]))
    return best


def gain_by_chance(
    columns: Sequence[Binned], codes: np.ndarray, promises: Promises, *, least_rows: float, seed: int
) -> float:
    """Return the largest gain of the same search in 99 worlds where outcomes are drawn from the promises."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(codes.shape[1])[:NULL_ROWS]
    codes, error, spread = codes[:, rows], promises.error[rows], promises.spread[rows]
    excess = ((rng.random((len(rows), WORLDS)) < error[:, None]) - error[:, None]).astype(np.float32)
    largest = 0.0
    for number, column in enumerate(columns):
        hot = (codes[number][None, :] == np.arange(column.bins + 2)[:, None]).astype(np.float32)
        held = np.stack([hot.sum(axis=1), hot @ spread.astype(np.float32)], axis=-1).astype(np.float64)
        sums = np.empty((column.bins + 2, WORLDS, 3))
        sums[..., 0], sums[..., 2] = held[:, :1], held[:, 1:]
        sums[..., 1] = hot @ excess
        gains, _ = _gains(column, sums, least_rows * len(rows) / max(promises.error.size, 1))
        largest = max(largest, float(gains.max(initial=0.0)))
    return largest


_Bins = Callable[[int, int], tuple[int, ...]]  # (choice, world) -> bins


def _gains(column: Binned, sums: np.ndarray, least_rows: float) -> tuple[np.ndarray, _Bins]:
    """Return the gain of each choice of bins, shape (choices, worlds), from the sums of shape (bins, worlds, 3)."""
    known, missing = sums[:-1].sum(axis=0), sums[-1]
    sides, bins = _ranges(column, sums) if column.is_numeric else _sets(column, sums)
    others = known - sides
    whole = known + missing
    both = _score(sides) + _score(others) + _score(missing) * (missing[..., 0] >= least_rows)
    allowed = (np.minimum(sides[..., 0], others[..., 0]) >= least_rows) & (
        np.minimum(sides[..., 2], others[..., 2]) >= LEAST_SPREAD
    )
    return np.where(allowed, both - _score(whole), -np.inf), bins


def _score(sums: np.ndarray) -> np.ndarray:
    """Return what of the sum of squared residuals a node's own mean explains, in units of their variance."""
    score: np.ndarray = np.where(sums[..., 2] >= LEAST_SPREAD, sums[..., 1] ** 2 / np.maximum(sums[..., 2], 1e-12), 0.0)
    return score


def _ranges(column: Binned, sums: np.ndarray) -> tuple[np.ndarray, _Bins]:
    return np.cumsum(sums[: column.bins - 1], axis=0), lambda choice, _world: tuple(range(choice + 1))


def _sets(column: Binned, sums: np.ndarray) -> tuple[np.ndarray, _Bins]:
    """Return sets of the categories with the most, and of those with the fewest, errors beyond the promises."""
    levels = sums[: column.bins]
    present = levels[..., 0] > 0
    figure = levels[..., 1] / np.maximum(levels[..., 2], 1e-12)
    orders = [np.argsort(np.where(present, -side, np.inf), axis=0, kind="stable") for side in (figure, -figure)]
    shown = [order[:MOST_VALUES] for order in orders]
    sides = [np.cumsum(np.take_along_axis(levels, one[:, :, None], axis=0), axis=0) for one in shown]
    held = [np.take_along_axis(present, one, axis=0) for one in shown]
    # A category without rows in this node has no place in a rule for it.
    sides = [
        np.where(np.logical_and.accumulate(own, axis=0)[:, :, None], side, 0.0)
        for side, own in zip(sides, held, strict=True)
    ]
    tried = len(shown[0])

    def bins(choice: int, world: int) -> tuple[int, ...]:
        order = shown[choice // tried]
        return tuple(sorted(order[: choice % tried + 1, world].tolist()))

    return np.concatenate(sides), bins
