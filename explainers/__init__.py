"""Why this prediction? Pure functions over a fitted estimator and a DataFrame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from explainers.attribute import attribute
from explainers.caveats import unseen, with_caveats
from explainers.explainer import Explainer, Question
from explainers.explanation import Attribution, Explanation, Unsupported
from explainers.refusing import check_class, check_served
from explainers.shapley import Shapley
from explainers.subject import Subject, onnx_subject, subject_of
from explainers.surrogate import Surrogate
from explainers.walk import Walk
from explainers.weights import Eli5, Linear

__all__ = [
    "EXPLAINERS",
    "Attribution",
    "Explainer",
    "Explanation",
    "Question",
    "Subject",
    "Unsupported",
    "attribute",
    "explain",
    "onnx_subject",
    "subject_of",
    "unseen",
]

EXPLAINERS: dict[str, Explainer] = {
    "walk": Walk(),
    "shap": Shapley(),
    "lime": Surrogate(),
    "linear": Linear(),
    "eli5": Eli5(),
}


def explain(
    model: Any, rows: pd.DataFrame, background: pd.DataFrame, *, method: str, **question: Any
) -> list[Explanation]:
    """Return one explanation a row by the method of that name; `Unsupported` says why it can't serve.

    `question` are the fields of `Question`: class_index (1), seed (0), unit and reference (the method's own).

    >>> import pandas as pd
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> rows = pd.DataFrame({"amount": [1.0, 2.0, 8.0, 9.0], "age": [3.0, 1.0, 2.0, 4.0]})
    >>> model = DecisionTreeClassifier(random_state=0).fit(rows, [0, 0, 1, 1])
    >>> found = explain(model, rows.iloc[[3]], rows, method="walk")[0]
    >>> found.base, found.values, found.score
    (0.5, {'amount': 0.5, 'age': 0.0}, 1.0)
    """
    if method not in EXPLAINERS:
        raise Unsupported(f"there is no method {method!r}; the methods are {', '.join(EXPLAINERS)}")
    asked, subject = Question(**question), subject_of(model)
    check_class(subject, asked.class_index)
    if not len(rows):  # libraries refuse to be asked for none
        check_served(EXPLAINERS[method], subject)
        return []
    return with_caveats(subject, rows, EXPLAINERS[method].explain(subject, rows, background, asked))
