"""The most typical rows of a group: central ones that are not each other's twins."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST = 5
COMPARED = 800  # rows of a group whose distances to all others of them are taken; spread evenly
TWINS = 0.25  # of the median distance: nearer ones show the same


def typical_rows(points: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
    """Return the places of up to 5 medoids of `points` (rows, dimensions), the most central first.

    Rows that lie next to one that was taken, or that equal it in every column, are left out; points that all lie in
    one place are told apart by their columns alone.
    """
    places = np.linspace(0, len(points) - 1, min(len(points), COMPARED)).astype(np.int64)
    apart = np.sqrt(((points[places][:, None] - points[places][None]) ** 2).sum(axis=2))
    twins = TWINS * float(np.median(apart))
    kinds = [tuple(map(str, row)) for row in rows.iloc[places].itertuples(index=False)]
    taken: list[int] = []
    for place in np.argsort(apart.mean(axis=1), kind="stable").tolist():
        if len(taken) == MOST:
            break
        if not any(apart[place, one] < twins or kinds[place] == kinds[one] for one in taken):
            taken.append(place)
    found: np.ndarray = places[taken]
    return found
