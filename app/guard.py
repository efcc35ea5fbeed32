"""Headers for every answer of the server, and a door in front of what a visitor has no business with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

CLOSED = ("/_stcore/metrics", "/_stcore/agent")
UPLOADS = "/_stcore/upload_file"  # Streamlit takes files here before anybody asked for one
POLICY = b"frame-ancestors 'none'; object-src 'none'; base-uri 'self'; img-src 'self' data: blob:"
HEADERS = (
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", POLICY),
)


class Guard:
    """Pure ASGI middleware; nobody gets to the paths that hold one of `closed`."""

    def __init__(self, app: Any, closed: Sequence[str] = CLOSED) -> None:
        self._app = app
        self._closed = tuple(closed)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif any(part in scope["path"] for part in self._closed):  # anywhere: the server may have a base path
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"not served"})
        else:
            await self._app(scope, receive, _with_headers(send))


def _with_headers(send: Any) -> Any:
    async def sent(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *HEADERS]
        await send(message)

    return sent
