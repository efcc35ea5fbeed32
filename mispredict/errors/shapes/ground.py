"""What every finder of shapes looks at: the sample's columns, and the residuals of the rows that it may search."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mispredict.errors.shapes.numbers import Numbers
from mispredict.errors.shapes.region import Surplus

FEW = 4_000  # rows in which places and directions are looked for; bounds are then cut on all searched rows


@dataclass(frozen=True, eq=False)
class Ground:
    """The ground of one search. Every array has an entry for each row of the sample; only `at` may be searched."""

    rows: pd.DataFrame
    ids: np.ndarray
    exclude: Collection[str]
    numbers: Numbers
    vectors: np.ndarray | None  # the embedding, (rows, dimensions); NaN where a row has none
    ways: tuple[Surplus, ...]
    at: np.ndarray  # positions of the rows searched
    among: np.ndarray  # bool: the rows that a region may hold, searched or not

    @cached_property
    def few(self) -> np.ndarray:
        """Return some thousand of the rows searched, always the same ones."""
        if len(self.at) <= FEW:
            return self.at
        return np.sort(np.random.default_rng(len(self.at)).permutation(self.at)[:FEW])

    @cached_property
    def few_ways(self) -> tuple[Surplus, ...]:
        """Return the ways to stand out on those rows alone."""
        return tuple(surplus.take(self.few) for surplus in self.ways)
