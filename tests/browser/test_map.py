"""The canvas in a real browser, with 50,000 points and hostile names."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.doing import click_row, heading, lasso, part, the_map

HALF = [(0.02, 0.1), (0.5, 0.1), (0.5, 0.97), (0.02, 0.97)]


@pytest.fixture
def errors(page: Page, synthetic: str) -> Page:
    page.goto(f"{synthetic}/errors?inv=synthetic")
    the_map(page)
    settle(page)
    return page


def drawn(page: Page) -> str:
    return str(page.locator(".map .points").evaluate("canvas => canvas.toDataURL()"))


def test_every_point_is_drawn(errors: Page) -> None:
    expect(errors.locator(".map")).to_have_attribute("data-points", "50000")
    inked = errors.locator(".map .points").evaluate(
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n }"
    )
    assert inked > 10_000


def test_a_lasso_over_fifty_thousand_points_is_answered(errors: Page) -> None:
    lasso(errors, HALF)
    expect(part(errors, "headline")).to_contain_text(re.compile(r"Lasso: [\d,]+ errors"))
    expect(errors.locator(".map")).not_to_have_attribute("data-selected", "0")
    assert "lasso=" in errors.url


def test_escape_clears_the_lasso(errors: Page) -> None:
    lasso(errors, HALF)
    expect(part(errors, "about")).to_be_visible()
    errors.keyboard.press("Escape")
    expect(errors.locator(".st-key-about")).to_have_count(0)
    expect(errors).not_to_have_url(re.compile("lasso="))


def test_a_lasso_is_restored_from_its_address(errors: Page, new_page: object) -> None:
    lasso(errors, HALF)
    said = heading(errors)
    expect(said).to_contain_text("Lasso:")
    words = said.inner_text()
    other: Page = new_page()  # type: ignore[operator]
    other.goto(errors.url)
    expect(heading(other)).to_have_text(words)


def test_a_click_on_a_point_leads_to_its_prediction(errors: Page) -> None:
    box = the_map(errors).bounding_box()
    assert box is not None
    errors.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    for step in range(40):
        errors.mouse.move(box["x"] + box["width"] * (0.1 + 0.01 * step), box["y"] + box["height"] * 0.5)
        if errors.locator(".map .tip").is_visible():
            break
    row = errors.locator(".map .tip").inner_text().split(" · ")[0]
    errors.mouse.down()
    errors.mouse.up()
    expect(errors.get_by_role("heading", name=re.compile(rf"Row {row} was called"))).to_be_visible()
    assert f"row={row}" in errors.url


def test_the_wheel_zooms_and_show_all_goes_back(errors: Page) -> None:
    spot = the_map(errors).bounding_box()
    assert spot is not None
    before = drawn(errors)
    errors.mouse.move(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    errors.mouse.wheel(0, -600)
    errors.wait_for_timeout(200)
    assert drawn(errors) != before
    errors.get_by_role("button", name="Show all").click()
    assert drawn(errors) == before


def test_back_from_a_prediction_stays_on_the_errors(errors: Page) -> None:
    errors.get_by_role("radio", name="Worst rows").click()
    click_row(errors, "worst", 2)
    expect(errors.get_by_role("heading", name=re.compile("was called"))).to_be_visible()
    settle(errors)
    errors.go_back()
    expect(errors.get_by_role("heading", name=re.compile("rows are wrong"))).to_be_visible()
    settle(errors)
    assert "/errors" in errors.url


def test_keys_walk_the_ranking_but_not_while_typing(page: Page, synthetic: str) -> None:
    page.goto(f"{synthetic}/prediction?inv=synthetic")
    expect(page.get_by_text("1 of ", exact=False).first).to_be_visible()
    settle(page)
    page.keyboard.press("j")
    expect(page.get_by_text(re.compile(r"^2 of [\d,]+ errors"))).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_text(re.compile(r"^1 of [\d,]+ errors"))).to_be_visible()
    page.get_by_placeholder("Go to a row by its id").click()
    page.keyboard.type("jjj")
    settle(page)
    expect(page.get_by_text(re.compile(r"^1 of [\d,]+ errors"))).to_be_visible()


def test_hostile_names_stay_text(page: Page, synthetic: str) -> None:
    page.goto(f"{synthetic}/?inv=synthetic")
    expect(page.get_by_text("Synthetic *orders*", exact=False).first).to_be_visible()
    settle(page)
    assert page.locator("a[href*='evil']").count() == 0
    assert page.locator("[data-testid=stMain] img").count() == 0
