"""The values that a tab tries in place of a row's own; gone once another row is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import session

Changes = dict[str, Any]  # column -> JSON scalar, None for missing


def edits(name: str, row: str) -> Changes:
    """Return what is tried on a row of an investigation."""
    held = session.noted("edits") or {}
    return dict(held["changes"]) if held.get("of") == (name, row) else {}


def try_values(name: str, row: str, changes: Mapping[str, Any]) -> None:
    """Try these values and no others (a callback)."""
    session.note("edits", {"of": (name, row), "changes": dict(changes)})


def put(name: str, row: str, column: str, *, own: Any, value: Any) -> None:
    """Try a value of one column beside the others that are tried; the row's own is no change."""
    changes = edits(name, row) | {column: value}
    if is_same(value, own):
        del changes[column]
    try_values(name, row, changes)


def is_same(value: Any, own: Any) -> bool:
    """Return True for equal values of a kind; 1 and 1.0 are equal, 1 and True are not.

    >>> is_same(1, 1.0), is_same(1, True), is_same(None, None), is_same("", None)
    (True, False, True, False)
    """
    return value == own and isinstance(value, bool) == isinstance(own, bool)


def pairs(changes: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return changes as a question carries them, in one order."""
    return tuple(sorted(changes.items(), key=lambda change: change[0]))
