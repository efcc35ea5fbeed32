"""What is to be said whatever the method: unseen categories, columns without names, a model without probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from explainers.columns import Known
from explainers.explanation import Explanation
from explainers.scalars import scalar
from explainers.subject import Subject, kind_of


def unseen(subject: Subject, row: pd.Series) -> tuple[str, ...]:
    """Return a sentence for each category of the row (raw values by column) that the model did not learn."""
    return _unseen(known_categories(subject), row)


def known_categories(subject: Any) -> dict[str, Known]:
    """Return the categories that the model learned, by raw column; CatBoost keeps hashes of them and names none."""
    native = {str(c): Known(tuple(levels), "missing") for c, levels in getattr(subject, "levels", {}).items()}
    encoded = getattr(subject, "encoded", None) or ()
    sources = [source for column in encoded for source, _ in column.sources]
    return native | {s.raw: s.known for s in sources if s.known is not None and s.known.otherwise}


def caveats(subject: Any) -> tuple[str, ...]:
    """Return what is to be said of every explanation of this model."""
    notes = []
    if getattr(subject, "no_probabilities", ""):
        notes.append(f"{kind_of(subject)} answers no probabilities; its margin is explained")
    if _is_nameless(subject):
        notes.append("the model learned from an array without names; its columns are taken by their place")
    return tuple(notes)


def with_caveats(subject: Subject, rows: pd.DataFrame, explanations: list[Explanation]) -> list[Explanation]:
    """Return the explanations, one a row, with what is to be said of the model and of the row in their notes."""
    always, known = caveats(subject), known_categories(subject)
    if not known:
        return [replace(one, notes=(*one.notes, *always)) for one in explanations] if always else explanations
    chosen = rows[[c for c in known if c in rows.columns]]
    return [
        replace(one, notes=(*one.notes, *always, *_unseen(known, chosen.iloc[i]))) for i, one in enumerate(explanations)
    ]


def _unseen(known: Mapping[str, Known], row: pd.Series) -> tuple[str, ...]:
    values = {column: scalar(row[column]) for column in known if column in row.index}
    return tuple(
        f"{column} = {value!r} was not seen in training; the model takes it as {known[column].otherwise}"
        for column, value in values.items()
        if value is not None and value not in known[column].values
    )


def _is_nameless(subject: Any) -> bool:
    """Return True where the model stores no names of its own: numbered ones are what the library made up."""
    if hasattr(subject, "is_named"):
        return not subject.is_named
    booster: Any = getattr(subject, "booster", None)
    if hasattr(booster, "feature_name"):
        return all(name == f"Column_{i}" for i, name in enumerate(booster.feature_name()))
    return booster is not None and booster.feature_names is None
