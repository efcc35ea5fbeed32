"""JSON objects as columns: nested ones opened, each column in the narrowest type that loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

Keys = tuple[str, ...]  # the keys that lead to a value
_EXACT = 2**53  # beyond it float64 can't tell whole numbers apart
_INT64 = range(-(2**63), 2**63)


def columns_of(rows: list[dict[str, Any]]) -> dict[Keys, pa.Array]:
    """Return every value by the keys that lead to it, null where a row has none."""
    return {path: _array(values) for path, values in _leaves(rows, ())}


def names_of(paths: Iterable[Keys]) -> dict[Keys, str]:
    """Return each column's name: its last key where no other column has that one, else all keys with dots.

    >>> names_of([("id",), ("features", "age"), ("context", "id")])
    {('id',): 'id', ('features', 'age'): 'age', ('context', 'id'): 'context.id'}
    """
    every = list(paths)
    last = [path[-1] for path in every]
    return {path: path[-1] if len(path) == 1 or last.count(path[-1]) == 1 else ".".join(path) for path in every}


def common_type(types: Iterable[pa.DataType]) -> pa.DataType:
    """Return the type that holds the values of all: of numbers float64, text where nothing else does."""
    kinds = list(dict.fromkeys(kind for kind in types if not pa.types.is_null(kind)))
    if len(kinds) <= 1:
        return kinds[0] if kinds else pa.null()
    if all(_is_number(kind) for kind in kinds):
        return pa.float64()
    stamps = [kind for kind in kinds if pa.types.is_timestamp(kind)]
    if len(stamps) == len(kinds) and len({kind.tz is None for kind in stamps}) == 1:
        return pa.timestamp("us", stamps[0].tz)
    return pa.string()


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _leaves(rows: list[dict[str, Any]], path: Keys) -> Iterator[tuple[Keys, list[Any]]]:
    for key in dict.fromkeys(key for row in rows for key in row):
        values = [row.get(key) for row in rows]
        inner = [value if isinstance(value, dict) else {} for value in values]
        if any(inner):
            yield from _leaves(inner, (*path, key))
            values = [None if isinstance(value, dict) else value for value in values]
            if all(value is None for value in values):
                continue
        yield (*path, key), values


def _array(values: list[Any]) -> pa.Array:
    kinds = {type(value) for value in values} - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds <= {int, float}:
        return _numbers(values, float in kinds)
    return pa.array([_text(value) for value in values], pa.string())


def _numbers(values: list[Any], has_fractions: bool) -> pa.Array:  # noqa: FBT001 - a fact about the values
    whole = [value for value in values if isinstance(value, int)]
    largest = max(map(abs, whole), default=0)
    if not has_fractions and largest in _INT64:
        return pa.array(values, pa.int64())
    if largest <= _EXACT:
        return pa.array(values, pa.float64())
    return pa.array([_text(value) for value in values], pa.string())  # as text, no digit is lost


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
