"""A browser, servers, and a page that fails its test when something breaks in it or asks another host."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import ladder
from tests.browser.server import DEMO, running

LOOPBACK = {"127.0.0.1", "localhost", ""}
NONE = "no browser was found and none could be fetched: the browser tests did not run"
_skipped: list[str] = []
expect.set_options(timeout=30_000)  # a busy machine; a page that is wrong is wrong after half a minute too

SETTLED = """() => { const app = document.querySelector('[data-testid="stApp"]')
  return app && app.dataset.testConnectionState === 'CONNECTED' && app.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-stale="true"],[data-testid="stSpinner"],[data-testid="stSkeleton"]') }"""


def settle(page: Page) -> None:
    """Wait until the page has drawn what it was asked for."""
    page.wait_for_function(SETTLED, timeout=60_000)
    assert page.get_by_test_id("stException").count() == 0


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            found = ladder.launched(playwright)
        except ladder.NoBrowser:
            if os.environ.get("CI", "").lower() == "true":
                pytest.fail(NONE)
            _skipped.append(NONE)
            pytest.skip(NONE)
        yield found
        found.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for words in _skipped:
        terminalreporter.section("BROWSER TESTS SKIPPED", red=True, bold=True)
        terminalreporter.write_line(words)


@pytest.fixture(scope="session")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of `mispredict demo`."""
    with running(*DEMO, home=tmp_path_factory.mktemp("demo"), cache=tmp_path_factory.mktemp("cache")) as address:
        yield address


@pytest.fixture(scope="session")
def synthetic(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the app over the synthetic desk."""
    script = Path(__file__).with_name("synthetic_server.py")
    with running(str(script), home=tmp_path_factory.mktemp("synthetic")) as address:
        yield address


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Return a function that opens a page in a browser of its own (no cookies, no session)."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened() -> Page:
        context = browser.new_context(
            viewport={"width": 1440, "height": 1000}, reduced_motion="reduce", locale="en-GB", timezone_id="UTC"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(f"error in the page: {error}"))
        page.on("request", lambda request: _judge(request.url, faults))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def _judge(url: str, faults: list[str]) -> None:
    if not url.startswith(("data:", "blob:", "about:")) and (urlsplit(url).hostname or "") not in LOOPBACK:
        faults.append(f"a request to another host: {url}")


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    return new_page()
