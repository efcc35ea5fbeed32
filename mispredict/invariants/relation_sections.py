"""What is declared of columns beside each other: `order:`, `sums:`, `dependences:`."""

from __future__ import annotations

from collections.abc import Iterator

from mispredict.invariants.declared import declared, entries
from mispredict.invariants.invariant import Invariant
from mispredict.invariants.lines import Place
from mispredict.invariants.values import is_number, named, needed, number, shown, text, texts

_ORDERS = {
    "not_before": (">=", "not before"),
    "not_after": ("<=", "not after"),
    "at_least": (">=", "at least"),
    "at_most": ("<=", "at most"),
    "above": (">", "above"),
    "below": ("<", "below"),
    "equals": ("=", "equal to"),
}
NEAR = 1e-6  # relative: sums of floats


def of_order(place: Place) -> Iterator[Invariant]:
    """Return how columns stand to one another: `- {column: labelled_at, not_before: event_time}`."""
    for one, given in entries(place, ("column", *_ORDERS)):
        column, said = text(needed(given, "column", one)), [key for key in _ORDERS if key in given]
        if len(said) != 1:
            found = f"{' and '.join(said) or 'no relation'} stands there"
            raise one.refused(found, needed=f"one of {', '.join(_ORDERS)}", do="keep one")
        other, (sign, words) = text(given[said[0]]), _ORDERS[said[0]]
        about = (column, other)
        yield declared("order", about, f"`{column}` is {words} `{other}`", {"sign": sign}, given=given, place=one)


def of_sums(place: Place) -> Iterator[Invariant]:
    """Return columns that add up: `- {columns: [net, tax], equals: gross, within: 0.01}`."""
    for one, given in entries(place, ("columns", "equals", "within")):
        columns, total = texts(needed(given, "columns", one)), needed(given, "equals", one)
        is_column = isinstance(total.value, str)
        if not is_column and not is_number(total.value):
            raise total.refused(f"equals is {total.shown}", needed="a column or a number", do="correct it")
        within = number(given["within"]) if "within" in given else 0.0
        equal = f"`{total.value}`" if is_column else shown(total.value)
        words = f"{named(columns, ' + ')} = {equal}{f' within {within:g}' if within else ''}"
        about = (*columns, total.value) if is_column else columns
        settings = {"parts": list(columns), "total": total.value, "within": within}
        yield declared("sum", about, words, settings, given=given, place=one)


def of_dependences(place: Place) -> Iterator[Invariant]:
    """Return columns that decide another: `- {columns: [zip], decide: city}`."""
    for one, given in entries(place, ("columns", "decide")):
        columns, other = texts(needed(given, "columns", one)), text(needed(given, "decide", one))
        words = f"{named(columns)} {'decides' if len(columns) == 1 else 'decide'} `{other}`"
        settings = {"by": list(columns), "decided": other}
        yield declared("decides", (other, *columns), words, settings, given=given, place=one)
