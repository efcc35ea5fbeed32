"""The page of offline against online: over real investigations, from none to a log that shares no id."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from app.online_words import claim
from tests.app.views.conftest import HOSTILE
from tests.mispredict.parity.serving import Service

EQUAL = "All 5 columns are served as they are here; the score is the same"


def said(at: Any) -> str:
    kinds = ("subheader", "markdown", "caption", "error", "success", "info", "code")
    return "\n".join(str(part.value) for kind in kinds for part in at.get(kind)).replace("\\", "")


def until(at: Any, ready: Callable[[Any], bool]) -> Any:
    for _ in range(400):
        if ready(at):
            assert not at.exception
            return at
        time.sleep(0.05)
        at.run()
    raise AssertionError(said(at))


def shown(pages: Any, desk: Any, **query: str) -> Any:
    at = pages(desk, "online", inv="synthetic", **query)
    return until(at, lambda at: any(part.value for part in at.subheader))


def columns_of(at: Any) -> pd.DataFrame:
    return next(frame.value for frame in at.dataframe if "column" in frame.value)


def scaled(served: Service) -> pd.DataFrame:
    """Return the log of a service that sees one app's amounts in cents, with a column that no model reads."""
    rows = served.table.copy()
    rows.loc[rows["app"] == "4.2", "amount"] *= 100
    log = served.log(rows)
    return log.merge(served.table[["row", HOSTILE]].assign(**{HOSTILE: "**other**"}), on="row")


def test_nothing_open_says_so(pages: Any) -> None:
    assert "No investigation is open" in said(pages(None, "online"))


def test_without_a_log_the_page_says_what_to_add(pages: Any, opened: Any) -> None:
    at = shown(pages, opened())
    assert "names no log of the service" in at.subheader[0].value
    assert '[online]\npath = "online/*.jsonl"' in said(at)
    assert not at.error


def test_a_service_that_is_right_is_said_to_be_right(pages: Any, opened: Any, served: Service) -> None:
    at = shown(pages, opened(served.log(served.table)))
    answer = at.subheader[0].value.replace("\\", "")
    assert answer == ":material/check_circle: All 3 columns are served as they are here; the score is the same"
    assert set(columns_of(at)["words"]) == {"equal"}
    assert "**age** is equal in all 3,000 pairs" in said(at)
    assert "3,000 of 3,000 rows have one of 3,000 log entries, by id." in said(at)


def test_the_answer_names_the_column_and_beside_it_stands_its_finding(pages: Any, opened: Any, served: Service) -> None:
    at = shown(pages, opened(scaled(served)))
    answer = at.subheader[0].value.replace("\\", "")
    assert re.match(
        r":material/warning: 2 of 4 columns are served otherwise \(amount, .*all of it by features$", answer
    )
    table = columns_of(at)
    assert table["column"].tolist()[0] == "amount"
    assert table["words"][0] == "scale, x 100, where app = '4.2'"
    assert table["words"][1].endswith("(the model does not read it)")
    assert "#### **amount** is 100 x larger online" in said(at)
    assert len(at.get("plotly_chart")) >= 3  # pairs, before and after repair, what adds to the loss
    at.button(key=f"finding-{table_key(at)}").click().run()
    until(at, lambda at: "Cleared by:" in said(at))
    assert "A column is served otherwise" in said(at)


def table_key(at: Any) -> str:
    return next(str(button.key).removeprefix("finding-") for button in at.button if "finding-" in str(button.key))


def test_a_hostile_column_is_literal_and_can_be_chosen(pages: Any, opened: Any, served: Service) -> None:
    at = shown(pages, opened(scaled(served)), column=HOSTILE)
    headings = [part.value for part in at.markdown if part.value.startswith("####")]
    assert headings
    assert all("](http" not in part and "<b>" not in part.replace("\\<", "") for part in headings)


def test_a_log_of_other_rows_is_compared_as_two_samples(pages: Any, opened: Any, served: Service) -> None:
    log = served.log(served.table.assign(amount=served.table["amount"] * 100))
    at = shown(pages, opened(log.assign(row=[f"x{place}" for place in range(len(log))])))
    assert "No row of the table is in the log, so two samples are compared: 1 of 3 columns" in said(at)
    assert "the first are 'r0', 'r1', 'r2'" in said(at)
    assert "weaker than pairs" in said(at)
    assert {"changed", "moves"} <= set(columns_of(at).columns)


def test_what_could_not_be_joined_is_counted_with_the_first_ids(pages: Any, opened: Any, served: Service) -> None:
    log = served.log(served.table.iloc[:2_000])
    log.loc[0, "row"] = "stranger"
    at = shown(pages, opened(log.assign(extra=1).drop(columns="visits")))
    frames = [frame.value for frame in at.dataframe]
    reasons = next(frame for frame in frames if "name" in frame and "value" in frame)
    lines = dict(zip(reasons["name"], reasons["value"], strict=True))
    assert lines["Log entries whose id is not in the table"] == "1, such as stranger"
    assert lines["Rows that were not logged"].startswith("1,001, such as ")
    beside = [line for table in at.table for line in table.value.values.tolist()]
    assert ["**Features that were not logged**", "visits"] in beside
    assert ["**In the log alone**", "extra"] in beside


@pytest.mark.parametrize("spoil", [lambda log: log.drop(columns="score"), lambda log: log.assign(score=None)])
def test_a_log_without_a_score_still_has_a_page(pages: Any, opened: Any, served: Service, spoil: Any) -> None:
    log = spoil(scaled(served))
    desk = opened(log) if "score" in log else opened(log.assign(score=float("nan")))
    at = shown(pages, desk)
    assert "amount" in at.subheader[0].value
    assert not at.error


def test_the_claim_is_of_numbers_that_the_answer_has(opened: Any, served: Service) -> None:
    found = opened(scaled(served)).online()
    assert f"{len([one for one in found.columns if one.keys])} of {len(found.columns)} columns" in claim(found)
