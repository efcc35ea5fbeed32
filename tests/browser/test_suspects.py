"""The usual suspects in a real browser: opened, followed to their rows and back, cleared, read about."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.doing import click_row, heading, part, the_map

CLAIM = "3 suspects: 1 certain, 2 suspected; 2 checks passed, 1 could not be judged"


@pytest.fixture
def suspects(page: Page, synthetic: str) -> Page:
    page.goto(f"{synthetic}/suspects?inv=synthetic")
    expect(heading(page)).to_contain_text(CLAIM)
    settle(page)
    return page


def open_shortcut(page: Page) -> None:
    page.locator("[class*='st-key-suspect-']", has_text="device_age_days").get_by_role("button").click()
    expect(part(page, "finding", "h4")).to_contain_text("The model leans on device_age_days")
    settle(page)


def test_a_finding_is_opened_followed_to_its_errors_and_back(suspects: Page) -> None:
    expect(suspects.locator(".st-key-finding .js-plotly-plot")).to_have_count(2)
    open_shortcut(suspects)
    expect(suspects).to_have_url(re.compile("suspect="))
    address = suspects.url
    suspects.get_by_role("button", name="See its errors").click()
    expect(heading(suspects)).to_contain_text(re.compile(r"[\d,]+ of 50,000 rows: app_release = '9\.1'"))
    the_map(suspects)
    expect(suspects.locator(".map")).not_to_have_attribute("data-selected", "0")
    expect(part(suspects, "accused")).to_contain_text("The model leans on device_age_days")
    settle(suspects)
    suspects.get_by_role("button", name="Back to the finding").click()
    expect(part(suspects, "finding", "h4")).to_contain_text("The model leans on device_age_days")
    assert suspects.url == address


def test_a_row_of_a_finding_leads_to_its_prediction(suspects: Page) -> None:
    suspects.locator("[class*='st-key-suspect-']", has_text="labels are probably wrong").get_by_role("button").click()
    expect(part(suspects, "finding", "h4")).to_contain_text("Some 20 of 1,200 labels")
    settle(suspects)
    click_row(suspects, "suspect-rows", 1)
    expect(suspects.get_by_role("heading", name=re.compile(r"^Row T\d+ was called"))).to_be_visible()
    expect(suspects.get_by_text(re.compile(r"^2 of 20 errors by surprise of the chosen ones"))).to_be_visible()


def test_a_finding_is_cleared_and_the_word_taken_back(suspects: Page) -> None:
    open_shortcut(suspects)
    suspects.get_by_role("button", name="Clear it").click()
    suspects.get_by_role("textbox", name="Why it is none").fill("the ages are *right*")
    suspects.get_by_role("textbox", name="Who says so").fill("ann")
    suspects.get_by_role("textbox", name="Who says so").press("Tab")
    settle(suspects)
    suspects.get_by_role("button", name="Clear this finding").click()
    expect(heading(suspects)).to_contain_text("2 suspects: 1 certain, 1 suspected; 3 checks passed")
    expect(part(suspects, "cleared")).to_contain_text("ann cleared it")
    expect(part(suspects, "cleared")).to_contain_text("the ages are *right*")
    settle(suspects)
    suspects.get_by_role("button", name="Undo").click()
    expect(heading(suspects)).to_contain_text(CLAIM)
