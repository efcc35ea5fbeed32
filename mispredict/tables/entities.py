"""Whose row each is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def entity_codes(rows: pd.DataFrame, entity: Sequence[str]) -> np.ndarray:
    """Return a number an entity, from 0 in the order of the rows, -1 where a part of it is missing; int64."""
    missing = rows[list(entity)].isna().any(axis=1).to_numpy()
    codes = np.full(len(rows), -1, dtype=np.int64)
    known = rows.loc[~missing, list(entity)]
    codes[~missing] = known.groupby(list(entity), sort=False, observed=True).ngroup().to_numpy(dtype=np.int64)
    return codes
