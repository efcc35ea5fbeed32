from __future__ import annotations

from typing import Any

import pytest

from app.guard import CLOSED, UPLOADS, Guard
from app.serve import run, settings
from tests.awaiting import awaited


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


def test_an_empty_address_is_open_to_others_too() -> None:
    assert "server.allowedHosts" not in settings({"STREAMLIT_SERVER_ADDRESS": ""})


def asked(path: str, closed: tuple[str, ...] = CLOSED) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    awaited(Guard(app, closed)({"type": "http", "path": path}, None, send))
    return sent


def test_every_answer_forbids_framing_and_foreign_images() -> None:
    headers = dict(asked("/")[0]["headers"])
    assert headers[b"x-frame-options"] == b"DENY"
    assert b"img-src 'self'" in headers[b"content-security-policy"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact", "/base/path/_stcore/metrics"])
def test_what_is_no_visitors_business_is_closed(path: str) -> None:
    assert asked(path)[0]["status"] == 403


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a-session/a-file", "/base/_stcore/upload_file/a/b"])
def test_the_way_of_uploads_is_closed_where_they_are_off(path: str) -> None:
    assert asked(path)[0]["status"] == 200
    assert asked(path, (*CLOSED, UPLOADS))[0]["status"] == 403


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({}, 200),
        ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, 403),
        ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "MISPREDICT_UPLOAD": "on"}, 200),
        ({"MISPREDICT_UPLOAD": "off"}, 403),
    ],
)
def test_a_server_closes_the_way_of_uploads_by_who_can_reach_it(
    environment: dict[str, str], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    made: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.App", lambda *_, **given: made.update(given) or made_app)
    made_app = type("App", (), {"run": lambda _, config: made.update(config=config)})()
    run([], store="obvious.db")
    (guard,) = made["middleware"]
    assert asked("/_stcore/upload_file/a/b", guard.kwargs["closed"])[0]["status"] == status
