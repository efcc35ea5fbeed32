"""One column as two samples, where no row has an entry: weaker than pairs, since traffic changes columns, too.

What a change does to the score: offline rows are moved, as few and as little as possible, until the column has online's
distribution (quantile mapping of numbers, least reassignment of levels), and the model is asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mispredict.errors.findings import Condition
from mispredict.parity.cells import Cells, cells_of
from mispredict.parity.reading import Cause
from mispredict.parity.signs import Sign, sign_of

LEAST_ROWS = 100  # of either side
ASKED = 4_000  # rows that the model is asked about


@dataclass(frozen=True, eq=False)
class Sample:
    """One column of both sides, read alike; the two arrays belong to no common rows."""

    column: str
    kind: str  # "number", "time" or "text"
    offline: np.ndarray  # float64 with NaN, or str objects with None
    online: np.ndarray


@dataclass(frozen=True)
class Change:
    """How one column differs between the sides."""

    column: str
    variation: float  # largest distance between the two distribution functions, or half the summed one of levels
    p_value: float
    moves: float | None  # mean absolute change of the score; None where the model can't tell
    cause: Cause | None
    parameter: str
    words: str  # after the column's name
    where: Condition | None = None  # the entries that the words are about; None: all


def sample_of(column: str, offline: pd.Series, online: pd.Series) -> Sample:
    """Return one column of both sides, each read as the other one can be read."""
    count = max(len(offline), len(online))
    whole = [one.reset_index(drop=True).reindex(range(count)) for one in (offline, online)]
    cells: Cells = cells_of(column, whole[0], whole[1])
    sides = []
    for values, gone, size in (
        (cells.offline, cells.gone[0], len(offline)),
        (cells.online, cells.gone[1], len(online)),
    ):
        held = values[:size].copy()
        held[gone[:size]] = None if cells.kind == "text" else np.nan
        sides.append(held)
    return Sample(column, cells.kind, sides[0], sides[1])


def change_of(sample: Sample, move: Callable[[np.ndarray], float | None]) -> Change | None:
    """Return how the sides differ, None where chance explains it; `move` says what new values do to the score."""
    variation, p = _distance(sample)
    if p > 0.01:
        return None
    sign: Sign = sign_of(sample.kind, sample.offline, sample.online)
    return Change(sample.column, variation, p, move(carried(sample)), sign.cause, sign.parameter, sign.words)


def carried(sample: Sample, seed: int = 0) -> np.ndarray:
    """Return the offline values moved until they are distributed as the online ones."""
    rng = np.random.default_rng(seed)
    return _levels(sample, rng) if sample.kind == "text" else _numbers(sample, rng)


def _distance(sample: Sample) -> tuple[float, float]:
    """Return how far the distributions are apart, and the p-value of their being one (gaps are tested apart)."""
    from scipy.stats import ks_2samp

    if sample.kind == "text":
        return _of_levels(sample.offline, sample.online)
    here, there = (one[np.isfinite(one)] for one in (sample.offline, sample.online))
    gaps = _of_levels(np.isfinite(sample.offline).astype(str), np.isfinite(sample.online).astype(str))
    if not len(here) or not len(there):
        return gaps
    found = ks_2samp(here, there, method="asymp")
    return max(float(found.statistic), gaps[0]), min(1.0, 2 * min(float(found.pvalue), gaps[1]))


def _of_levels(here: np.ndarray, there: np.ndarray) -> tuple[float, float]:
    from scipy.stats import chi2

    codes, _ = pd.factorize(np.concatenate([here, there]), use_na_sentinel=False)
    counts = np.vstack(
        [np.bincount(one, minlength=codes.max() + 1) for one in (codes[: len(here)], codes[len(here) :])]
    )
    parts = counts / counts.sum(axis=1, keepdims=True)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    common = expected.min(axis=0) >= 5
    table, fair = counts[:, common], expected[:, common]
    if (~common).any():
        table = np.column_stack([table, counts[:, ~common].sum(axis=1)])
        fair = np.column_stack([fair, expected[:, ~common].sum(axis=1)])
    statistic = float(((table - fair) ** 2 / np.maximum(fair, 1e-9)).sum())
    degrees = max(1, table.shape[1] - 1)
    return float(np.abs(parts[0] - parts[1]).sum() / 2), float(chi2.sf(statistic, degrees))


def _numbers(sample: Sample, rng: np.random.Generator) -> np.ndarray:
    values = sample.offline.copy()
    held, online = np.isfinite(values), np.sort(sample.online[np.isfinite(sample.online)])
    if not len(online):
        return np.full(len(values), np.nan)
    gaps, wanted = 1 - held.mean(), 1 - np.isfinite(sample.online).mean()
    if wanted > gaps:
        held &= rng.random(len(values)) >= (wanted - gaps) / (1 - gaps)
    elif gaps > wanted:
        held |= rng.random(len(values)) < (gaps - wanted) / gaps
    known = held & np.isfinite(sample.offline)
    ranks = rng.random(len(values))
    order = np.lexsort((ranks[known], values[known]))
    ranks[np.flatnonzero(known)[order]] = (np.arange(known.sum()) + 0.5) / max(1, known.sum())
    moved = online[np.minimum((ranks * len(online)).astype(np.int64), len(online) - 1)]
    return np.where(held, moved, np.nan)


def _levels(sample: Sample, rng: np.random.Generator) -> np.ndarray:
    codes, levels = pd.factorize(np.concatenate([sample.offline, sample.online]), use_na_sentinel=False)
    here, there = codes[: len(sample.offline)], codes[len(sample.offline) :]
    parts = [np.bincount(one, minlength=len(levels)) / len(one) for one in (here, there)]
    surplus, lack = np.maximum(parts[0] - parts[1], 0), np.maximum(parts[1] - parts[0], 0)
    if lack.sum() <= 0:
        return sample.offline
    leaves = rng.random(len(here)) < (surplus / np.maximum(parts[0], 1e-12))[here]
    moved = here.copy()
    moved[leaves] = rng.choice(len(levels), int(leaves.sum()), p=lack / lack.sum())
    return np.asarray(levels, dtype=object)[moved]
