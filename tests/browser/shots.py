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
HEIGHT = 1000
VIEWS = {
    "overview": "/",
    "errors": "/errors",
    "errors-cluster": "/errors?inv={inv}&cluster=1&colour=cluster",
    "suspects": "/suspects",
    "online": "/online",
    "invariants": "/invariants",
    "prediction": "/prediction",
    "prediction-lime": "/prediction?inv={inv}&method=lime",
    **{
        f"prediction-{look}": f"/prediction?inv={{inv}}&look={look}"
        for look in ("trees", "loss", "agreement", "taught", "what-if", "alike")
    },
    "obvious-set": "/obvious-set",
    "open": "/open",
}


def take(folder: Path, address: str, browser: Browser) -> Iterator[Path]:
    """Yield the picture of every page in every look, once it is written."""
    inv = ""
    for scheme in ("light", "dark"):
        for width in (1440, 1024):
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, reduced_motion="reduce"
            )
            page = context.new_page()
            for name, path in VIEWS.items():
                look(page, address + path.format(inv=inv), name)
                inv = inv or investigation_of(page)
                whole(page, width)
                picture = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=picture)
                yield picture
                page.set_viewport_size({"width": width, "height": HEIGHT})
            context.close()


def look(page: Page, address: str, name: str) -> None:
    """Open a page and wait until all of it is drawn."""
    page.goto(address)
    if name in ("online", "invariants"):
        page.locator(".st-key-headline").wait_for(timeout=WORK)
    if name not in ("open", "obvious-set"):
        page.locator(".st-key-headline, .st-key-highlights, .map[data-points]").first.wait_for(timeout=WORK)
    if name == "suspects":
        page.locator(".st-key-finding").wait_for(timeout=WORK)
        page.locator(".st-key-search").wait_for(state="hidden", timeout=WORK)
    settle(page)
    page.wait_for_timeout(1_500)  # charts grow into their place after the script has ended
    settle(page)


def investigation_of(page: Page) -> str:
    """Return the name of the investigation in the address."""
    return str(page.evaluate("new URLSearchParams(location.search).get('inv')"))


def whole(page: Page, width: int) -> None:
    """Make the window as high as the page, which scrolls inside of it."""
    high = int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
    page.set_viewport_size({"width": width, "height": max(high, HEIGHT)})
    page.wait_for_timeout(500)


@contextmanager
def serving(given: list[str]) -> Iterator[str]:
    """Yield the address that was given, else that of a demo of our own."""
    if given:
        yield given[0]
        return
    with tempfile.TemporaryDirectory() as home, running(*DEMO, home=Path(home)) as address:
        yield address


def main() -> None:
    """Take all pictures."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with serving(sys.argv[2:]) as address, sync_playwright() as playwright:
        browser = ladder.launched(playwright)
        for picture in take(folder, address, browser):
            sys.stdout.write(f"{picture}\n")
        browser.close()


if __name__ == "__main__":
    main()
