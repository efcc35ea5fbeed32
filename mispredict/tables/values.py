"""The different values of one column, as for a list of classes to pick from."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mispredict.tables.plain import is_nested
from mispredict.tables.table import Table

LONGEST = 200  # characters; text beyond this is no class's name


def values_of(table: Table, column: str, *, most: int, report: Callable[[float], None]) -> list[Any]:
    """Return the column's different values without the missing ones, in the order they come.

    None are returned when there are more than `most`, when one is a long text, and for lists and structs. `report` is
    given the share of rows that were read.
    """
    if is_nested(table.schema.field(column).type):
        return []
    found: dict[Any, None] = {}
    read = 0
    for batch in table.batches([column]):
        found |= dict.fromkeys(filter(_is_there, batch.column(0).unique().to_pylist()))
        if len(found) > most or any(isinstance(value, str) and len(value) > LONGEST for value in found):
            return []
        read += batch.num_rows
        report(read / table.rows)
    return list(found)


def _is_there(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))
