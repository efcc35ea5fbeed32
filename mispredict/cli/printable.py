"""Text as a terminal may have it: what a table or a model file contains moves no cursor and hides no line."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Return text on one line, with control and direction characters written out.

    >>> printable("a" + chr(10) + "b")
    'a\\nb'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
