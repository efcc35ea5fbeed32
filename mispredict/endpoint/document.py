"""An answer's bytes as JSON; whatever else came is told apart."""

from __future__ import annotations

import json
from typing import Any

from mispredict.bad_input import ModelRefused
from mispredict.endpoint.connection import Reply
from mispredict.endpoint.statuses import is_html


def document_of(reply: Reply, who: str) -> Any:
    """Return the parsed answer. NaN and Infinity, which JSON has not and services write, are read as numbers."""
    encoding = reply.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise _refused(f"{who} answers in the encoding {encoding[:20]!r}", "have the service answer uncompressed")
    if is_html(reply):
        raise _refused(f"{who} answers an HTML page", "correct the url: a login or another site answers there")
    try:
        return json.loads(reply.content)
    except (ValueError, RecursionError):
        start = reply.content[:60].decode("utf-8", "replace")
        raise _refused(f"{who} answers {start!r}, which is no JSON", "correct url and protocol") from None


def _refused(found: str, do: str) -> ModelRefused:
    return ModelRefused(found, needed="probabilities as JSON", do=do)
