"""Invariants that need all rows at once: unique values, columns that decide another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from mispredict.invariants.cells import Judged
from mispredict.invariants.invariant import Invariant


def unique(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows whose value, of all columns together, stood in a row before; a missing value is not judged."""
    held = rows[list(invariant.columns)].notna().all(axis=1).to_numpy()
    again = np.zeros(len(rows), dtype=bool)
    again[held] = rows.loc[held, list(invariant.columns)].duplicated().to_numpy()
    return held, again


def decided(invariant: Invariant, rows: pd.DataFrame) -> Judged:
    """Return rows whose value is not the one that most rows with the same deciding values have."""
    by, column = invariant.settings["by"], invariant.settings["decided"]
    held = rows[[*by, column]].notna().all(axis=1).to_numpy()
    known = rows.loc[held, [*by, column]]
    if not len(known):
        return held, np.zeros(len(rows), dtype=bool)
    group = known.groupby(by, sort=False, observed=True).ngroup().to_numpy()
    value, _ = pd.factorize(known[column])
    broken = np.zeros(len(rows), dtype=bool)
    broken[held] = value != most_frequent(group, value)[group]
    return held, broken


WHOLE: dict[str, Callable[[Invariant, pd.DataFrame], Judged]] = {"unique": unique, "decides": decided}


def most_frequent(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Return each group's most frequent value, the first met of equally frequent ones."""
    counts = pd.DataFrame({"group": group, "value": value}).value_counts(sort=False).reset_index(name="rows")
    first = counts.sort_values(["group", "rows", "value"], ascending=[True, False, True], kind="stable")
    top = first.drop_duplicates("group").sort_values("group")
    return np.asarray(top["value"].to_numpy())
