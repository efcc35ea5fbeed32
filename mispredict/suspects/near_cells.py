"""Rows as cells that can be almost equal: what counts as a hair in each column, and what a larger difference costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mispredict.suspects.coded import Coding

HAIR = 4e-3  # of a column's standard deviation: four times the thousandth that rounding or noise moves a number by
WIDE = 20.0  # standard deviation from which a whole number that is one off is as good as equal
DRAWN = 20_000  # pairs of rows drawn to learn how far apart rows usually are


@dataclass(frozen=True, eq=False)
class Column:
    """One column of both sides stacked. Missing is a value of its own."""

    name: str
    values: np.ndarray  # float64 without NaN; of a code: a number a value, equal for texts that differ in case alone
    missing: np.ndarray  # bool
    hair: float  # largest difference that is as good as none
    grid: float  # width of cells in which values a hair apart mostly fall together; 0: only equal values do
    usual: np.ndarray  # distances of rows drawn at random, ascending; infinite between different codes
    is_code: bool

    def apart(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the distances of rows at two lists of places; infinite between codes, and to a missing value."""
        gap = np.abs(self.values[one] - self.values[other])
        if self.is_code:
            gap = np.where(gap > 0, np.inf, 0.0)
        return np.where(self.missing[one] != self.missing[other], np.inf, gap)

    def cost(self, gaps: np.ndarray) -> np.ndarray:
        """Return how much closeness each distance loses against a hair, in nats: how much commoner it is by chance."""
        among = np.searchsorted(self.usual, np.append(gaps, self.hair), side="right") + 1
        lost = np.log(among / (len(self.usual) + 1))
        return np.where(gaps > self.hair, lost[:-1] - lost[-1], 0.0)

    def take(self, places: np.ndarray) -> Column:
        """Return the column of the rows at these places."""
        return replace(self, values=self.values[places], missing=self.missing[places])

    def cells(self, rng: np.random.Generator) -> np.ndarray:
        """Return a whole number a row, equal for values in one cell of a grid that begins anywhere."""
        placed = self.values if self.grid == 0 else np.floor(self.values / self.grid + rng.random())
        return np.where(self.missing, -7.0, placed)


def columns_of(coding: Coding, names: tuple[str, ...], seed: int) -> tuple[Column, ...]:
    """Return the columns that vary, of both sides stacked, in the order of the names."""
    rng = np.random.default_rng(seed)
    made = (_column(coding, name, rng) for name in names)
    return tuple(one for one in made if one is not None)


def _column(coding: Coding, name: str, rng: np.random.Generator) -> Column | None:
    is_code = coding.nature(name) == "code"
    values = _folded([frame[name] for frame in coding.frames]) if is_code else _numbers(coding, name)
    missing = np.isnan(values)
    held = values[~missing]
    if not len(held) or (held.min() == held.max() and not missing.any()):
        return None
    hair, grid = (0.0, 0.0) if is_code else _hair(held)
    filled = np.where(missing, 0.0, values)
    one, other = rng.integers(0, len(values), (2, DRAWN))
    gaps = np.abs(filled[one] - filled[other])
    gaps = np.where((missing[one] != missing[other]) | (is_code & (gaps > 0)), np.inf, gaps)
    return Column(name, filled, missing, hair, grid, np.sort(gaps), is_code)


def _numbers(coding: Coding, name: str) -> np.ndarray:
    values = np.concatenate([coding.values(name, side) for side in range(len(coding.frames))])
    return np.where(np.isinf(values), np.sign(values) * 1e300, values)


def _hair(held: np.ndarray) -> tuple[float, float]:
    """Return what is as good as equal, and the width of a grid in which that mostly falls together."""
    middle = np.clip(held, *np.quantile(held, [0.001, 0.999]))  # one huge value is no spread
    spread = float(middle.std())
    if (held % 1 != 0).any():
        return HAIR * spread, 12 * HAIR * spread
    return (max(1.0, HAIR * spread), max(12.0, 12 * HAIR * spread)) if spread > WIDE else (0.0, 0.0)


def _folded(held: list[pd.Series]) -> np.ndarray:
    """Return a number a text, the same for texts that differ in case and outer spaces alone; missing is NaN."""
    texts = pd.concat([one.astype("string") for one in held], ignore_index=True)
    codes, _ = pd.factorize(texts.str.strip().str.casefold())
    return np.where(codes < 0, np.nan, codes.astype(np.float64))
