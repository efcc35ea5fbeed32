"""A server that other computers can reach takes no files from a browser until its operator says so."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.doing import part
from tests.browser.server import running


def refused(address: str) -> bytes:
    """Return why the server does not take an upload; nobody here has a token for one."""
    asked = urllib.request.Request(f"{address}/_stcore/upload_file/a/b", method="PUT", data=b"x")
    with pytest.raises(urllib.error.HTTPError, match="403") as answer:
        urllib.request.urlopen(asked, timeout=20)
    return bytes(answer.value.read())


def test_it_shows_no_upload_and_says_how_there_would_be_one(
    new_page: Callable[[], Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    monkeypatch.delenv("MISPREDICT_UPLOAD", raising=False)
    with running("-m", "app.serve", home=tmp_path) as address:
        page = new_page()
        page.goto(f"{address}/open")
        expect(page.get_by_text("MISPREDICT_UPLOAD=on")).to_be_visible()
        settle(page)
        expect(part(page, "open-demo")).to_be_visible()
        assert page.locator("input[type=file], .st-key-open-path").count() == 0
        assert refused(address) == b"not served"


def test_with_the_operators_word_it_does(
    new_page: Callable[[], Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    monkeypatch.setenv("MISPREDICT_UPLOAD", "on")
    with running("-m", "app.serve", home=tmp_path) as address:
        page = new_page()
        page.goto(f"{address}/open")
        expect(part(page, "open-path")).to_be_visible()
        settle(page)
        assert page.locator("input[type=file]").count() == 2
        assert b"XSRF" in refused(address)
