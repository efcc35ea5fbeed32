"""Contributions for many rows: the space in which errors are alike or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from explainers import attribute
from explainers.embedding import embed
from explainers.explanation import Attribution
from mispredict.errors.residual_space import residual_contributions
from mispredict.investigation.desk import LAYER
from mispredict.investigation.opened import Opened
from mispredict.models.model import Model
from mispredict.scan.scored import Scored
from mispredict.tables import Table

RESIDUAL, SCORE = "residual", "score"  # spaces in which errors are clustered; any other is a layer's name
MAPPED = "the map lays out contributions to the score, so a cluster may lie in several places there"
BACKGROUND = 1_000  # more rows change LIME's and SHAP's answers by less than their own error


def attribute_rows(model: Model, scored: Scored, background: pd.DataFrame, *, seed: int) -> Attribution:
    """Return each row's contributions to what the model called it: the event's (binary), else the predicted class's."""
    rows = scored.rows[list(background.columns)]
    if len(scored.classes) == 2:
        return attribute(model.subject, rows, background, class_index=model.subject_index(1), seed=seed)
    predicted = scored.predicted
    parts = [
        attribute(model.subject, rows[predicted == c], background, class_index=model.subject_index(int(c)), seed=seed)
        for c in np.unique(predicted)
    ]
    values = pd.concat([p.values for p in parts]).reindex(scored.rows.index)
    notes = ("contributions are to the class that the model called each row",)
    return Attribution(values, float("nan"), parts[0].unit, parts[0].method, (*parts[0].notes, *notes))


def background_rows(
    columns: Sequence[str], sample: Callable[[], pd.DataFrame], training: Table | None, *, seed: int
) -> pd.DataFrame:
    """Return 1,000 ordinary rows: of the training table where there is one, else of the examined table's sample."""
    rng, columns = np.random.default_rng(seed), list(columns)
    if training is not None:
        return training.take(np.sort(rng.permutation(training.rows)[:BACKGROUND]), columns)
    rows = sample()
    return rows.iloc[np.sort(rng.permutation(len(rows))[:BACKGROUND])][columns]


def cluster_space(
    opened: Opened, errors: Scored, sample: Scored, placed: Attribution, *, by: str = RESIDUAL
) -> Attribution:
    """Return the space in which the errors are clustered, with notes that say which.

    Parameters
    ----------
    placed
        The errors' contributions to the score: the space itself where `by` is "score", or where nothing can be
        learned of the residual.
    by
        "residual", "score", or the name of a net's layer, whose activations make the space.
    """
    if by == SCORE or not len(errors):
        return placed
    if by != RESIDUAL:
        values = embed(opened.model.subject, errors.rows[list(opened.explained)], layer=by)
        return Attribution(pd.DataFrame(values, index=errors.rows.index), 0.0, "score", f"{LAYER}{by}")
    found = residual_contributions(errors, sample, exclude=opened.unruled, seed=opened.spec.seed)
    if isinstance(found, str):
        return replace(placed, notes=(*placed.notes, f"clustered by contributions to the score: {found}"))
    return replace(found, notes=(*found.notes, MAPPED))
