"""Pictures of every page, light and dark, wide and narrow: `python -m tests.browser.shots FOLDER [ADDRESS]`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import ladder
from tests.browser.conftest import settle
from tests.browser.server import DEMO, running

WORK = 300_000
VIEWS = {
    "overview": "/",
    "errors": "/errors",
    "errors-cluster": "/errors?inv={inv}&cluster=1&colour=cluster",
    "prediction": "/prediction",
    "prediction-lime": "/prediction?inv={inv}&method=lime",
    "obvious-set": "/obvious-set",
    "open": "/open",
}


def take(folder: Path, address: str, browser: Browser) -> Iterator[Path]:
    """Yield the picture of every page in every look, once it is written."""
    inv = ""
    for scheme in ("light", "dark"):
        for width in (1440, 1024):
            context = browser.new_context(
                viewport={"width": width, "height": 1000}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            for name, path in VIEWS.items():
                page.goto(address + path.format(inv=inv))
                _wait(page, name)
                inv = inv or str(page.evaluate("new URLSearchParams(location.search).get('inv')"))
                picture = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=picture, full_page=True)
                yield picture
            context.close()


def _wait(page: Page, name: str) -> None:
    if name not in ("open", "obvious-set"):
        page.locator(".st-key-metrics, .st-key-highlights, .map[data-points]").first.wait_for(timeout=WORK)
    settle(page)
    page.wait_for_timeout(1_500)  # charts grow into their place after the script has ended
    settle(page)


@contextmanager
def _address(given: list[str]) -> Iterator[str]:
    if given:
        yield given[0]
        return
    with tempfile.TemporaryDirectory() as home, running(*DEMO, home=Path(home)) as address:
        yield address


def main() -> None:
    """Take all pictures."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with _address(sys.argv[2:]) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=next(ladder.rungs()))
        for picture in take(folder, address, browser):
            sys.stdout.write(f"{picture}\n")
        browser.close()


if __name__ == "__main__":
    main()
