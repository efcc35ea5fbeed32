"""What is declared of single columns: `columns:` and `unique:`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mispredict.invariants.declared import OPTIONS, declared
from mispredict.invariants.invariant import Invariant
from mispredict.invariants.lines import Place, known
from mispredict.invariants.values import bound, named, part, pattern, shown, texts, truth

_BOUNDS = {"above": "above", "at_least": "at least", "below": "below", "at_most": "at most"}
_RULES = (*_BOUNDS, "positive", "one_of", "matches", "missing", "unique")
_LISTED = 8  # levels in a sentence


def of_columns(place: Place) -> Iterator[Invariant]:
    """Return what holds of columns: `amount: {above: 0, missing: never}`, or a list of such."""
    for column, said in place.mapping("columns, each with its rules").items():
        for one in said.value if isinstance(said.value, list) else [said]:
            given = one.mapping("rules, such as {above: 0, missing: never}")
            known(given, (*_RULES, *OPTIONS))
            if not set(given) & set(_RULES):
                raise one.refused(f"nothing is said of {column!r}", needed=f"one of {', '.join(_RULES)}", do="add it")
            yield from _of_column(column, given, one)


def of_keys(place: Place) -> Iterator[Invariant]:
    """Return columns that are unique together: `- [customer_id, event_time]`."""
    for one in place.items("a list of lists of columns"):
        columns = texts(one)
        words = f"{named(columns)} are unique together" if len(columns) > 1 else f"{named(columns)} is unique"
        yield declared("unique", columns, words, {}, given={}, place=one)


def _of_column(column: str, given: dict[str, Place], place: Place) -> Iterator[Invariant]:
    name, about = f"`{column}`", (column,)
    bounds = _bounds(given, place)
    if bounds:
        words = " and ".join(f"{_BOUNDS[key]} {shown(value)}" for key, value in bounds.items())
        yield declared("range", about, f"{name} is {words}", {"bounds": bounds}, given=given, place=place)
    if "one_of" in given:
        levels = [one.plain for one in given["one_of"].items("a list of values")]
        words = f"{name} is one of {_levels(levels, given['one_of'])}"
        yield declared("one_of", about, words, {"levels": levels}, given=given, place=given["one_of"])
    if "matches" in given:
        found = pattern(given["matches"])
        words = f"{name} matches {found}"
        yield declared("pattern", about, words, {"pattern": found}, given=given, place=given["matches"])
    if "missing" in given:
        yield _missing(column, given, given["missing"])
    if "unique" in given:
        truth(given["unique"])
        yield declared("unique", about, f"{name} is unique", {}, given=given, place=given["unique"])


def _bounds(given: dict[str, Place], place: Place) -> dict[str, Any]:
    bounds = {key: bound(given[key]) for key in _BOUNDS if key in given}
    if "positive" in given:
        truth(given["positive"])
        bounds.setdefault("above", 0)
    if len({isinstance(value, str) for value in bounds.values()}) > 1:
        raise place.refused("a number and a time bound one column", needed="bounds of one kind", do="correct them")
    low, high = (_only(bounds, pair, place) for pair in (("above", "at_least"), ("below", "at_most")))
    if low is not None and high is not None and low > high:
        found = f"the range from {shown(low)} to {shown(high)}"
        raise place.refused(found, needed="a lower bound that is below the upper one", do="swap them")
    return bounds


def _only(bounds: dict[str, Any], pair: tuple[str, str], place: Place) -> Any:
    """Return the one bound of a pair that is given, None where none is."""
    if all(key in bounds for key in pair):
        raise place.refused(f"{' and '.join(pair)} both stand there", needed="one of them", do="drop the other")
    return next((bounds[key] for key in pair if key in bounds), None)


def _levels(levels: list[Any], place: Place) -> str:
    if not levels or any(isinstance(one, list | dict) or one is None for one in levels):
        raise place.refused(f"{place.shown} stands there", needed="a list of values", do="list what it may hold")
    rest = f" or {len(levels) - _LISTED} more" if len(levels) > _LISTED else ""
    return ", ".join(shown(one) for one in levels[:_LISTED]) + rest


def _missing(column: str, given: dict[str, Place], place: Place) -> Invariant:
    if place.value == "never":
        return declared("not_missing", (column,), f"`{column}` is never missing", {}, given=given, place=place)
    rule = place.mapping("never, or {at_most: 0.02}")
    known(rule, ("at_most",))
    if "at_most" not in rule:
        raise place.refused("missing says nothing", needed="never, or {at_most: 0.02}", do="correct it")
    most = part(rule["at_most"])
    words = f"`{column}` is missing in at most {100 * most:g} % of the rows"
    return declared("missing_share", (column,), words, {"most": most}, given=given, place=place)
