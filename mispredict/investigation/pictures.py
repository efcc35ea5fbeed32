"""Cells that hold a picture, as a browser shows them without asking anybody."""

from __future__ import annotations

import base64
import re
from typing import Any

# An address is no picture: a browser would fetch it, and tell its host who looks at which row.
_EMBEDDED = re.compile(r"data:image/(?:png|jpeg|webp);base64,[A-Za-z0-9+/]+={0,2}")
_STARTS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))


def picture(cell: Any) -> str | None:
    r"""Return a cell that holds a PNG, JPEG or WebP as a data URI, None for any other; an address stays text.

    >>> picture(b"\x89PNG\r\n\x1a\n..."), picture("https://x/y.png"), picture("data:image/svg+xml;base64,PA==")
    ('data:image/png;base64,iVBORw0KGgouLi4=', None, None)
    """
    if isinstance(cell, str):
        return cell if _EMBEDDED.fullmatch(cell.strip()) else None
    kind = _kind(bytes(cell)) if isinstance(cell, (bytes, bytearray)) else None
    return f"data:image/{kind};base64,{base64.b64encode(cell).decode()}" if kind else None


def _kind(cell: bytes) -> str | None:
    if cell[:4] == b"RIFF" and cell[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _STARTS if cell.startswith(start)), None)
