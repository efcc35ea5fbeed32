"""The errors laid out in two dimensions by how alike their explanations are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from explainers.projection import NAMES, Layout, drawn, project
from mispredict.investigation.desk import ErrorMap
from mispredict.investigation.showing import shown_probability
from mispredict.scan.scored import Scored

RIGHT_SHOWN = 2_000  # right rows on the map, so that errors are seen among their neighbours


def right_rows(sample: Scored) -> Scored:
    """Return right rows of the uniform sample, at most 2,000."""
    right = np.flatnonzero(~sample.is_error)[:RIGHT_SHOWN]
    return sample.take(right)


@dataclass(frozen=True)
class Drawing:
    """How a map is drawn, and of how large a table."""

    space: str
    layout: Layout
    rows: int
    seed: int


def step_of_map(space: str, layout: Layout) -> str:
    """Return the name under which a map is kept; a space's own name may hold what no file's name can."""
    digest = hashlib.sha256(space.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"error_map-{layout}-{digest}"


def draw_map(shown: Scored, places: np.ndarray, cluster: np.ndarray, drawing: Drawing) -> ErrorMap:
    """Return the map of scored rows, whose `places` (rows, dimensions) lie in the drawing's space."""
    chosen = drawn(len(shown), layout=drawing.layout, seed=drawing.seed)
    shown, places, cluster = shown.take(chosen), places[chosen], cluster[chosen]
    place = project(places, layout=drawing.layout, seed=drawing.seed)
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
    return ErrorMap(points, _notes(shown, drawing))


def _notes(shown: Scored, drawing: Drawing) -> tuple[str, ...]:
    errors = int(shown.is_error.sum())
    return (
        f"{len(shown):,} of {drawing.rows:,} rows drawn: {errors:,} errors and {len(shown) - errors:,} right rows",
        f"{NAMES[drawing.layout]} of the {drawing.space}, seed {drawing.seed}: near means alike there; "
        "distances between far groups mean little",
    )
