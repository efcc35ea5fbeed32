"""What was computed once from a fitted model, kept for as long as the model lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, TypeVar, cast

Made = TypeVar("Made")


class Shelf:
    """Results by model and key; a model that was fitted again in place has other parts, and is asked anew."""

    def __init__(self) -> None:
        self._kept: dict[int, dict[Any, tuple[tuple[Any, ...], Any]]] = {}

    def get(self, owner: Any, key: Any, make: Callable[[], Made]) -> Made:
        """Return what `make` answered for this model and key, calling it only when it must."""
        shelf = self._of(owner)
        parts = _parts(owner)
        before = shelf.get(key)
        if before is None or not _are_same(before[0], parts):
            before = shelf[key] = (parts, make())
        return cast("Made", before[1])

    def _of(self, owner: Any) -> dict[Any, tuple[tuple[Any, ...], Any]]:
        if id(owner) not in self._kept:
            weakref.finalize(owner, self._kept.pop, id(owner), None)
        return self._kept.setdefault(id(owner), {})


def _parts(owner: Any) -> tuple[Any, ...]:
    """Return what a second `fit` or `update` replaces: a booster's number of trees, else the object's attributes."""
    if hasattr(owner, "num_trees"):
        return owner.num_trees(), getattr(owner, "_handle", None)  # a model that is read into it has a new one
    if hasattr(owner, "num_boosted_rounds"):
        return (owner.num_boosted_rounds(),)
    return tuple(vars(owner).values())


def _are_same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    pairs = zip(before, now, strict=False)
    return len(before) == len(now) and all(a is b or (isinstance(a, int) and a == b) for a, b in pairs)
