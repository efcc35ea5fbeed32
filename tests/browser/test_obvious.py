"""The obvious set in a browser: searched, opened, edited by two people, held to a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from mispredict.investigation.desk import FrozenRow
from mispredict.obvious.case import Case
from mispredict.obvious.freeze import Why, freeze
from mispredict.obvious.store import open_or_make_store
from tests.browser.conftest import settle
from tests.browser.doing import click_row, part
from tests.browser.server import running

WORK = 60_000


def case(name: str, amount: float, truth: int, reason: str, **why: str) -> Case:
    values, dtypes = {"amount": amount, "channel": "web"}, {"amount": "float64", "channel": "str"}
    row = FrozenRow(name, values, dtypes, {}, truth, 1 - truth, (0, 1), 0.1, 0.1, "d", "m", 0.5)
    return freeze([row], Why(reason, "ann", **why))[0]  # type: ignore[arg-type]


CASES = [
    case("big", 95.0, 1, "a stolen card", severity="blocker", incident="INC-7"),
    case("small", 5.0, 0, "<b>a good</b> customer of nine years", owner="team risk"),
    case("odd", 4.0, 1, "a fraud of four euros"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a set of three cases and a model that is wrong about one of them."""
    folder = tmp_path_factory.mktemp("obvious")
    open_or_make_store(str(folder / "obvious.db")).promote(CASES)
    amounts = pd.DataFrame({"amount": np.linspace(0, 100, 200)})
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1}
    labels = np.asarray(amounts["amount"] > 50, dtype=int)
    lightgbm.train(settings, lightgbm.Dataset(amounts, labels), 20).save_model(folder / "model.txt")
    return folder


@pytest.fixture(scope="module")
def server(browser: Browser, home: Path) -> Iterator[str]:
    """Return the address of the app with that set."""
    with running(str(Path(__file__).with_name("synthetic_server.py")), home=home) as address:
        yield address


def opened(page: Page, server: str) -> Page:
    page.goto(f"{server}/obvious-set")
    heading = page.get_by_role("heading", name=re.compile("^3 cases that no model may get wrong"))
    expect(heading).to_be_visible(timeout=WORK)
    settle(page)
    return page


def edit(page: Page, reason: str) -> None:
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Why").fill(reason)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_case_is_found_opened_and_edited_and_the_second_editor_is_told(
    new_page: Callable[[], Page], server: str
) -> None:
    mine, theirs = opened(new_page(), server), opened(new_page(), server)
    for page in (mine, theirs):
        search = page.get_by_role("textbox", name="Search")
        search.fill("nine years")
        search.press("Enter")
        expect(page.get_by_text("1 of 3 cases. Click a line")).to_be_visible()
        click_row(page, "cases", 0)
        expect(part(page, "case")).to_contain_text("<b>a good</b> customer of nine years")
        expect(part(page, "case")).to_contain_text("Owner: team risk")
        settle(page)
    edit(mine, "mine: a customer of ten years")
    edit(theirs, "theirs: a customer of eleven years")
    save(theirs)
    expect(theirs.get_by_text("is changed.")).to_be_visible()
    save(mine)
    refusal = mine.get_by_role("alert").filter(has_text="Not saved.")
    expect(refusal).to_contain_text("theirs: a customer of eleven years")
    expect(refusal).to_contain_text("mine: a customer of ten years")


def test_a_checked_model_says_what_it_breaks(page: Page, server: str, home: Path) -> None:
    opened(page, server)
    page.get_by_role("textbox", name=re.compile("^Path of a model file")).fill(str(home / "model.txt"))
    page.get_by_role("textbox", name=re.compile("^Path of a model file")).press("Enter")
    page.get_by_role("button", name="Check 3 cases").click()
    expect(part(page, "headline")).to_contain_text("model.txt breaks 1 of 3 cases", timeout=WORK)
    settle(page)
    page.get_by_text("Broken only").click()
    expect(page.get_by_text("1 of 3 cases. Click a line")).to_be_visible()
    click_row(page, "cases", 0)
    expect(part(page, "case")).to_contain_text("a fraud of four euros")
    expect(part(page, "case")).to_contain_text("Now, model.txt")
