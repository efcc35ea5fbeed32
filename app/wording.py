"""Numbers, shares, moments and values as the pages print them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from app.text import md

VERDICTS = {
    "systemic": (":material/error:", "Something is broken"),
    "minor": (":material/info:", "A small part of the errors hangs together"),
    "random-looking": (":material/check_circle:", "The errors look random"),
    "cannot tell": (":material/help:", "There is too little to tell"),
}
FAMILIES = {
    "trees": "trees",
    "linear": "linear model",
    "neural": "neural network",
    "other": "model",
    "scores": "stored scores",
    "endpoint": "endpoint",
}


def count(number: float) -> str:
    """Return a whole number with its thousands apart.

    >>> count(30000)
    '30,000'
    """
    return f"{number:,.0f}"


def counted(number: float, noun: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "row"), counted(1200, "row"), counted(0, "class", "classes")
    ('1 row', '1,200 rows', '0 classes')
    """
    return f"{count(number)} {noun if number == 1 else plural or noun + 's'}"


def share(part: float) -> str:
    """Return a share of one as a percentage that never rounds something to nothing.

    >>> share(0.0412), share(0.0004), share(0.0), share(0.99991)
    ('4.1 %', '<0.1 %', '0.0 %', '>99.9 %')
    """
    if 0 < part < 0.001:
        return "<0.1 %"
    return ">99.9 %" if 0.9995 <= part < 1 else f"{part * 100:.1f} %"


def chance(p: float) -> str:
    """Return a probability that never rounds to certainty.

    >>> chance(0.9312), chance(0.99999), chance(0.0001)
    ('0.931', '>0.999', '<0.001')
    """
    if 0 < p < 0.001:
        return "<0.001"
    return ">0.999" if 0.9995 <= p < 1 else f"{p:.3f}"


def close_chance(p: float) -> str:
    """Return a probability so that it can be compared: however near to certainty, not an end of its range.

    >>> close_chance(0.9312), close_chance(0.0000312), close_chance(0.9999688), close_chance(0.0)
    ('0.931', '3e-05', '1 − 3e-05', '0.000')
    """
    if 0 < p < 0.001:
        return f"{p:.1g}"
    return f"1 − {1 - p:.1g}" if 0.9995 <= p < 1 else f"{p:.3f}"


def p_value(p: float, floor: float = 0.0) -> str:
    """Return how a p-value is said; one at the floor of its simulation can be any smaller one.

    >>> p_value(0.00002), p_value(0.031), p_value(0.01, floor=0.01)
    ('p < 0.001', 'p = 0.031', 'p ≤ 0.010')
    """
    if p < 0.001:
        return "p < 0.001"
    return f"p ≤ {floor:.3f}" if p <= floor else f"p = {p:.3f}"


def times(factor: float) -> str:
    """Return how many times as often.

    >>> times(15.46), times(1.0)
    ('15.5 times', '1.0 times')
    """
    return f"{factor:.1f} times"


def optional(figure: float | None, digits: int = 3) -> str:
    """Return a figure, or a dash where it is not defined."""
    return "–" if figure is None or not math.isfinite(figure) else f"{figure:.{digits}f}"


def signed(number: float, digits: int = 3) -> str:
    """Return a number with its sign, with a true minus.

    >>> signed(0.25), signed(-1.5, 1)
    ('+0.250', '−1.5')
    """
    return f"{number:+.{digits}f}".replace("-", "−")


def digits_for(numbers: Iterable[float]) -> int:
    """Return how many decimals tell numbers apart: three figures of the longest one.

    >>> digits_for([0.0155, -0.002]), digits_for([-5.0]), digits_for([])
    (4, 2, 3)
    """
    longest = max((abs(number) for number in numbers), default=0.0)
    return 3 if longest == 0.0 else min(max(2 - math.floor(math.log10(longest)), 1), 7)


def value(cell: Any) -> str:
    """Return a table's value as text; a missing one says so.

    >>> value(12.0), value(None), value(0.123456789), value("x"), value(1234567)
    ('12', 'missing', '0.123457', 'x', '1234567')
    """
    if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):
        return "missing"
    if isinstance(cell, (bytes, bytearray)):
        return f"{count(len(cell))} bytes"
    return f"{cell:.6g}" if isinstance(cell, float) and abs(cell) < 1e6 else str(cell)


def seconds(spent: float) -> str:
    """Return a duration.

    >>> seconds(4.2), seconds(75)
    ('4 s', '1 min 15 s')
    """
    whole = int(spent)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def moment(when: str | datetime, now: datetime | None = None) -> str:
    """Return a moment in UTC with how long ago it was."""
    at = when if isinstance(when, datetime) else datetime.fromisoformat(when)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return f"{at:%Y-%m-%d %H:%M} UTC ({_ago(((now or datetime.now(UTC)) - at).total_seconds())})"


def _ago(spent: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if spent >= size:
            return f"{int(spent // size)} {unit} ago"
    return "just now"


def digest(sha256: str) -> str:
    """Return enough of a digest to tell two files apart."""
    return sha256[:8] or "–"


def sentence(text: str) -> str:
    r"""Return a note as a sentence, literal for Markdown.

    >>> print(sentence("clustered 12 errors"))
    Clustered 12 errors\.
    """
    whole = text.strip().rstrip(".")
    return md(f"{whole[:1].upper()}{whole[1:]}.")


def number(figure: float, digits: int = 3) -> str:
    """Return a number with a true minus.

    >>> number(-4.5761)
    '−4.576'
    """
    return f"{figure:.{digits}f}".replace("-", "−")


def listed(names: list[str], limit: int = 4) -> str:
    """Return names in a row, the rest as a number.

    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def said(failure: Any) -> str:
    """Return a refusal's three parts as Markdown."""
    return f"**Found:** {md(failure.found)}.  \n**Needed:** {md(failure.needed)}.  \n**To do:** {md(failure.do)}."
