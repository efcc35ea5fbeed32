"""A column's rows in a few readable groups, and which pair of columns stands out most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.columns import Binned
from mispredict.errors.findings import Condition
from mispredict.errors.parting import without
from mispredict.errors.promises import Promises

GROUPS = 8
PAIRED = 30  # columns whose pairs are looked at
PAIR_ROWS = 10_000
_LEAST = 20.0  # rows
_LEAST_SPREAD = 1.0


@dataclass(frozen=True, eq=False)
class Grouped:
    """A column in at most eight groups, then what is none of them, then missing values, where there are any."""

    name: str
    labels: tuple[str, ...]
    conditions: tuple[tuple[Condition, ...], ...]  # of each group
    codes: np.ndarray  # a row's group


def grouped(column: Binned, values: pd.Series) -> Grouped:
    """Return the column's groups; together they hold every row once."""
    missing = values.isna().to_numpy(dtype=bool)
    bins = [*_runs(column, missing)] if column.is_numeric else [[bin_] for bin_ in range(min(column.bins, GROUPS))]
    conditions = [column.conditions(_mask(column, one)) for one in bins]
    place = np.full(column.bins + 1, len(bins))
    for number, one in enumerate(bins):
        place[one] = number
    codes = place[column.codes]
    labels = [_label(one) for one in conditions]
    if (codes[~missing] == len(bins)).any():
        conditions.append(without(column, _mask(column, list(range(len(bins))))))
        labels.append("others")
    if missing.any():
        codes = np.where(missing, len(labels), codes)
        conditions.append((Condition(column.name, "is missing", None),))
        labels.append("missing")
    return Grouped(column.name, tuple(labels), tuple(conditions), codes)


def _runs(column: Binned, missing: np.ndarray) -> list[list[int]]:
    """Return neighbouring bins put together until they hold about an eighth of the rows each."""
    held = np.bincount(column.codes[~missing], minlength=column.bins)[: column.bins]
    if column.bins <= GROUPS:
        return [[number] for number in range(column.bins)]
    middle = (np.cumsum(held) - held / 2) / max(held.sum(), 1)
    group = np.minimum((middle * GROUPS).astype(int), GROUPS - 1)
    return [np.flatnonzero(group == number).tolist() for number in np.unique(group)]


def _mask(column: Binned, bins: list[int]) -> np.ndarray:
    chosen = np.zeros(column.bins + 1, dtype=bool)
    chosen[bins] = True
    return chosen


def _label(conditions: tuple[Condition, ...]) -> str:
    if not conditions:
        return "all"
    return ", ".join(_text(one.value) if one.op == "=" else f"{one.op} {_text(one.value)}" for one in conditions)


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def best_pair(columns: Sequence[Grouped], promises: Promises, *, fixed: int | None, seed: int) -> tuple[int, int]:
    """Return the two columns, one of them `fixed` if given, whose cells are furthest from the promises.

    By the chi-square of the cells' residuals in standard deviations of a chi-square of as many cells, so that a pair
    is not chosen for having many.
    """
    rows = np.random.default_rng(seed).permutation(len(promises.error))[:PAIR_ROWS]
    held = promises.take(rows)
    codes = [column.codes[rows] for column in columns]
    alone = [_stands_out(_sums(own, len(c.labels), held)) for own, c in zip(codes, columns, strict=True)]
    near = np.argsort(-np.array(alone), kind="stable")[:PAIRED].tolist()
    near = near if fixed is None or fixed in near else [fixed, *near[:-1]]
    sums = _pair_sums([codes[i] for i in near], [len(columns[i].labels) for i in near], held)
    first = near[0] if fixed is None else fixed
    best, chosen = -np.inf, (first, next(place for place in near if place != first))
    for one in range(len(near)):
        for other in range(one + 1, len(near)):
            if fixed is None or fixed in (near[one], near[other]):
                figure = _stands_out(sums(one, other))
                if figure > best:
                    best, chosen = figure, (near[one], near[other])
    return chosen if fixed is None or chosen[0] == fixed else (chosen[1], chosen[0])


def _sums(codes: np.ndarray, groups: int, promises: Promises) -> np.ndarray:
    signals = (None, promises.excess, promises.spread)
    return np.stack([np.bincount(codes, weights=one, minlength=groups) for one in signals], axis=-1)


def _pair_sums(codes: list[np.ndarray], groups: list[int], promises: Promises) -> Callable[[int, int], np.ndarray]:
    starts = np.concatenate([[0], np.cumsum(groups)])
    hot = np.zeros((len(promises.error), int(starts[-1])), dtype=np.float32)
    for start, own in zip(starts, codes, strict=False):
        hot[np.arange(len(hot)), start + own] = 1
    signals = (np.ones(len(hot)), promises.excess, promises.spread)
    tables = [hot.T @ (hot * signal[:, None].astype(np.float32)) for signal in signals]

    def of(one: int, other: int) -> np.ndarray:
        down, across = (slice(starts[place], starts[place + 1]) for place in (one, other))
        return np.stack([table[down, across].ravel() for table in tables], axis=-1).astype(np.float64)

    return of


def _stands_out(sums: np.ndarray) -> float:
    enough = (sums[:, 0] >= _LEAST) & (sums[:, 2] >= _LEAST_SPREAD)
    cells = int(enough.sum())
    if not cells:
        return -np.inf
    chi_square = float((sums[enough, 1] ** 2 / sums[enough, 2]).sum())
    return (chi_square - cells) / float(np.sqrt(2 * cells))
