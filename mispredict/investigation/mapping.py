"""The errors laid out in two dimensions by how alike their explanations are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from explainers.projection import project
from mispredict.investigation.desk import ErrorMap
from mispredict.investigation.showing import shown_probability
from mispredict.scan.scored import Scored

RIGHT_SHOWN = 2_000  # right rows on the map, so that errors are seen among their neighbours


def right_rows(sample: Scored) -> Scored:
    """Return right rows of the uniform sample, at most 2,000."""
    right = np.flatnonzero(~sample.is_error)[:RIGHT_SHOWN]
    return sample.take(right)


def draw_map(shown: Scored, values: pd.DataFrame, cluster: np.ndarray, *, rows: int, seed: int) -> ErrorMap:
    """Return the map of scored rows; `values` are their contributions, `rows` the size of the whole table."""
    place = project(np.nan_to_num(values.to_numpy(dtype=np.float64), posinf=0.0, neginf=0.0), seed=seed)
    names = np.array([str(c) for c in shown.classes], dtype=object)
    points = pd.DataFrame(
        {
            "id": shown.ids,
            "x": place[:, 0],
            "y": place[:, 1],
            "error": shown.is_error,
            "cluster": cluster,
            "truth": names[shown.truth],
            "predicted": names[shown.predicted],
            "probability": shown_probability(shown),
            "surprise": shown.surprise,
        }
    )
    return ErrorMap(points, _notes(shown, rows, seed))


def _notes(shown: Scored, rows: int, seed: int) -> tuple[str, ...]:
    errors = int(shown.is_error.sum())
    return (
        f"{len(shown):,} of {rows:,} rows drawn: {errors:,} errors and {len(shown) - errors:,} right rows",
        f"UMAP of the contributions, seed {seed}; distances between far groups mean little",
    )
