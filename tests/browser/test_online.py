"""Offline against online, and what must hold, in a real browser: from the answer to the rows."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.doing import click_row, heading, part

WORK = 300_000  # milliseconds for a first scan on a slow machine


def at(page: Page, demo: str, path: str) -> Page:
    page.goto(f"{demo}/{path}")
    expect(heading(page)).to_be_visible(timeout=WORK)
    settle(page)
    return page


def test_a_column_is_opened_beside_the_answer_and_followed_to_its_finding(page: Page, demo: str) -> None:
    at(page, demo, "online")
    expect(heading(page)).to_contain_text("2 of 30 columns are served otherwise (amount, customer_orders)")
    expect(part(page, "column", "h4")).to_contain_text("amount is 100 x larger online in 6.8% of 30,000 pairs")
    expect(part(page, "column").locator(".js-plotly-plot")).to_have_count(2)
    click_row(page, "columns", 1)
    expect(part(page, "column", "h4")).to_contain_text("customer_orders")
    expect(page).to_have_url(re.compile("column=customer_orders"))
    settle(page)
    page.get_by_role("button", name="Open the finding").click()
    expect(part(page, "finding", "h4")).to_contain_text("customer_orders", timeout=WORK)
    settle(page)
    page.get_by_role("button", name="All columns, offline and online").click()
    expect(part(page, "column", "h4")).to_contain_text("customer_orders")


def test_a_broken_invariant_is_followed_to_its_errors(page: Page, demo: str) -> None:
    at(page, demo, "invariants")
    expect(heading(page)).to_contain_text("2 of 22 invariants are broken")
    click_row(page, "invariants-", 1)
    expect(part(page, "invariant", "h4")).to_contain_text("amount is above 0")
    settle(page)
    page.get_by_role("button", name="See its errors").click()
    expect(heading(page)).to_contain_text(re.compile(r"What must hold does not: 24 of 30,000 rows"), timeout=WORK)


def test_suggestions_are_ticked_and_taken_home(page: Page, demo: str, tmp_path: Path) -> None:
    at(page, demo, "invariants")
    page.get_by_role("button", name="Suggest from the training table").click()
    take = page.get_by_role("button", name=re.compile(r"^Download \d+ suggestions"))
    expect(take).to_be_visible(timeout=WORK)
    settle(page)
    table = page.locator("[class*='st-key-suggestions'] canvas").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 28 + 8 + 14, delay=50)  # the box of the first line
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the 1 ticked").click()
    coming.value.save_as(tmp_path / "taken.yaml")
    taken = yaml.safe_load((tmp_path / "taken.yaml").read_text())
    assert len(taken["columns"]) == 1
