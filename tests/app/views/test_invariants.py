"""The page of what must hold: declared or not, held or broken, followed to its rows, suggested and taken home."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mispredict.invariants.document import invariants_of
from tests.app.views.conftest import DECLARED
from tests.app.views.test_online import said, until
from tests.mispredict.parity.serving import Service

BAD = np.arange(0, 3_000, 97)


def spoiled(served: Service) -> pd.DataFrame:
    table = served.table.copy()
    table.loc[BAD, "amount"] = -1.0
    table.loc[BAD, "label"] = 1
    return table


def shown(pages: Any, desk: Any, **query: str) -> Any:
    at = pages(desk, "invariants", inv="synthetic", **query)
    return until(at, lambda at: any(part.value for part in at.subheader))


def table_of(at: Any) -> pd.DataFrame:
    return next(frame.value for frame in at.dataframe if "sentence" in frame.value and "errors" in frame.value)


def test_nothing_open_says_so(pages: Any) -> None:
    assert "No investigation is open" in said(pages(None, "invariants"))


def test_without_a_file_the_page_says_how_to_begin(pages: Any, opened: Any) -> None:
    at = shown(pages, opened())
    assert "does not say what must hold" in at.subheader[0].value
    assert "never_falls: account_age_days" in said(at)
    assert at.button(key="suggest").label == "Suggest from the training table"


def test_what_holds_is_said_to_hold(pages: Any, opened: Any) -> None:
    at = shown(pages, opened(declared=DECLARED))
    assert at.subheader[0].value.replace("\\", "") == ":material/check_circle: 3 of 3 invariants hold, none is broken"
    assert "Judged on the training table and the examined table; there is no log." in said(at)
    assert set(table_of(at)["data"]) == {"✓ held"}


def test_three_tables_stand_side_by_side_and_the_broken_one_leads_to_its_rows(
    pages: Any, opened: Any, served: Service
) -> None:
    log = served.log(served.table)
    log.loc[:9, "age"] = np.nan
    at = shown(pages, opened(log, declared=DECLARED, table=spoiled(served)))
    assert "2 of 3 invariants are broken" in at.subheader[0].value
    table = table_of(at)
    assert table.values.tolist()[0][:4] == ["amount is above 0", "✓ held", "✗ 31 rows, 1.0 %", "✓ held"]
    assert table.values.tolist()[1][:4] == ["age is never missing", "✓ held", "✓ held", "✗ 10 rows, 0.3 %"]
    assert table["online"][2] == "– not judged"  # the log has no label
    assert "Why: money **is** paid" in said(at)
    assert "Why: money \\*\\*is\\*\\* paid" in [part.value for part in at.caption]  # literal
    assert "x more errors among these rows" in said(at)
    at.button(key="see-errors").click().run()
    at.switch_page("views/errors.py").run()  # a rerun of this test's browser goes back to the page it opened
    until(at, lambda at: any("31 of 3,000 rows" in part.value.replace("\\", "") for part in at.subheader))


def test_one_that_is_named_in_the_address_is_opened(pages: Any, opened: Any, served: Service) -> None:
    desk = opened(declared=DECLARED, table=spoiled(served))
    key = next(one.invariant.key for one in desk.invariants().held if "age" in one.invariant.words)
    at = shown(pages, desk, invariant=key)
    assert "#### :material/check_circle: **age** is never missing" in said(at)
    assert "see-errors" not in {button.key for button in at.button}


def test_suggestions_leave_out_what_is_declared_and_can_be_taken_home(pages: Any, opened: Any) -> None:
    desk = opened(declared=DECLARED)
    at = shown(pages, desk)
    at.button(key="suggest").click().run()
    until(at, lambda at: any("It may hold" in str(frame.proto) for frame in at.dataframe))
    fresh = next(frame.value for frame in at.dataframe if "allowed" in frame.value)
    sentences = fresh["sentence"].tolist()
    assert "amount is above 0" not in sentences
    assert "age is never missing" not in sentences
    assert "row is unique" in sentences
    assert "1 suggestion declared already" in said(at) or "suggestions declared already" in said(at)
    assert at.get("download_button")
    assert "**0 of them are broken in the examined table**" in said(at)
    assert set(fresh["here"]) <= {"✓ held", "– not judged"}


def test_suggestions_that_the_examined_table_breaks_come_first(pages: Any, opened: Any, served: Service) -> None:
    at = shown(pages, opened(table=spoiled(served)))
    at.button(key="suggest").click().run()
    until(at, lambda at: any("It may hold" in str(frame.proto) for frame in at.dataframe))
    fresh = next(frame.value for frame in at.dataframe if "allowed" in frame.value)
    assert fresh.values.tolist()[0][:2] == ["amount is above 0", "✗ 31 of 3,000 rows break it"]
    assert "of them is broken in the examined table**" in said(at)


def test_what_is_taken_home_says_what_was_ticked(opened: Any) -> None:
    from mispredict.invariants.mining.text import file_text

    found = opened().suggest_invariants()
    chosen = [one for one in found.suggestions if one.kind in ("unique", "not_missing")][:3]
    read = invariants_of(file_text(found, chosen))
    assert {one.sentence for one in read} == {one.sentence for one in chosen}


def test_an_invariant_that_can_be_judged_nowhere_is_no_success(pages: Any, opened: Any) -> None:
    at = shown(pages, opened(declared="columns:\n  amount: {above: 0, tables: online}\n"))
    answer = at.subheader[0].value.replace("\\", "")
    assert answer == ":material/help: 0 of 1 invariant hold, none is broken; 1 could not be judged"
