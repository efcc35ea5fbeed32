"""A case with other words. Its row, what must hold and where it came from stay: another claim is another case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mispredict.bad_input import StoreRefused
from mispredict.obvious.case import Case

WORDS = ("reason", "severity", "incident", "owner", "expires", "tags")
MAY_BE_EMPTY = ("incident", "owner", "expires")


def edited(case: Case | None, said: Mapping[str, Any]) -> Case:
    """Return the case with what was said (None: left as it is; an empty text: no longer there)."""
    if case is None:
        raise StoreRefused("a case that was retired", needed="a case of the set", do="undo that first")
    new = {name: said[name] for name in WORDS if said.get(name) is not None}
    return replace(case, **{name: _none_if_empty(name, value) for name, value in new.items()})


def _none_if_empty(name: str, value: Any) -> Any:
    return None if name in MAY_BE_EMPTY and value == "" else value
