"""Sound tables to plant faults in: labels drawn from a known chance, or real ones, parted at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.grounds import all_grounds
from benchmarks.plants import Tables

World = Callable[[np.random.Generator], Tables]


def drawn(name: str, rows: int) -> World:
    """Return what makes tables of one ground, with labels drawn from its true probabilities."""

    def make(rng: np.random.Generator) -> Tables:
        ground = next(one for one in all_grounds(rows) if one.name == name)
        label = (rng.random(len(ground.event)) < ground.event).astype(int)
        return parted(ground.rows[list(ground.features)].assign(label=label), rng)

    return make


def real(loader: str) -> World:
    """Return what makes tables of a data set of scikit-learn with its own labels."""

    def make(rng: np.random.Generator) -> Tables:
        from sklearn import datasets

        rows, label = getattr(datasets, loader)(return_X_y=True, as_frame=True)
        varied = rows.loc[:, rows.std() > 0]
        return parted(varied.assign(label=label.astype(int)), rng)

    return make


def parted(rows: pd.DataFrame, rng: np.random.Generator) -> Tables:
    """Return three fifths of the rows to learn from and two fifths to examine, at random."""
    order = rng.permutation(len(rows))
    cut = len(rows) * 3 // 5
    training, examined = (rows.iloc[order[part]].reset_index(drop=True) for part in (slice(cut), slice(cut, None)))
    return Tables(training, examined, tuple(c for c in rows if c != "label"))


WORLDS: dict[str, World] = {
    "orders": drawn("orders", 10_000),
    "digits, drawn": drawn("digits", 2_000),
    "payments": drawn("payments", 12_000),
    "digits, real": real("load_digits"),
    "breast cancer": real("load_breast_cancer"),
    "wine": real("load_wine"),
}
