"""Text from tables, models and people, made literal for widgets that render Markdown."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^&\"'=])")
# Renderers turn bare addresses into links after escapes are resolved; an invisible joiner inside stops that.
_ADDRESS = re.compile(r"(?i)(?<=http)(?=s?:)|(?<=https)(?=:)|(?<=www)(?=\.)|(?=@)")
_JOINER = "\u2060"


def md(text: object) -> str:
    r"""Return text that a Markdown renderer shows exactly as given, on one line.

    >>> print(md("**bold** :red[x]"))
    \*\*bold\*\* \:red\[x\]
    """
    flat = " ".join(str(text).split())
    return _MARKS.sub(r"\\\1", _ADDRESS.sub(_JOINER, flat))


def plain(text: object, *, limit: int = 60) -> str:
    """Return text for a chart's labels, which read a few HTML tags: those are made literal, long text is cut."""
    flat = " ".join(str(text).split())
    cut = flat if len(flat) <= limit else flat[: limit - 1] + "…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code_free(text: object, *, limit: int = 200) -> str:
    """Return text cut to a length that a sentence can carry."""
    flat = " ".join(str(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
