"""How one column's values changed from training to the examined table, and what that does to the score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.coded import OTHER, Coding

CELLS = 20  # of a number, each with as many training rows
OWN_CELL = 0.01  # part of either table's rows from which a single value has a cell of its own
LEAST_EXPECTED = 5.0
MISSING = -2


@dataclass(frozen=True, eq=False)
class Cells:
    """A column cut into cells, alike on both sides; arrays have one entry a cell."""

    column: str
    names: tuple[str, ...]
    of_rows: np.ndarray  # int64, the cell of each examined row
    counts: np.ndarray  # examined rows
    learned: np.ndarray  # training rows

    @property
    def parts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return each cell's part of the examined and of the training rows."""
        return self.counts / max(self.counts.sum(), 1), self.learned / max(self.learned.sum(), 1)

    @property
    def variation(self) -> float:
        """Return the total variation distance, 0 (alike) to 1 (nothing in common)."""
        here, there = self.parts
        return float(np.abs(here - there).sum() / 2)

    @property
    def stability(self) -> float:
        """Return the population stability index, in nats; half a row is added to each cell."""
        here = (self.counts + 0.5) / (self.counts.sum() + 0.5 * len(self.counts))
        there = (self.learned + 0.5) / (self.learned.sum() + 0.5 * len(self.counts))
        return float(((here - there) * np.log(here / there)).sum())

    @property
    def p_value(self) -> float:
        """Return the p-value of both sides having one distribution (chi-square; rare cells are put together)."""
        from scipy.stats import chi2

        both = np.vstack([self.counts, self.learned]).astype(np.float64)
        least = both.sum(axis=0) * both.sum(axis=1).min() / max(both.sum(), 1)
        rare = least < LEAST_EXPECTED
        table = np.column_stack([both[:, ~rare], both[:, rare].sum(axis=1)])
        table = table[:, table.sum(axis=0) > 0]
        if table.shape[1] < 2 or not table.sum(axis=1).all():
            return 1.0
        expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
        return float(max(chi2.sf(((table - expected) ** 2 / expected).sum(), table.shape[1] - 1), 1e-300))


def cells_of(coding: Coding, column: str) -> Cells:
    """Return one column of both sides cut into cells: values of a code; quantiles and frequent values of a number."""
    here, there = coding.values(column, 0), coding.values(column, 1)
    if coding.nature(column) == "code":
        return _of_codes(coding, column, here, there)
    return _of_numbers(column, here, there)


def _of_codes(coding: Coding, column: str, here: np.ndarray, there: np.ndarray) -> Cells:
    labels = coding.labels(column)
    own, learned = (np.where(np.isnan(one), MISSING, one).astype(np.int64) for one in (here, there))
    known, places = np.unique(np.concatenate([own, learned]), return_inverse=True)
    named = {MISSING: "missing", int(OTHER): "other values"}
    names = tuple(named.get(int(one), "" if labels is None or one < 0 else str(labels[int(one)])) for one in known)
    return _counted(column, names, places, len(here))


def _of_numbers(column: str, here: np.ndarray, there: np.ndarray) -> Cells:
    single, edges = _frequent(here, there), _edges(there if np.isfinite(there).any() else here)
    both = np.concatenate([here, there])
    cells = np.searchsorted(edges, both, side="left") + len(single)
    if len(single):
        at = np.minimum(np.searchsorted(single, both), len(single) - 1)
        cells = np.where(single[at] == both, at, cells)
    cells = np.where(np.isnan(both), -1, cells)
    known, places = np.unique(cells, return_inverse=True)
    return _counted(column, tuple(_name(int(one), single, edges) for one in known), places, len(here))


def _name(cell: int, single: np.ndarray, edges: np.ndarray) -> str:
    if cell < 0:
        return "missing"
    if cell < len(single):
        return f"{single[cell]:g}"
    place = cell - len(single)
    if not len(edges):
        return "any other"
    return f"over {edges[-1]:g}" if place == len(edges) else f"up to {edges[place]:g}"


def _frequent(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return the values that hold a hundredth of either side, ascending."""
    found = []
    for one in (here, there):
        held, counts = np.unique(one[np.isfinite(one)], return_counts=True)
        found.append(held[counts >= max(OWN_CELL * len(one), 5)])
    return np.unique(np.concatenate(found))


def _edges(values: np.ndarray) -> np.ndarray:
    held = values[np.isfinite(values)]
    return np.unique(np.quantile(held, np.linspace(0, 1, CELLS + 1)[1:-1])) if len(held) else np.empty(0)


def _counted(column: str, names: tuple[str, ...], places: np.ndarray, examined: int) -> Cells:
    own, learned = places[:examined], places[examined:]
    counts = np.bincount(own, minlength=len(names))
    return Cells(column, names, own, counts, np.bincount(learned, minlength=len(names)))


@dataclass(frozen=True)
class Effect:
    """What the change of one column does to a mean over examined rows: as it is, less under training's proportions."""

    value: float
    z: float
    support: float = 0.0  # examined rows that the weighting counts as, as a part of them (Kish's effective sample size)

    @classmethod
    def of(cls, cells: Cells, amounts: np.ndarray) -> Effect:
        """Return the effect on the mean of `amounts`, one an examined row, by weighting its cells as training has them.

        Rows of a cell keep their amounts; cells that training has and the examined table lacks are left out.
        """
        here, there = cells.parts
        shared = np.where(cells.counts > 0, there, 0.0)
        if shared.sum() <= 0:
            return cls(0.0, 0.0)
        weights = (shared / shared.sum() / np.maximum(here, 1e-12))[cells.of_rows]
        lost = amounts * (1 - weights)
        value = float(lost.mean())
        middle = float((amounts * weights).mean())
        scores = (amounts - amounts.mean()) - weights * (amounts - middle)
        spread = (
            float(scores.std()) / np.sqrt(max(len(scores), 1)) * np.sqrt(1 + cells.counts.sum() / cells.learned.sum())
        )
        support = float(weights.sum() ** 2 / max((weights**2).sum(), 1e-12)) / max(len(weights), 1)
        return cls(value, value / spread if spread > 0 else 0.0, support)
