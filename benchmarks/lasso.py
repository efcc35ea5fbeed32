"""From the end of a lasso over 50,000 points to its answer on the page."""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.doing import lasso, the_map
from tests.browser.ladder import launched
from tests.browser.server import running

if TYPE_CHECKING:
    from playwright.sync_api import Page

Row = tuple[str, float, str, str]
CORNERS = [(0.02, 0.1), (0.5, 0.1), (0.5, 0.97), (0.02, 0.97)]  # half of the map
SERVER = Path(__file__).parents[1] / "tests" / "browser" / "synthetic_server.py"


def time_lasso(rounds: int) -> list[Row]:
    """Return the median time from the release of the mouse to the count of what was selected."""
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as home,
        running(str(SERVER), home=Path(home)) as address,
        sync_playwright() as playwright,
    ):
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(f"{address}/errors?inv=synthetic")
        times = [_once(page) for _ in range(rounds + 1)][1:]  # the first also loads what the page needs
        browser.close()
    return [("lasso over 50,000 points: release to answer", statistics.median(times), "s", "at most 0.8")]


def _once(page: Page) -> float:
    the_map(page)
    lasso(page, CORNERS)
    released = time.perf_counter()
    page.get_by_text(re.compile(r"Lasso: [\d,]+ errors")).first.wait_for()
    spent = time.perf_counter() - released
    page.keyboard.press("Escape")
    page.get_by_text(re.compile(r"Lasso: [\d,]+ errors")).first.wait_for(state="detached")
    return spent
