"""What is declared of entities and of whole tables: `entities:`, `means:`, `fresh:`."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mispredict.invariants.declared import declared, entries
from mispredict.invariants.invariant import Invariant, Kind
from mispredict.invariants.lines import Place
from mispredict.invariants.values import named, needed, number, span, text, texts

_ALONG: dict[str, tuple[Kind, str]] = {
    "never_falls": ("never_falls", "never falls"),
    "never_rises": ("never_rises", "never rises"),
    "constant": ("constant", "is constant"),
}
NOW = "now"


def of_entities(place: Place) -> Iterator[Invariant]:
    """Return what holds for each entity: `- {entity: customer_id, by: event_time, never_falls: account_age}`.

    Without `entity` and `by` they are the investigation's.
    """
    for one, given in entries(place, ("entity", "by", *_ALONG)):
        said = [key for key in _ALONG if key in given]
        if len(said) != 1:
            found = f"{' and '.join(said) or 'nothing'} stands there"
            raise one.refused(found, needed=f"one of {', '.join(_ALONG)}", do="keep one")
        (kind, verb), column = _ALONG[said[0]], text(given[said[0]])
        entity = texts(given["entity"]) if "entity" in given else ()
        by = text(given["by"]) if "by" in given else ""
        words = f"`{column}` {verb} for one {named(entity, ' and ') or 'entity'}{f' by `{by}`' if by else ''}"
        yield declared(kind, (column,), words, {"entity": list(entity), "by": by}, given=given, place=one)


def of_means(place: Place) -> Iterator[Invariant]:
    """Return means that stay in a band: `- {column: ratio, from: 0.95, to: 1.05}`."""
    for one, given in entries(place, ("column", "from", "to")):
        column = text(needed(given, "column", one))
        low = number(given["from"]) if "from" in given else -math.inf
        high = number(given["to"]) if "to" in given else math.inf
        if not low < high or (math.isinf(low) and math.isinf(high)):
            found = f"the band from {low:g} to {high:g}"
            raise one.refused(found, needed="from below to, or one of them", do="correct from and to")
        words = f"the mean of `{column}` is {_band(low, high)}"
        yield declared("mean", (column,), words, {"low": low, "high": high}, given=given, place=one)


def _band(low: float, high: float) -> str:
    if math.isinf(low):
        return f"at most {high:g}"
    return f"at least {low:g}" if math.isinf(high) else f"from {low:g} to {high:g}"


def of_fresh(place: Place) -> Iterator[Invariant]:
    """Return values that are young enough: `- {column: balance_at, within: 2 days, of: event_time}`.

    Without `of` the newest value is held to the moment of the check.
    """
    for one, given in entries(place, ("column", "within", "of")):
        column, within = text(needed(given, "column", one)), needed(given, "within", one)
        of = text(given["of"]) if "of" in given else NOW
        settings = {"seconds": span(within), "of": of}
        words = f"`{column}` is at most {within.value} before `{of}`"
        if of == NOW:
            words = f"the newest `{column}` is at most {within.value} old"
        about = (column,) if of == NOW else (column, of)
        yield declared("fresh", about, words, settings, given=given, place=one)
