"""From `mispredict demo` to a page that answers."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

Row = tuple[str, float, str, str]
PATIENCE = 60.0  # seconds


def time_demo(rounds: int) -> list[Row]:
    """Return the median times from process start to what a browser shows, from an empty cache of computed steps."""
    times = [_once() for _ in range(rounds + 1)][1:]  # the first start also fills the disk's cache
    page, verdict = (statistics.median(column) for column in zip(*times, strict=True))
    return [
        ("demo: process start to a page that answers", page, "s", "at most 4"),
        ("demo: process start to the verdict on the page", verdict, "s", ""),
    ]


def _once() -> tuple[float, float]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as cache:
        environment = {
            **os.environ,
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_SERVER_PORT": str(port),
            "MISPREDICT_CACHE": cache,
        }
        begin = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-m", "mispredict", "demo"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            _wait(f"http://127.0.0.1:{port}/_stcore/health")
            page, verdict = _shown(f"http://127.0.0.1:{port}/")
            return page - begin, verdict - begin
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer in {PATIENCE:.0f} s")


def _shown(url: str) -> tuple[float, float]:
    """Return when a browser showed the page's navigation, and when the verdict."""
    from playwright.sync_api import sync_playwright

    from tests.browser.ladder import launched

    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page()
        page.goto(url)
        page.get_by_role("link", name="Obvious set").first.wait_for(timeout=PATIENCE * 1000)
        answers = time.perf_counter()
        page.get_by_text("predictions are wrong").first.wait_for(timeout=PATIENCE * 1000)
        verdict = time.perf_counter()
        browser.close()
    return answers, verdict
