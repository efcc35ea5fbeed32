"""A table as the plain numbers that LIME works on, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

BINS = 4  # of a number that is sometimes missing: quartiles, and a level of its own for what is missing


@dataclass(frozen=True, eq=False)
class Coding:
    """How each column is coded: numbers as they are; categories, and numbers with holes, by level."""

    columns: tuple[str, ...]
    levels: dict[str, pd.Index]  # of a category: its values, in order; the code after the last one is "missing"
    edges: dict[str, np.ndarray]  # of a number with holes: the inner edges of its bins
    middles: dict[str, np.ndarray]  # and the value that stands for each bin, NaN for "missing"

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Coding:
        """Return the coding of a prepared frame."""
        texts = [c for c in frame.columns if not _is_number(frame[c])]
        holed = [c for c in frame.columns if _is_number(frame[c]) and frame[c].isna().any()]
        edges = {c: _edges(frame[c]) for c in holed}
        return cls(
            columns=tuple(frame.columns),
            levels={c: pd.Index(frame[c].dropna().unique()) for c in texts},
            edges=edges,
            middles={c: _middles(frame[c], edges[c]) for c in holed},
        )

    @property
    def categorical(self) -> list[int]:
        """Return the places of the columns that are coded by level."""
        return [i for i, c in enumerate(self.columns) if c in self.levels or c in self.edges]

    @property
    def names(self) -> dict[int, list[str]]:
        """Return the levels' names, by place."""
        out = {}
        for i, c in enumerate(self.columns):
            if c in self.levels:
                out[i] = [*map(str, self.levels[c]), "missing"]
            elif c in self.edges:
                out[i] = [f"bin {b + 1}" for b in range(len(self.edges[c]) + 1)] + ["missing"]
        return out

    def encode(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the frame as numbers without holes."""
        return np.column_stack([self._codes(frame[c]) for c in self.columns])

    def decode(self, codes: np.ndarray, row: pd.DataFrame) -> pd.DataFrame:
        """Return a frame of the row's dtypes; where a bin is the row's own, its value is the row's own too."""
        return pd.DataFrame({c: self._values(codes[:, i], row[c]) for i, c in enumerate(self.columns)})

    def _codes(self, column: pd.Series) -> np.ndarray:
        name = str(column.name)
        if name in self.levels:
            found = self.levels[name].get_indexer(pd.Index(column))
            return np.where(found < 0, len(self.levels[name]), found).astype(np.float64)
        values = column.to_numpy(dtype=np.float64)
        if name in self.edges:
            bins = np.searchsorted(self.edges[name], values, side="right")
            return np.where(np.isnan(values), len(self.edges[name]) + 1, bins).astype(np.float64)
        return values

    def _values(self, codes: np.ndarray, own: pd.Series) -> pd.Series:
        name = str(own.name)
        if name in self.levels:
            places = codes.astype(np.int64)
            found = self.levels[name].take(np.minimum(places, len(self.levels[name]) - 1))
            return pd.Series(found).where(places < len(self.levels[name])).astype(own.dtype)
        if name in self.edges:
            values = self.middles[name][codes.astype(np.int64)]
            return pd.Series(np.where(codes == self._codes(own)[0], own.to_numpy(dtype=np.float64)[0], values))
        return pd.Series(codes)


def _is_number(column: pd.Series) -> bool:
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb"


def _edges(column: pd.Series) -> np.ndarray:
    known = column.dropna().to_numpy(dtype=np.float64)
    return np.unique(np.quantile(known, np.arange(1, BINS) / BINS)) if len(known) else np.zeros(0)


def _middles(column: pd.Series, edges: np.ndarray) -> np.ndarray:
    known = column.dropna().to_numpy(dtype=np.float64)
    bins = np.searchsorted(edges, known, side="right")
    inside = [np.median(known[bins == b]) if (bins == b).any() else np.nan for b in range(len(edges) + 1)]
    return np.array([*inside, np.nan])
