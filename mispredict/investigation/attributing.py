"""Contributions for many rows: the space in which errors are alike or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from explainers import attribute
from explainers.explanation import Attribution
from mispredict.models.model import Model
from mispredict.scan.scored import Scored
from mispredict.tables import Table

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
