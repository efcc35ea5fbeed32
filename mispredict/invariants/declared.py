"""One invariant as it is declared, with the options that all have: where, allow, tables, because."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mispredict.invariants.invariant import SIDES, Invariant, Kind, Side
from mispredict.invariants.lines import Place, known
from mispredict.invariants.values import part, text, texts

OPTIONS = ("where", "allow", "tables", "because")


def entries(place: Place, keys: tuple[str, ...]) -> Iterator[tuple[Place, dict[str, Place]]]:
    """Yield each entry of a list with what it says; refuses a key that is not known."""
    for one in place.items("a list"):
        given = one.mapping(f"{{{keys[0]}: ...}}")
        known(given, (*keys, *OPTIONS))
        yield one, given


def declared(
    kind: Kind, columns: tuple[str, ...], words: str, settings: dict[str, Any], *, given: dict[str, Place], place: Place
) -> Invariant:
    """Return the invariant; `given` may hold options, `place` is where it stands."""
    return Invariant(
        kind=kind,
        columns=tuple(dict.fromkeys(columns)),
        words=words,
        settings=settings,
        where=text(given["where"]) if "where" in given else "",
        allow=part(given["allow"]) if "allow" in given else 0.0,
        sides=_sides(given["tables"]) if "tables" in given else SIDES,
        because=text(given["because"]) if "because" in given else "",
        line=place.line,
    )


def _sides(place: Place) -> tuple[Side, ...]:
    found = texts(place)
    if any(one not in SIDES for one in found):
        raise place.refused(f"tables is {place.shown}", needed=f"some of {', '.join(SIDES)}", do="correct it")
    return tuple(one for one in SIDES if one in found)
