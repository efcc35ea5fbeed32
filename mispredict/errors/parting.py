"""A column's values parted into conditions that hold for every row once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mispredict.errors.columns import Binned
from mispredict.errors.findings import Condition

Conditions = tuple[Condition, ...]


def parted(
    column: Binned, bins: Iterable[int], path: Conditions, values: pd.Series
) -> list[tuple[Conditions, Conditions]]:
    """Return a split's sides: the conditions of each side alone, and together with those of the `path` before it.

    The sides are the chosen bins, all other known values, and the missing ones where `values` hold any.
    """
    chosen = np.zeros(column.bins + 1, dtype=bool)
    chosen[list(bins)] = True
    if column.is_numeric:
        others = ~chosen
        others[-1] = False
        sides = [column.conditions(chosen), column.conditions(others)]
    else:
        sides = [column.conditions(chosen), without(column, chosen)]
    if values.isna().any():
        sides.append((Condition(column.name, "is missing", None),))
    return [(side, narrowed(path, side)) for side in sides]


def without(column: Binned, chosen: np.ndarray) -> Conditions:
    """Return the conditions for every category but the chosen ones; rare ones are among them, missing ones not."""
    others = ~chosen
    others[-1] = False
    has_rare = not column.has_missing and bool((column.codes == column.bins).any())
    if not has_rare and 0 < others.sum() < chosen.sum():
        return column.conditions(others)
    said = column.conditions(chosen)[0]
    values = said.value if said.op == "in" else [said.value]
    return tuple(Condition(column.name, "!=", value) for value in values)


def narrowed(path: Sequence[Condition], side: Conditions) -> Conditions:
    """Return both together, without what the later conditions on the same column make needless."""
    kept = [one for one in path if not any(_covers(later, one) for later in side)]
    lists = {one.column: one for one in kept if one.op == "in"}
    shut = [one for one in side if one.op == "!=" and one.column in lists]
    if not shut:
        return (*kept, *side)
    held = lists[shut[0].column]
    left = [value for value in held.value if str(value) not in {str(one.value) for one in shut}]
    rest = _one_of(held.column, left)
    return (*(one for one in kept if one is not held), *([rest] if rest else shut), *(s for s in side if s not in shut))


def _one_of(column: str, values: list[Any]) -> Condition | None:
    if not values:
        return None
    return Condition(column, "=", values[0]) if len(values) == 1 else Condition(column, "in", values)


def _covers(later: Condition, one: Condition) -> bool:
    """Return whether the later condition, chosen within the rows of the first, says all that the first does."""
    return later.column == one.column and (later.op in ("=", "in") or (later.op == one.op and later.op in ("<=", ">")))
