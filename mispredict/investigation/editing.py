"""What if: a row with some values changed, scored and explained again."""

from __future__ import annotations

import dataclasses

import pandas as pd

from explainers.edited import edited
from explainers.explanation import Explanation
from mispredict.investigation.explaining import explain_row
from mispredict.investigation.questions import Edited, WhatIf, Why
from mispredict.models.labels import places_of
from mispredict.models.model import Model
from mispredict.scan.scored import Scored


def edit(
    model: Model, found: Scored, background: pd.DataFrame, question: WhatIf, *, before: Explanation, seed: int
) -> Edited:
    """Return the model's answer to the changed row beside the one it gave; raises what `edited` refuses."""
    changes = dict(question.changes)
    changed = dataclasses.replace(found, rows=edited(model.subject, found.rows, changes))
    again = Why(question.row, question.of, method=question.method, class_=str(before.class_))
    after = explain_row(model, changed, background, again, seed=seed)
    probabilities = model.predict_proba(changed.rows)
    answered = dataclasses.replace(found, probabilities=probabilities, classes=model.classes, threshold=model.threshold)
    predicted = model.classes[int(answered.predicted[0])]
    truth = found.classes[int(found.truth[0])]
    return Edited(
        changes=changes,
        before=before,
        after=after,
        probabilities={str(c): float(p) for c, p in zip(model.classes, probabilities[0], strict=True)},
        predicted=predicted,
        is_error=places_of([truth], [predicted])[0] < 0,
    )
