"""JSON values as cells of a CSV file that a spreadsheet neither runs nor changes in meaning, and back."""

from __future__ import annotations

import json
import re
from typing import Any

# What a spreadsheet takes for a formula (OWASP), and what this form means something else by.
ESCAPED = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "'", "[", "{", " ")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False}


def encode(value: Any) -> str:
    """Return a JSON value as a cell: nothing for null; text that could be taken for more gets an apostrophe in front.

    >>> [encode(v) for v in (None, "", "=cmd", "007", 7, -0.5, True, "true", ["a"])]
    ['', "'", "'=cmd", '007', '7', '-0.5', 'true', "'true", '["a"]']
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value, allow_nan=False)
    return f"'{value}" if _is_taken_for_more(value) else value


def decode(cell: str) -> Any:
    """Return the JSON value of a cell; raises ValueError for a list or an object that is broken.

    >>> [decode(c) for c in ("", "'", "'=cmd", "007", "7", "-0.5", "true", "'true", '["a"]')]
    [None, '', '=cmd', '007', 7, -0.5, True, 'true', ['a']]
    """
    if cell == "":
        return None
    if cell.startswith("'"):
        return cell[1:]
    if cell in _WORDS:
        return _WORDS[cell]
    if cell.startswith(("[", "{")) or _NUMBER.fullmatch(cell):
        return json.loads(cell)
    return cell


def _is_taken_for_more(text: str) -> bool:
    return text == "" or text.startswith(ESCAPED) or text in _WORDS or _NUMBER.fullmatch(text) is not None
