"""Every way to select rows gives the same page: by slice, rule, node and cell; saved, reloaded, compared."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.doing import HEADER, ROW, click_row, heading, part, the_map


@pytest.fixture
def errors(page: Page, synthetic: str) -> Page:
    page.goto(f"{synthetic}/errors?inv=synthetic")
    the_map(page)
    settle(page)
    return page


def figures_stand(page: Page) -> None:
    """Wait for the figures of the selection, and for its rows on the map."""
    expect(part(page, "about")).to_contain_text("Part of all errors")
    expect(page.locator(".map")).not_to_have_attribute("data-selected", "0")
    settle(page)


def type_rule(page: Page, rule: str) -> None:
    box = page.get_by_role("textbox", name="Rule")
    box.fill(rule)
    box.press("Enter")


def look_at(page: Page, view: str) -> None:
    page.get_by_role("radio", name=view, exact=True).click()
    settle(page)


def test_a_slice_is_selected_by_its_card(errors: Page) -> None:
    expect(heading(errors)).to_contain_text("Systemic")
    part(errors, "pick-slice-1", "button").click()
    expect(heading(errors)).to_contain_text(re.compile(r"^Slice 1: [\d,]+ of 50,000 rows: app_release = 9\.1: "))
    figures_stand(errors)
    assert "slice=1" in errors.url
    errors.get_by_role("button", name="Back to all errors").click()
    expect(errors.locator(".st-key-about")).to_have_count(0)


def test_a_rule_is_typed_and_a_wrong_one_keeps_what_was_selected(errors: Page) -> None:
    type_rule(errors, "amount > 300 and app_release == '9.1'")
    said = re.compile(r"rows: amount > 300 and app_release = '9\.1': [\d,]+ errors")
    expect(heading(errors)).to_contain_text(said)
    figures_stand(errors)
    assert "rule=" in errors.url
    type_rule(errors, "amuont > 300")
    expect(part(errors, "rule-refused")).to_contain_text("To do:")
    expect(heading(errors)).to_contain_text(said)


def test_a_node_of_the_tree_is_selected_at_the_first_click(errors: Page) -> None:
    look_at(errors, "Tree")
    errors.locator("[class*='st-key-tree-'] canvas").first.wait_for()
    settle(errors)
    click_row(errors, "tree", 1)
    expect(heading(errors)).to_contain_text(re.compile(r"rows: .+: [\d,]+ errors where"))
    figures_stand(errors)
    assert "view=tree" in errors.url


def test_a_cell_of_the_heat_map_is_selected_at_the_first_click(errors: Page) -> None:
    look_at(errors, "Heat map")
    table = errors.locator("[class*='st-key-heat-'] canvas").first
    table.wait_for()
    settle(errors)
    box = table.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.9, box["y"] + HEADER + 8 + ROW / 2
    errors.mouse.move(x - 5, y)
    errors.mouse.move(x, y, steps=5)
    errors.wait_for_timeout(150)
    errors.mouse.click(x, y, delay=50)
    expect(heading(errors)).to_contain_text(re.compile(r"rows: .+ and .+: [\d,]+ errors where"))
    figures_stand(errors)
    assert "view=heat" in errors.url


def test_a_cohort_is_saved_reloaded_compared_and_dropped(errors: Page, new_page: Callable[[], Page]) -> None:
    type_rule(errors, "amount > 300")
    figures_stand(errors)
    errors.get_by_role("button", name="Save as cohort").click()
    errors.get_by_role("textbox", name="Name").fill("large *orders*")
    errors.get_by_role("textbox", name="Name").press("Tab")
    errors.get_by_role("button", name="Save cohort").click()
    expect(errors.get_by_text("Cohort large *orders* is saved.")).to_be_visible()
    expect(errors).to_have_url(re.compile("cohort=large"))
    other = new_page()
    other.goto(errors.url)
    expect(heading(other)).to_contain_text("Cohort large *orders*: ")
    figures_stand(other)
    against = other.get_by_role("combobox", name=re.compile("Compare with"))
    against.click()
    against.fill("Slice 1")
    other.get_by_role("option", name=re.compile("^Slice 1")).click()
    expect(other.get_by_text(re.compile("^These rows are wrong in"))).to_be_visible()
    expect(other).to_have_url(re.compile("with=slice-1"))
    settle(other)
    other.get_by_role("button", name="Drop this cohort").click()
    expect(other.get_by_text("Cohort large *orders* is dropped.")).to_be_visible()


def test_keys_step_through_the_rows_and_open_one(errors: Page) -> None:
    look_at(errors, "Worst rows")
    expect(errors.get_by_role("button", name=re.compile("Next worst"))).to_be_enabled()
    settle(errors)  # a key that is pressed before its button stands is lost
    errors.keyboard.press("j")
    expect(errors).to_have_url(re.compile("row="))
    settle(errors)
    first = errors.url
    errors.keyboard.press("j")
    expect(errors).not_to_have_url(first)
    expect(errors.get_by_text(re.compile(r"^2 of [\d,]+: row T\d+ was called"))).to_be_visible()
    settle(errors)
    errors.keyboard.press("o")
    expect(errors.get_by_role("heading", name=re.compile(r"^Row T\d+ was called"))).to_be_visible()


def test_n_goes_to_the_next_of_the_cluster_on_both_pages(page: Page, synthetic: str) -> None:
    page.goto(f"{synthetic}/errors?inv=synthetic&cluster=1&view=rows")
    the_map(page)
    figures_stand(page)
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile("row="))
    settle(page)
    before = page.url
    page.keyboard.press("n")
    expect(page).not_to_have_url(before)
    settle(page)
    page.keyboard.press("o")
    heading = page.get_by_role("heading", name=re.compile(r"^Row T\d+ was called"))
    words = heading.inner_text()
    settle(page)
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name=words)).to_have_count(0)
    expect(heading).to_be_visible()
