from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.guard import Guard
from app.serve import settings


def test_the_shipped_settings_are_closed_and_quiet() -> None:
    said = settings({})
    assert said["server.address"] == "127.0.0.1"
    assert said["browser.gatherUsageStats"] is False
    assert said["client.showErrorDetails"] == "none"
    assert said["server.allowedHosts"] == ["localhost", "127.0.0.1"]
    assert said["theme.light.chartCategoricalColors"][:2] == ["#0072B2", "#D55E00"]


def test_the_environment_comes_first() -> None:
    said = settings({"STREAMLIT_SERVER_PORT": "8777", "STREAMLIT_SERVER_HEADLESS": "true", "PATH": "/"})
    assert said["server.port"] == 8777
    assert said["server.headless"] is True


def test_opened_to_others_no_host_is_refused() -> None:
    assert "server.allowedHosts" not in settings({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"})
    own = settings({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "STREAMLIT_SERVER_ALLOWED_HOSTS": "a.example, b.example"})
    assert own["server.allowedHosts"] == ["a.example", "b.example"]


def asked(path: str) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Guard(app)({"type": "http", "path": path}, None, send))
    return sent


def test_every_answer_forbids_framing_and_foreign_images() -> None:
    headers = dict(asked("/")[0]["headers"])
    assert headers[b"x-frame-options"] == b"DENY"
    assert b"img-src 'self'" in headers[b"content-security-policy"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact"])
def test_what_is_no_visitors_business_is_closed(path: str) -> None:
    assert asked(path)[0]["status"] == 403
