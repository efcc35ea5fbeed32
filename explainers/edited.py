"""A row with some of its values put in anew: the "what if" of one prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from explainers.dtypes import UnfitColumn
from explainers.explanation import Unsupported
from explainers.subject import kind_of, subject_of

NAMED = 8  # columns that a refusal names
MISSING = (None, "")


def edited(model: Any, row: pd.DataFrame, changes: Mapping[str, Any]) -> pd.DataFrame:
    """Return a copy of the one-row frame with JSON scalars put in, each brought to its column's own dtype.

    None stands for a missing value. A category that the dtype doesn't know yet is added to it; a whole-number column
    that gets a fraction or a missing value becomes a column of floats, since nothing is rounded. Raises `Unsupported`
    for a column that the model doesn't read, `UnfitColumn` for a value that its column can't hold. Whether the model
    can take what is missing or unseen is said by the model when it scores the row.
    """
    _check(model, row, changes)
    fresh = {name: put(row[name], value) for name, value in changes.items()}
    return row.assign(**fresh)


def _check(model: Any, row: pd.DataFrame, changes: Mapping[str, Any]) -> None:
    if len(row) != 1:
        raise Unsupported(f"values are put into one row at a time, and {len(row)} were given; pass a frame of one row")
    subject = subject_of(model)
    for name in changes:
        if name not in subject.columns:
            raise Unsupported(
                f"{kind_of(subject)} doesn't read the column {name!r}, so that changing it changes nothing; "
                f"it reads {listed(subject.columns)}"
            )
        if name not in row.columns:
            raise UnfitColumn(name, "is absent from the row", "the row with all of its columns")


def put(column: pd.Series, value: Any) -> pd.Series:
    """Return the one-value column with another value, in the same dtype where that can hold it."""
    raise NotImplementedError


def listed(names: tuple[str, ...]) -> str:
    """Return the names for a sentence: the first few, and how many there are."""
    shown = ", ".join(repr(n) for n in names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED} more"
