"""What may stand beside a key of `invariants.yaml`: names, numbers, bounds, lengths of time."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

from mispredict.invariants.lines import Place


def needed(given: dict[str, Place], key: str, place: Place) -> Place:
    """Return what stands under a key, or refuse the entry at `place`."""
    if key in given:
        return given[key]
    raise place.refused(f"{key} is not said", needed=f"{key}: ...", do=f"add {key}")


def text(place: Place) -> str:
    """Return a name."""
    if isinstance(place.value, str) and place.value.strip():
        return place.value
    raise place.refused(f"{place.shown} stands there", needed="a name or text", do="put it in quotes if it is one")


def texts(place: Place) -> tuple[str, ...]:
    """Return names: a list of them, or one."""
    if not isinstance(place.value, list):
        return (text(place),)
    if not place.value:
        raise place.refused("an empty list", needed="at least one name", do="name it")
    return tuple(text(one) for one in place.value)


def is_number(value: Any) -> bool:
    """Return whether a value is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def number(place: Place) -> float:
    """Return a number."""
    if is_number(place.value):
        return float(place.value)
    raise place.refused(f"{place.shown} stands there", needed="a number", do="correct it")


def part(place: Place) -> float:
    """Return a part of the rows."""
    found = number(place)
    if 0 <= found < 1:
        return found
    raise place.refused(f"{place.shown} stands there", needed="a part, from 0 to below 1", do="write 0.01 for 1 %")


def truth(place: Place) -> None:
    """Refuse anything but true: a rule that is switched off is one that is not there."""
    if place.value is not True:
        raise place.refused(f"{place.shown} stands there", needed="true", do="write true, or take the key out")


def bound(place: Place) -> Any:
    """Return a bound: a number, or a moment as ISO text."""
    if is_number(place.value):
        return place.value
    if isinstance(place.value, str) or hasattr(place.value, "isoformat"):
        try:
            return pd.Timestamp(place.value).isoformat(sep=" ")
        except (ValueError, TypeError):
            pass
    raise place.refused(f"{place.shown} stands there", needed="a number or a time", do="correct the bound")


def pattern(place: Place) -> str:
    """Return a regular expression."""
    found = text(place)
    try:
        re.compile(found)
    except re.error as fault:
        words = f"the pattern {place.shown} ({fault})"
        raise place.refused(words, needed="a regular expression", do="correct it") from fault
    return found


def span(place: Place) -> float:
    """Return a length of time in seconds: "2 days", "36 h", or a number of days."""
    value = f"{place.value} days" if is_number(place.value) else place.value
    try:
        seconds = float(pd.Timedelta(value).total_seconds())
    except (ValueError, TypeError):
        seconds = math.nan
    if seconds > 0:
        return seconds
    raise place.refused(f"{place.shown} stands there", needed="a length of time, such as 2 days", do="correct it")


def shown(value: Any) -> str:
    """Return a value as sentences have it."""
    return repr(value) if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def named(columns: tuple[str, ...], between: str = ", ") -> str:
    """Return columns as sentences have them."""
    return between.join(f"`{one}`" for one in columns)
