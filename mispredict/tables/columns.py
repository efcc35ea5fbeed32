"""Column names that a table may have, and the nearest to one that it has not."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence

from mispredict.bad_input import TableRefused

# Wider tables are refused: every column costs a reader, a block and a line in the app even where no model reads it.
MAX_COLUMNS = 20_000
_SHOWN = 5  # names in a message; the rest are counted


def check_names(names: Sequence[str], where: str) -> None:
    """Refuse blank names, names that stand twice, and more columns than can be worked with."""
    if len(names) > MAX_COLUMNS:
        raise TableRefused(
            f"{where} has {len(names):,} columns",
            needed=f"at most {MAX_COLUMNS:,}",
            do="write the columns that matter to a new file",
        )
    _no_blanks(names, where)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise TableRefused(
            f"{where} has the column name {listed(twice)} more than once",
            needed="a name of its own for every column",
            do="rename or drop the second one",
        )


def _no_blanks(names: Sequence[str], where: str) -> None:
    blank = [str(place) for place, name in enumerate(names, start=1) if not name.strip()]
    if blank:
        raise TableRefused(
            f"{where} has no name for column {', '.join(blank[:_SHOWN])} of {len(names)}",
            needed="a name for every column",
            do="name the column in the header, or drop it (an extra delimiter at the end of the header makes one)",
        )


def listed(names: Iterable[str]) -> str:
    """Return names in quotes for a message, the first few and the count of the rest."""
    every = list(names)
    shown = ", ".join(repr(shortened(name, 60)) for name in every[:_SHOWN])
    return shown if len(every) <= _SHOWN else f"{shown} and {len(every) - _SHOWN:,} more"


def nearest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the name that is most like the wanted one, None when nothing is."""
    known = list(names)
    folded = {name.casefold(): name for name in known}
    like = difflib.get_close_matches(wanted.casefold(), folded, n=1, cutoff=0.5)
    return folded[like[0]] if like else None


def hint(wanted: str, names: Iterable[str]) -> str:
    """Return " (nearest: 'x')", or nothing where no name is near."""
    found = nearest(wanted, names)
    return f" (nearest: {found!r})" if found is not None else ""


def shortened(value: object, limit: int = 40) -> str:
    """Return the value as text that is short enough for a message."""
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
