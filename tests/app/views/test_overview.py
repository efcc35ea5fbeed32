from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from mispredict.bad_input import ModelRefused
from mispredict.errors import findings
from tests.app.synthetic_desk import SyntheticDesk, make_table


def shown(at: Any) -> str:
    return "\n".join(str(part.value) for kind in ("subheader", "markdown", "caption", "error") for part in at.get(kind))


def test_nothing_open_offers_to_open_one(pages: Any) -> None:
    at = pages(None)
    assert at.subheader[0].value == "Open a model and the labelled rows it was tried on"
    assert not at.exception


def test_the_verdict_comes_first_and_the_broken_slice_next(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk)
    claim = at.subheader[0].value
    assert r"Something is broken\: where app\_release \= 9\.1, 121 of 182 predictions are wrong" in claim
    assert r"121 errors where 70\.9 were expected \(1\.7 ×; p \< 0\.001 after correction" in shown(at)
    assert [m.label for m in at.metric] == ["Rows scored", "Wrong", "Log loss, nats a row", "ROC AUC"]
    assert at.metric[0].value == "1,200"


def test_the_name_of_an_investigation_is_literal(pages: Any, desk: SyntheticDesk) -> None:
    assert r"Synthetic \*orders\*" in shown(pages(desk))


def test_what_could_not_be_tested_is_said(pages: Any, desk: SyntheticDesk) -> None:
    class Noted(SyntheticDesk):
        def groups(self, *args: Any) -> Any:
            found = super().groups(*args)
            return dataclasses.replace(found, verdict=dataclasses.replace(found.verdict, notes=("no `time` column",)))

    assert r"No \`time\` column\." in shown(pages(Noted(desk.table)))


def test_see_these_errors_leads_to_the_slice(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk)
    at.button(key="see").click().run()
    assert not at.exception
    assert r"Slice 1\: 182 of 1,200 rows" in at.subheader[0].value
    assert at.query_params["slice"] in ("1", ["1"])


def test_no_errors_at_all_is_said(pages: Any) -> None:
    table = make_table(60)
    right = SyntheticDesk(table)
    at = pages(SyntheticDesk(table[right.truth == right.predicted].reset_index(drop=True)))
    assert at.subheader[0].value == "No errors: every row is right"


def test_a_failed_opening_says_what_to_do_and_can_be_tried_again(pages: Any, desk: SyntheticDesk) -> None:
    class Broken(SyntheticDesk):
        calls = 0

        def describe(self) -> Any:
            Broken.calls += 1
            if Broken.calls == 1:
                raise ModelRefused("half a *model*", needed="a whole one", do="copy it again")
            return super().describe()

    at = pages(Broken(desk.table))
    assert r"half a \*model\*" in at.error[0].value
    assert "copy it again" in at.error[0].value
    next(b for b in at.button if b.label == "Try again").click().run()
    assert "Something is broken" in at.subheader[0].value


def test_a_long_scan_shows_how_far_it_is_and_can_be_cancelled(pages: Any) -> None:
    at = pages(SyntheticDesk(seconds=30.0))
    assert "Scoring every row" in at.get("progress")[0].proto.text
    next(b for b in at.button if b.label == "Cancel").click().run()
    for _ in range(20):
        if at.info:
            break
        at.run()
    assert "cancelled" in at.info[0].value


def test_an_unknown_name_is_refused_and_no_path_is_opened(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk, inv="/etc/passwd")
    assert "no investigation called" in at.error[0].value
    assert not at.exception


@pytest.mark.parametrize("page", ["errors", "prediction", "obvious"])
def test_other_pages_without_an_investigation_say_so(pages: Any, page: str) -> None:
    at = pages(None, page)
    assert not at.exception
    assert "No investigation is open" in shown(at) or "No cases yet" in shown(at)


@pytest.mark.parametrize(
    ("word", "claim"),
    [
        ("random-looking", "The errors look random\\: 216 of 1,200 predictions are wrong"),
        ("cannot tell", "There is too little to tell\\: 216 of 1,200 predictions are wrong"),
        ("minor", "A small part of the errors hangs together\\: the errors come at certain times"),
    ],
)
def test_every_verdict_is_a_sentence_with_its_numbers(pages: Any, desk: SyntheticDesk, word: Any, claim: str) -> None:
    class Other(SyntheticDesk):
        def groups(self, *given: Any) -> Any:
            found = super().groups(*given)
            tests = (
                findings.Test("time", 4.0, 0.001, 0.003, 0.01),
                findings.Test("calibration", 9.0, 0.0001, 0.0001, 0.03),
            )
            verdict = dataclasses.replace(found.verdict, word=word, tests=tests)
            return dataclasses.replace(found, verdict=verdict, slices=(), clusters=())

    at = pages(Other(desk.table))
    assert claim in at.subheader[0].value
    assert "Nothing hangs together" in shown(at)
    assert r"**Calibration**: found, p < 0.001" in shown(at)


def test_notes_on_the_rows_are_a_quiet_line_and_stand_here_only(pages: Any, desk: SyntheticDesk) -> None:
    class Noted(SyntheticDesk):
        def describe(self) -> Any:
            return dataclasses.replace(super().describe(), notes=("24 rows have no cost",))

    at = pages(Noted(desk.table))
    assert not at.warning
    assert "24 rows have no cost" in "".join(c.value for c in at.caption)
    assert "no cost" not in shown(at.switch_page("views/errors.py").run())
