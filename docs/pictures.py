"""The README's pictures, taken from the demo: `python -m docs.pictures [ADDRESS]`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import ladder
from tests.browser.shots import HEIGHT, investigation_of, look, serving

FOLDER = Path(__file__).parent / "pictures"
VIEWS = {
    "overview": "/",
    "errors": "/errors?inv={inv}&slice=1",
    "prediction": "/prediction?inv={inv}&slice=1",
}
COLOURS = 256  # of a palette: a third of the bytes


def take(page: Page, address: str) -> None:
    """Write the picture of every view."""
    inv = ""
    for name, path in VIEWS.items():
        look(page, address + path.format(inv=inv), name)
        inv = inv or investigation_of(page)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


def main() -> None:
    """Take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with serving(sys.argv[1:]) as address, sync_playwright() as playwright:
        browser = ladder.launched(playwright)
        take(browser.new_page(viewport={"width": 1440, "height": HEIGHT}, color_scheme="light"), address)
        browser.close()


if __name__ == "__main__":
    main()
