"""How names and values are written in a rule, so that the rule can be read back."""

from __future__ import annotations

import re
from typing import Any

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "between", "like"})
_BARE = re.compile(r"[^\W\d]\w*(\.\w+)*")  # letters of any script, digits, underscores, dots inside
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
MEANINGS = {"\\": "\\", "'": "'", '"': '"', "`": "`", "n": "\n", "r": "\r", "t": "\t"}


def name_source(name: str) -> str:
    """Return a column's name as a rule has it: bare where that can be read, else in backticks.

    >>> print(name_source("amount"), name_source("net amount"), name_source("not"))
    amount `net amount` `not`
    """
    return name if _BARE.fullmatch(name) and name.casefold() not in KEYWORDS else _quoted(name, "`")


def value_source(value: Any) -> str:
    r"""Return a value as a rule has it: numbers of few digits where those tell it exactly, all else as text in quotes.

    >>> print(value_source(312.5), value_source(True), value_source("it's"))
    312.5 'True' 'it\'s'
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _quoted(str(value), "'")
    if isinstance(value, int):
        return str(value)
    return f"{value:g}" if abs(value) < 1e15 and float(f"{value:g}") == value else repr(float(value))


def is_bare(text: str) -> bool:
    """Return whether the text can stand in a rule without quotes."""
    return _BARE.fullmatch(text) is not None


def _quoted(text: str, quote: str) -> str:
    return f"{quote}{''.join(_escaped(sign, quote) for sign in text)}{quote}"


def _escaped(sign: str, quote: str) -> str:
    if sign == quote:
        return f"\\{sign}"
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    # What nobody can see is written out: a rule is shown to people, and copied.
    return sign if sign.isprintable() else f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
