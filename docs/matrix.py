"""Which method serves which model, as the tables of docs/explaining.md: `python -m docs.matrix`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from explainers import EXPLAINERS

WIDTH = 4  # models a table: a page is no wider
END = re.compile(r"; |: | \(| where ")  # where the reason ends and what to do begins
GIVEN = re.compile(r"^the walk follows trees, and |^eli5 can't explain .*$")  # what the table says already


def cell(method: str, model: Any, serves: str) -> str:
    """Return "no: " and the reason in short where the method refuses the model, else what it `serves`."""
    why = EXPLAINERS[method].refusal(model)
    if why is None:
        return serves
    short = GIVEN.sub("", END.split(why)[0])
    return f"no: {short.replace(' has none', ' has no trees') or 'not one that eli5 reads'}"


def served(method: str, model: Any) -> str:
    """Return "sampled" where a method that serves the model has to draw rows for it, else "yes"."""
    return "sampled" if method == "lime" or (method == "shap" and not _has_exact_shap(model)) else "yes"


def tables(models: Mapping[str, Callable[[], Any]]) -> str:
    """Return the matrix as Markdown tables, rows = methods, columns = models."""
    names = list(models)
    parts = [names[i : i + WIDTH] for i in range(0, len(names), WIDTH)]
    return "\n".join(_table(part, {name: models[name]() for name in part}) for part in parts)


def _table(names: list[str], models: Mapping[str, Any]) -> str:
    head = f"| method | {' | '.join(names)} |\n| --- |{' --- |' * len(names)}\n"
    rows = [
        f"| {method} | {' | '.join(cell(method, models[n], served(method, models[n])) for n in names)} |\n"
        for method in EXPLAINERS
    ]
    return head + "".join(rows)


def _has_exact_shap(model: Any) -> bool:
    """Return True where the booster, its trees or its coefficients give SHAP values without drawing rows."""
    from explainers.boosters import has_contributions
    from explainers.opened import opened
    from explainers.subject import subject_of

    subject = subject_of(model)
    if has_contributions(subject) or EXPLAINERS["linear"].refusal(model) is None:
        return True
    return EXPLAINERS["walk"].refusal(model) is None and not opened(subject).is_mixed


def main() -> None:
    """Print the tables for the models of the tests."""
    from tests.explainers.zoo import MODELS
    from tests.explainers.zoo_wrapped import WRAPPED

    sys.stdout.write(tables({**MODELS, **WRAPPED}))


if __name__ == "__main__":
    main()
