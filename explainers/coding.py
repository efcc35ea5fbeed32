"""A table as the codes that LIME works on: one a level of a category, one a quarter of a number's values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from explainers.dtypes import pick
from explainers.kept import Shelf
from explainers.subject import Subject

BINS = 4  # of a number: quartiles, as LIME has them; a number of no more values than that has one code a value
LEAST_OWN = 1 / BINS  # share of samples that keep the row's value: a rare or unseen one is tried as often as a bin
MOST_OWN = 1 - LEAST_OWN  # and a value that almost every row has is taken away as often
_CODINGS = Shelf()


@dataclass(frozen=True, eq=False)
class Coded:
    """One column of the background. A row's value that the background lacks has a code of its own, the last."""

    edges: np.ndarray  # of a number's bins, each up to and with its edge; none where codes are levels
    levels: pd.Index  # of everything else
    order: np.ndarray  # places of background rows, sorted by code
    counts: np.ndarray  # background rows a code: bins or levels, then "missing", then "unseen", which is 0

    @classmethod
    def of(cls, column: pd.Series) -> Coded:
        """Return the coding of a background column, whose missing values are a level like others."""
        edges = _edges(column)
        levels = pd.Index([]) if len(edges) else _index(column.dropna().drop_duplicates())
        kinds = len(edges) + 1 if len(edges) else len(levels)
        found = _codes(column, edges, levels)
        counts = np.bincount(found, minlength=kinds + 2)
        return cls(edges, levels, np.argsort(found, kind="stable"), counts)

    def code(self, own: pd.Series) -> int:
        """Return the code of a column of one value."""
        return int(_codes(own, self.edges, self.levels)[0])

    def shares(self, own: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the codes that are drawn, and how often each; the row's own one neither seldom nor nearly always."""
        rest = self.counts.astype(np.float64)
        kept = rest[own] / max(rest.sum(), 1.0)
        rest[own] = 0.0
        kept = float(np.clip(kept, LEAST_OWN, MOST_OWN)) if rest.any() else 1.0
        share = (1 - kept) * rest / max(rest.sum(), 1.0)
        share[own] = kept
        drawn = np.flatnonzero(share)
        return drawn, share[drawn]

    def draw(self, codes: np.ndarray, own: int, random: np.random.Generator) -> np.ndarray:
        """Return a place for each code: 0 is the row's own value, 1 and up background rows that have the code."""
        starts = np.cumsum(self.counts) - self.counts
        within = (random.random(len(codes)) * self.counts[codes]).astype(np.int64)
        places = self.order[np.minimum(starts[codes] + within, len(self.order) - 1)]
        return np.where(codes == own, 0, places + 1)


@dataclass(frozen=True, eq=False)
class Coding:
    """Background rows as a model reads them, and how each column of theirs is coded."""

    raw: pd.DataFrame  # as they came
    prepared: pd.DataFrame
    columns: tuple[Coded, ...]

    @classmethod
    def of(cls, subject: Subject, raw: pd.DataFrame) -> Coding:
        """Return the coding of background rows for a model."""
        prepared = subject.prepared(raw)
        return cls(raw, prepared, tuple(Coded.of(prepared.iloc[:, i]) for i in range(prepared.shape[1])))


def coding_of(subject: Subject, background: pd.DataFrame) -> Coding:
    """Return the coding of background rows, made anew only where they aren't those that the model was last asked with.

    The rows themselves are compared, which costs a tenth of coding them, so a frame changed in place is noticed.
    """
    raw = pick(background, subject.columns)
    last: dict[str, Coding] = _CODINGS.get(subject.estimator, "coding", dict[str, Any])
    found = last.get("coding")
    if found is None or not found.raw.equals(raw):
        found = last["coding"] = Coding.of(subject, raw)
    return found


def _edges(column: pd.Series) -> np.ndarray:
    """Return the inner edges of a number's quartiles, of which no bin is empty; none for what is coded by level."""
    known = np.sort(_numbers(column.dropna()))
    changes = np.flatnonzero(known[1:] > known[:-1])
    if len(changes) < BINS:
        return np.zeros(0)
    quartiles = known[len(known) * np.arange(1, BINS) // BINS - 1]
    return np.unique(np.minimum(quartiles, known[changes[-1]]))  # an edge at the largest value would part nothing


def _numbers(column: pd.Series) -> np.ndarray:
    """Return numbers, dates and durations as float64; nothing for other columns."""
    kind = getattr(column.dtype, "kind", "O")
    if isinstance(column.dtype, np.dtype) and kind in "iufb":
        return column.to_numpy(dtype=np.float64)
    if kind in "mM":
        return column.to_numpy(dtype=f"{'timedelta' if kind == 'm' else 'datetime'}64[ns]").view(np.int64).astype(float)
    return np.zeros(0)


def _index(column: pd.Series) -> pd.Index:
    """Return the values for looking up: truths as numbers, since a column with a hole in it holds them so."""
    is_short = isinstance(column.dtype, np.dtype) and column.dtype.kind in "bf"
    return pd.Index(column.astype(np.float64) if is_short else column)


def _codes(column: pd.Series, edges: np.ndarray, levels: pd.Index) -> np.ndarray:
    missing = column.isna().to_numpy()
    if len(edges):
        return np.where(missing, len(edges) + 1, np.searchsorted(edges, _numbers(column)))
    found = levels.get_indexer(_index(column))
    return np.where(missing, len(levels), np.where(found < 0, len(levels) + 1, found))
