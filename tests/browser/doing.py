"""What a person does with a mouse on the app's canvases."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

HEADER, ROW = 28, 28  # pixels of a table's header and of one of its rows


def part(page: Page, key: str, inner: str = "") -> Locator:
    """Return a keyed part of the page, or an element inside it; while a run draws it anew the old one stands below."""
    return page.locator(f".st-key-{key} {inner}".strip()).first


def heading(page: Page) -> Locator:
    """Return the sentence that the page answers with."""
    return part(page, "headline", "h3")


def click_row(page: Page, key: str, place: int) -> None:
    """Click a row of a table, counted from 0."""
    table = page.locator(f"[class*='st-key-{key}'] canvas").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    x, y = box["x"] + 30, box["y"] + HEADER + 8 + ROW * (place + 0.5)
    page.mouse.move(x + 40, y + 10)
    page.mouse.move(x, y, steps=5)
    page.wait_for_timeout(150)  # the table draws what the mouse is over before it takes a click there, as for a hand
    page.mouse.click(x, y, delay=50)


def the_map(page: Page) -> Locator:
    """Return the map once it holds points."""
    page.locator(".map[data-points]").wait_for()
    return page.locator(".map .over")


def lasso(page: Page, corners: list[tuple[float, float]]) -> None:
    """Draw around a part of the map; corners in fractions of its width and height."""
    box = the_map(page).bounding_box()
    assert box is not None
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for x, y in spots[1:]:
        page.mouse.move(x, y, steps=6)
    page.mouse.up()
