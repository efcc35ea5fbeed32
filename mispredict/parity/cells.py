"""The two sides of one column, pair by pair, and where they differ by more than the noise of floating point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from mispredict.errors.predicates import numbers_of

Kind = Literal["number", "time", "text"]
NOISE = 1e-6  # relative: float32 arithmetic and another library's order of sums stay below
READS = 0.99  # part of a text column's values that must read as numbers for it to be one


@dataclass(frozen=True, eq=False)
class Cells:
    """One column of n pairs. Numbers and times (microseconds) are float64 with NaN, texts are str objects."""

    column: str
    kind: Kind
    offline: np.ndarray
    online: np.ndarray
    gone: tuple[np.ndarray, np.ndarray]  # missing offline, missing online
    note: str = ""  # what was read to compare them, such as numbers out of texts

    @property
    def differs(self) -> np.ndarray:
        """Return True for each pair whose values differ; two missing values are equal."""
        here, there = self.gone
        return (here != there) | (~here & ~there & ~self.equal(self.offline, self.online))

    def equal(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return True where two arrays of this column's values agree but for noise; missing equals nothing."""
        return alike(one, other) if self.kind != "text" else np.asarray(one == other, dtype=bool)

    def take(self, which: np.ndarray) -> Cells:
        """Return the pairs of a mask."""
        gone = (self.gone[0][which], self.gone[1][which])
        return Cells(self.column, self.kind, self.offline[which], self.online[which], gone, self.note)

    def __len__(self) -> int:
        return len(self.offline)


def alike(one: np.ndarray, other: np.ndarray, noise: float = NOISE) -> np.ndarray:
    """Return True where two float arrays agree but for relative noise."""
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(one - other) <= noise * np.maximum(np.abs(one), np.abs(other))
    return np.asarray((one == other) | (near & np.isfinite(one) & np.isfinite(other)), dtype=bool)


def cells_of(column: str, offline: pd.Series, online: pd.Series) -> Cells:
    """Return one column's pairs, each side read as the other one can be read."""
    gone = (offline.isna().to_numpy(dtype=bool), online.isna().to_numpy(dtype=bool))
    kind, note = _kind(offline, online)
    if kind == "text":
        return Cells(column, kind, _texts(offline), _texts(online), gone, note)
    return Cells(column, kind, _numbers(offline, kind), _numbers(online, kind), gone, note)


def _kind(offline: pd.Series, online: pd.Series) -> tuple[Kind, str]:
    natures = [_nature(side) for side in (offline, online)]
    if natures[0] == natures[1]:
        return natures[0], ""
    for kind in ("number", "time"):
        if kind in natures and all(
            _reads(side, nature, kind) for side, nature in zip((offline, online), natures, strict=True)
        ):
            side = "online" if natures[1] != kind else "offline"
            return kind, f"{side} it is written as {natures[1] if side == 'online' else natures[0]}"
    return "text", f"offline it is {natures[0]} and online {natures[1]}"


def _nature(values: pd.Series) -> Kind:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "time"
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return "number"
    held = values.dropna()
    return "number" if len(held) and held.map(lambda v: isinstance(v, (bool, int, float))).all() else "text"


def _reads(values: pd.Series, nature: Kind, kind: str) -> bool:
    """Return whether a side can be read as the other one is."""
    if nature == kind:
        return True
    held = values.dropna()
    if nature != "text" or not len(held):
        return not len(held)
    return bool(_parsed(held, kind).notna().mean() >= READS)


def _parsed(values: pd.Series, kind: str) -> pd.Series:
    if kind == "number":
        return pd.to_numeric(values.astype(object), errors="coerce")
    return pd.to_datetime(values.astype(str), errors="coerce", utc=True, format="ISO8601")


def _numbers(values: pd.Series, kind: Kind) -> np.ndarray:
    if kind == "time" and not pd.api.types.is_datetime64_any_dtype(values.dtype):
        values = _parsed(values, kind).where(values.notna().to_numpy())
    return numbers_of(values)


def _texts(values: pd.Series) -> np.ndarray:
    """Return texts; whole numbers that passed through a column with gaps lose their ".0"."""
    held = values.astype(object).where(values.notna(), "")
    return held.map(_text).to_numpy(dtype=object)


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
