"""The whole way of an analyst, on the shipped incident, as `mispredict demo` opens it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.doing import click_row, lasso, part, the_map
from tests.browser.server import ROOT

WORK = 300_000  # milliseconds for a first scan and clustering on a slow machine
CALLED = re.compile(r"^Row .+ was called is_fraud = [01] with probability")


def the_heading(page: Page, words: re.Pattern[str], patience: float = 30_000) -> str:
    heading = page.get_by_role("heading", name=words)
    expect(heading).to_be_visible(timeout=patience)
    return heading.inner_text()


def opened(page: Page, demo: str, path: str = "/") -> Page:
    """Return the page once the incident's figures stand there."""
    page.goto(f"{demo}{path}")
    part(page, "header").wait_for(timeout=WORK)
    return page


def promote(page: Page, reason: str) -> None:
    page.keyboard.press("p")
    page.get_by_placeholder("What makes this one obvious?").fill(reason)
    page.get_by_role("radio", name="Blocker").click()
    page.get_by_role("button", name="Save case").click()
    expect(page.get_by_text("is in the obvious set.")).to_be_visible()


def test_from_the_overview_to_the_downloaded_tests(page: Page, demo: str, tmp_path: Path) -> None:
    opened(page, demo)
    expect(part(page, "headline")).to_be_visible(timeout=WORK)
    assert "app_version" in part(page, "headline").inner_text()
    page.get_by_role("button", name="See these errors").click()
    the_heading(page, re.compile(r"^Slice 1: [\d,]+ of 30,000 rows: app_version = 5\.12\.0: "), WORK)
    the_map(page)
    expect(part(page, "about")).to_contain_text("What sets these rows apart", timeout=WORK)
    settle(page)

    page.get_by_role("button", name="Back to all errors").click()
    expect(page.locator(".st-key-about")).to_have_count(0)
    lasso(page, [(0.05, 0.08), (0.95, 0.08), (0.95, 0.95), (0.05, 0.95)])
    expect(part(page, "headline")).to_contain_text(re.compile(r"Lasso: [\d,]+ error"))
    settle(page)

    click_row(page, "worst", 0)
    first = the_heading(page, CALLED)
    expect(part(page, "contributions")).to_be_visible()
    settle(page)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name=first)).to_have_count(0)
    second = the_heading(page, CALLED)
    assert second != first
    settle(page)

    promote(page, "a good customer on the broken release")
    page.keyboard.press("z")
    expect(page.get_by_text("is in the obvious set.")).to_have_count(0)
    promote(page, "a good customer on the broken release")

    page.get_by_role("link", name="Obvious set").click()
    the_heading(page, re.compile("^1 case that no model may get wrong: 1 blocker"))
    settle(page)
    page.get_by_role("button", name="Check 1 case").click()
    expect(page.get_by_text(re.compile(r"breaks 1 of 1 case"))).to_be_visible(timeout=WORK)

    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the test folder").click()
    coming.value.save_as(tmp_path / "obvious.zip")
    with zipfile.ZipFile(tmp_path / "obvious.zip") as packed:
        (case,) = [json.loads(line) for line in packed.read("obvious_set/cases.jsonl").splitlines()]
    assert case["reason"] == "a good customer on the broken release"
    assert case["source"]["row"] in second


def look_at(page: Page, title: str, look: str) -> None:
    page.get_by_role("radio", name=title, exact=True).click()
    expect(page).to_have_url(re.compile(f"look={look}"))


def test_sections_of_a_prediction_and_the_smallest_change(page: Page, demo: str) -> None:
    opened(page, demo, "/prediction")
    first = the_heading(page, CALLED, WORK)
    look_at(page, "Trees", "trees")
    expect(page.get_by_text(re.compile(r"trees voted against the truth"))).to_be_visible(timeout=WORK)
    expect(page.locator(".st-key-votes, .st-key-path")).to_have_count(2)
    settle(page)
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name=first)).to_have_count(0)
    expect(part(page, "votes")).to_be_visible()
    settle(page)

    look_at(page, "What if", "what-if")
    part(page, "search-flips", "button").click()
    page.get_by_role("button", name="Try it").first.click(timeout=WORK)
    expect(page.get_by_text(re.compile(r"^With .+ the model says is_fraud = [01], which is right"))).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("Change a value, and the model answers")).to_be_visible()


def test_an_explanation_is_taken_along_as_markdown_and_json(page: Page, demo: str, tmp_path: Path) -> None:
    opened(page, demo, "/prediction")
    the_heading(page, CALLED, WORK)
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("| column | value |")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download json").click()
    coming.value.save_as(tmp_path / "why.json")
    told = json.loads((tmp_path / "why.json").read_text())
    assert told["method"] == "walk"
    assert abs(told["base"] + sum(told["values"].values()) - told["score"]) < 1e-6


def test_a_link_restores_what_was_seen_in_a_new_browser(page: Page, demo: str, new_page: Callable[[], Page]) -> None:
    opened(page, demo, "/prediction")
    heading = the_heading(page, CALLED, WORK)
    page.get_by_role("radio", name="SHAP").click()
    expect(page).to_have_url(re.compile("method=shap"))
    settle(page)
    other = new_page()
    other.goto(page.url)
    assert the_heading(other, CALLED, WORK) == heading
    expect(other.get_by_role("radio", name="SHAP")).to_be_checked()


@pytest.mark.parametrize(("path", "words"), [("cluster=1", "Cluster 1"), ("slice=1", "Slice 1")])
def test_a_link_to_a_group_of_errors(page: Page, demo: str, path: str, words: str) -> None:
    opened(page, demo)
    name = page.evaluate("new URLSearchParams(location.search).get('inv')")
    opened(page, demo, f"/errors?inv={name}&{path}")
    expect(part(page, "headline")).to_contain_text(words, timeout=WORK)


def test_a_link_to_a_row_that_is_not_there_has_a_way_back(page: Page, demo: str) -> None:
    opened(page, demo)
    name = page.evaluate("new URLSearchParams(location.search).get('inv')")
    page.goto(f"{demo}/prediction?inv={name}&row=nobody")
    expect(page.get_by_text("Fetching the row failed.")).to_be_visible(timeout=WORK)
    page.get_by_role("button", name="To the worst error").click()
    the_heading(page, CALLED)


def upload(page: Page, demo: str, model: Path, table: Path) -> None:
    page.goto(f"{demo}/open")
    for key, file in (("upload-model", model), ("upload-table", table)):
        part(page, key, "input[type=file]").wait_for(state="attached")
        settle(page)  # a file that is given while the page is drawn anew is lost
        part(page, key, "input[type=file]").set_input_files(file)
        expect(part(page, key)).to_contain_text(file.name)
    target = page.get_by_role("combobox", name=re.compile("Target"))
    target.click()
    target.fill("is_fraud")
    page.get_by_role("option", name="is_fraud", exact=True).click()
    settle(page)
    part(page, "open-upload", "button").click()


def test_the_same_way_through_an_upload(page: Page, demo: str) -> None:
    upload(page, demo, ROOT / "sample_data" / "candidate.txt", ROOT / "sample_data" / "incident.parquet")
    expect(part(page, "metrics")).to_be_visible(timeout=WORK)
    expect(part(page, "header")).to_contain_text("candidate on incident")
    page.get_by_role("link", name="Errors").click()
    the_heading(page, re.compile("rows are wrong"), WORK)
    the_map(page)
    settle(page)
    page.get_by_role("radio", name="Worst rows").click()
    click_row(page, "worst", 1)
    the_heading(page, CALLED)
    settle(page)
    promote(page, "found through an upload")


def test_a_damaged_model_becomes_a_message_and_the_app_stays_up(page: Page, demo: str, tmp_path: Path) -> None:
    whole = (ROOT / "sample_data" / "candidate.txt").read_bytes()
    (tmp_path / "half.txt").write_bytes(whole[: len(whole) // 2])
    upload(page, demo, tmp_path / "half.txt", ROOT / "sample_data" / "incident.parquet")
    expect(page.get_by_text("Opening the investigation failed.")).to_be_visible(timeout=WORK)
    expect(page.get_by_test_id("stAlert")).to_contain_text("To do:")
    opened(page, demo)
    expect(part(page, "metrics")).to_be_visible(timeout=WORK)
