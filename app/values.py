"""How a value of a column is put in: as a number, as one of those seen, or as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd

from mispredict.investigation.showing import plain

Kind = Literal["number", "choice", "text"]
EXACT = 2**53  # whole numbers from here on are not what a browser shows
MOST = 200  # choices in a list


def kind_of(cell: Any, dtype: str) -> Kind:
    """Return how a value is put in, by its column's dtype in the description and the row's own cell.

    >>> kind_of(3.5, "number"), kind_of(None, "number"), kind_of("x", "text"), kind_of("2024-05-31", "time")
    ('number', 'number', 'choice', 'text')
    """
    if dtype == "number" and (cell is None or _is_number(cell)):
        return "number"
    return "choice" if dtype in ("category", "text", "bool") else "text"


def _is_number(cell: Any) -> bool:
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return False
    return math.isfinite(cell) and abs(cell) < EXACT


def step_for(cell: Any) -> int | float:
    """Return a step of about a tenth of a number; whole numbers step by whole ones.

    >>> step_for(312.5), step_for(0.04), step_for(7), step_for(None), step_for(5200)
    (10.0, 0.001, 1, 1.0, 100)
    """
    if not _is_number(cell) or not cell:
        return 1 if isinstance(cell, int) else 1.0
    tenth = 10.0 ** (math.floor(math.log10(abs(cell))) - 1)
    return max(int(tenth), 1) if isinstance(cell, int) else tenth


def seen(rows: pd.DataFrame, column: str, *, first: Sequence[Any]) -> list[Any]:
    """Return `first` and then the values that occur in the rows, as JSON scalars, the commonest first."""
    cells = rows[column].dropna().value_counts().index[:MOST] if column in rows else ()
    found = [cell for cell in (*first, *map(plain, cells)) if cell is not None]
    return list({(type(cell), cell): cell for cell in found}.values())
