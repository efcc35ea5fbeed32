from __future__ import annotations

from typing import Any

import pytest

from app.sharing import files_are_taken, takes_files

OWN = ["localhost", "127.0.0.1"]


@pytest.mark.parametrize(
    ("address", "hosts", "said", "expected"),
    [
        ("127.0.0.1", OWN, "", True),
        ("localhost", [], "", True),
        ("::1", [], "", True),
        ("0.0.0.0", [], "", False),
        ("192.0.2.7", OWN, "", False),
        ("", [], "", False),
        (None, [], "", False),
        ("unix:///run/app.sock", [], "", False),
        ("127.0.0.1", ["mispredict.example"], "", False),  # behind a proxy
        ("0.0.0.0", [], "on", True),
        ("0.0.0.0", [], " ON ", True),
        ("0.0.0.0", [], "yes?", False),
        ("127.0.0.1", OWN, "off", False),
    ],
)
def test_files_are_taken_on_ones_own_computer_or_by_the_operators_word(
    address: str | None, hosts: list[str], said: str, expected: object
) -> None:
    settings: dict[str, Any] = {"server.address": address, "server.allowedHosts": hosts}
    assert takes_files(settings, {"MISPREDICT_UPLOAD": said}) is expected


def test_the_running_server_is_asked_for_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MISPREDICT_UPLOAD", raising=False)
    said: dict[str, Any] = {"server.address": "127.0.0.1", "server.allowedHosts": OWN}
    monkeypatch.setattr("streamlit.get_option", said.get)
    assert files_are_taken()
    said["server.address"] = "0.0.0.0"
    assert not files_are_taken()
