from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import pytest

from app.suspect_words import title_of
from mispredict.bad_input import TableRefused
from mispredict.suspects.suspect import Clearing, Suspicions
from tests.app.made_up import HOSTILE
from tests.app.synthetic_desk import SyntheticDesk

CLAIM = ":material/dangerous: 3 suspects: 1 certain, 2 suspected; 2 checks passed, 1 could not be judged"


def plainly(text: str) -> str:
    return text.replace("\\", "")


def text_of(at: Any) -> str:
    kinds = ("subheader", "markdown", "caption", "error", "success", "info")
    return plainly("\n".join(str(part.value) for kind in kinds for part in at.get(kind)))


def worded(at: Any) -> list[list[list[str]]]:
    return [[[plainly(cell) for cell in line] for line in table.value.values.tolist()] for table in at.table]


def until(at: Any, ready: Callable[[Any], bool]) -> Any:
    for _ in range(200):
        if ready(at):
            assert not at.exception
            return at
        time.sleep(0.05)
        at.run()
    raise AssertionError(text_of(at))


def opened(pages: Any, desk: SyntheticDesk, **query: str) -> Any:
    at = pages(desk, "suspects", inv="synthetic", **query)
    return until(at, lambda at: any("Checks that passed" in part.value for part in at.markdown))


def key_of(desk: SyntheticDesk, kind: str) -> str:
    return next(one.key for one in desk.suspects().suspects if one.kind == kind)


def test_nothing_open_says_so(pages: Any) -> None:
    at = pages(None, "suspects")
    assert "No investigation is open" in text_of(at)


def test_the_answer_stands_on_top_and_the_most_serious_finding_is_open(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk)
    assert plainly(at.subheader[0].value) == CLAIM
    said = text_of(at)
    assert f"#### **{HOSTILE}** knows the answer: it ranks the label with AUC 0.98 alone" in said
    assert ":red-badge[:material/dangerous: Certain]" in said
    assert f"**To do:** Leave **{HOSTILE}** out and learn again" in said
    assert "**Cleared by:** A log which shows when it was known" in said
    assert "It is about the whole table." in said
    buttons = [button for button in at.button if str(button.key).startswith("open-")]
    assert [button.label.split(" **")[0] for button in buttons] == [
        ":red[:material/dangerous: Certain]",
        ":orange[:material/warning: Suspected]",
        ":orange[:material/warning: Suspected]",
        ":gray[:material/info: Info]",
    ]


def test_evidence_is_drawn_and_written(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk)
    assert len(at.get("plotly_chart")) == 2
    assert worded(at)[0] == [
        ["**Auc alone**", "0.98"],
        ["**Tried**", f"amount, {HOSTILE}"],
        ["**Rows**", "1,200"],
        ["**Chance**", "q < 0.001 over all that was tried (Benjamini and Hochberg)"],
    ]
    assert "<b>" not in at.table[0].value.to_csv().replace("\\<", "")


def test_checks_that_passed_and_those_not_judged_are_listed(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk)
    good, blind = worded(at)[1:]
    assert [words for _, words in good] == ["4 columns, 400 training rows; 1 remark", "1,200 of 1,200 rows"]
    assert [words for _, words in blind] == ["no column `time`"]


def test_a_click_opens_a_finding_and_the_address_holds_it(pages: Any, desk: SyntheticDesk) -> None:
    key = key_of(desk, "label_noise")
    at = opened(pages, desk)
    at.button(key=f"open-{key}").click().run()
    assert at.query_params["suspect"] in (key, [key])
    assert "#### Some 20 of 1,200 labels are probably wrong" in text_of(at)
    rows = next(table.value for table in at.dataframe if "surprise" in table.value)
    assert rows["id"].tolist() == list(desk.suspects().suspects[2].rows[:15])
    assert rows["surprise"].is_monotonic_decreasing
    assert "15 of 20 rows. Click a row" in text_of(at)
    assert ":orange-badge[:material/warning: Suspected]" in text_of(at)


def test_the_findings_are_walked_in_their_order(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk)
    assert at.button(key="finding-previous").disabled
    met = []
    for _ in range(3):
        at.button(key="finding-next").click().run()
        met += (
            [at.query_params["suspect"]] if isinstance(at.query_params["suspect"], str) else at.query_params["suspect"]
        )
    assert met == [one.key for one in desk.suspects().suspects[1:]]
    assert at.button(key="finding-next").disabled
    at.button(key="finding-previous").click().run()
    assert "#### Some 20 of 1,200 labels are probably wrong" in text_of(at)


def test_rows_stand_there_before_the_model_has_answered_on_them(pages: Any, desk: SyntheticDesk) -> None:
    class Slow(SyntheticDesk):
        def row(self, row: str) -> Any:
            time.sleep(0.1)
            return super().row(row)

    at = opened(pages, Slow(desk.table), suspect=key_of(desk, "label_noise"))
    ids = list(desk.suspects().suspects[2].rows[:15])
    assert next(table.value for table in at.dataframe if "id" in table.value).columns.tolist() == ["id"]
    assert "Asking the model about its rows" in text_of(at)
    until(at, lambda at: any("surprise" in table.value for table in at.dataframe))
    assert next(table.value for table in at.dataframe if "surprise" in table.value)["id"].tolist() == ids


def test_what_its_rows_hold_is_said_in_numbers(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, suspect=key_of(desk, "shortcut"))
    assert "Its rows, **15.2 %** of all, hold **" in text_of(at)
    assert "**56.0 %** of the errors" in text_of(at)
    assert "The worst errors among its rows" in text_of(at)


@pytest.mark.parametrize(("kind", "errors"), [("shortcut", 121), ("label_noise", 20)])
def test_from_a_finding_to_its_errors_and_back(pages: Any, desk: SyntheticDesk, kind: str, errors: int) -> None:
    key = key_of(desk, kind)
    at = opened(pages, desk, suspect=key)
    at.button(key="see-errors").click().run()
    until(at, lambda at: any("surprise" in table.value for table in at.dataframe))
    assert at.query_params["suspect"] in (key, [key])
    assert len(next(table.value for table in at.dataframe if "surprise" in table.value)) == errors
    assert f"{errors} errors" in plainly(at.subheader[0].value)
    at.button(key="back-to-finding").click().run()
    until(at, lambda at: plainly(at.subheader[0].value) == CLAIM)
    assert at.query_params["suspect"] in (key, [key])


def test_an_opened_finding_does_not_select_rows_on_other_pages(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, suspect=key_of(desk, "label_noise"))
    at.query_params.clear()
    at.switch_page("views/errors.py").run()
    assert "216 of 1,200 rows are wrong" in plainly(at.subheader[0].value)


def test_an_unknown_finding_is_said_on_both_pages(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk, suspect="<b>nobody</b>")
    assert "No finding <b>nobody</b>: it may have been one of other data" in text_of(at)
    assert plainly(at.subheader[0].value) == CLAIM
    at = pages(desk, "errors", inv="synthetic", suspect="nobody")
    until(at, lambda at: at.error)
    assert "no finding nobody" in text_of(at)


def clear(at: Any, reason: str) -> Any:
    at.text_area(key="clear-reason").set_value(reason)
    at.text_input(key="clear-by").set_value("*ann*")
    return at.button(key="clear-save").click().run()


def test_a_person_clears_a_finding_and_reopens_it(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, desk)
    clear(at, "known [before](http://evil.example)")
    assert plainly(at.subheader[0].value).startswith(":material/warning: 2 suspects: 2 suspected; 3 checks passed")
    said = text_of(at)
    assert "1 finding was cleared by a person" in said
    assert "**Cleared** :gray[1]" in said
    assert "*ann* cleared it, " in said
    assert ": known [before](http" in said.replace("\u2060", "")
    assert any(r"\[before\]" in part.value for part in at.markdown)
    assert any(plainly(part.value).startswith("*ann*, ") for part in at.caption)
    at.text_area(key="reopen-reason").set_value("it was not")
    at.button(key="reopen-save").click().run()
    assert plainly(at.subheader[0].value) == CLAIM
    assert [act.what for act in desk.suspect_history()] == ["cleared", "reopened"]
    earlier = next(plainly(c.value) for c in at.caption if ":material/history:" in c.value)
    assert earlier.index("reopened it, ") < earlier.index("*ann* cleared it, ")


def test_a_clearing_is_undone(pages: Any, desk: SyntheticDesk) -> None:
    at = clear(opened(pages, desk), "known before")
    at.button(key="undo-clearing").click().run()
    assert plainly(at.subheader[0].value) == CLAIM


def test_without_a_reason_nothing_is_cleared(pages: Any, desk: SyntheticDesk) -> None:
    at = clear(opened(pages, desk), " ")
    assert "without a reason" in at.error[0].value
    assert plainly(at.subheader[0].value) == CLAIM
    assert desk.suspect_history() == ()


def test_one_that_was_cleared_for_other_data_is_open_and_says_so(pages: Any, desk: SyntheticDesk) -> None:
    class Elsewhere(SyntheticDesk):
        def suspects_so_far(self) -> Suspicions:
            found = super().suspects_so_far()
            word = Clearing("ann", "known before", "2024-01-01T00:00:00+00:00", holds=False)
            first = dataclasses.replace(found.suspects[0], cleared=word)
            return dataclasses.replace(found, suspects=(first, *found.suspects[1:]))

    at = opened(pages, Elsewhere(desk.table))
    assert plainly(at.subheader[0].value) == CLAIM
    assert "That was said of other data, so it is open again" in text_of(at)
    assert "cleared for other data" in text_of(at)


def test_no_suspects_says_what_was_checked(pages: Any, desk: SyntheticDesk) -> None:
    at = opened(pages, SyntheticDesk(desk.table, accuses=False))
    claim = plainly(at.subheader[0].value)
    assert claim == ":material/check_circle: No suspects: 1 check passed, 1 could not be judged"
    assert "No check found a column, a row or a label" in text_of(at)
    assert [[words for _, words in table] for table in worded(at)] == [["4 columns"], ["no column `time`"]]


def test_a_search_at_work_shows_what_is_found_and_goes_on_after_a_cancel(pages: Any, desk: SyntheticDesk) -> None:
    slow = SyntheticDesk(desk.table)
    at = pages(slow, "errors", inv="synthetic")
    slow.seconds = 1.0
    at.switch_page("views/suspects.py").run()
    bar = plainly(at.get("progress")[0].proto.text)
    assert "Looking for the usual suspects" in bar
    assert "of 6 checks done" in bar
    assert f"suspects** · {title_of('target_leak')} · " in bar
    until(at, lambda at: "1 suspect so far: 1 certain; 0 checks passed, 5 not done" in text_of(at))
    assert "knows the answer" in text_of(at)
    at.button(key="cancel-search").click().run()
    until(at, lambda at: any("was cancelled after" in part.value for part in at.info))
    assert "checks done; what they found stands below" in text_of(at)
    assert "knows the answer" in text_of(at)
    slow.seconds = 0.0
    at.button(key="go-on").click().run()
    until(at, lambda at: plainly(at.subheader[0].value) == CLAIM)


def test_a_check_that_fails_leaves_what_is_done_and_can_be_tried_again(pages: Any, desk: SyntheticDesk) -> None:
    class Broken(SyntheticDesk):
        calls = 0

        def suspects(self, *args: Any) -> Suspicions:
            Broken.calls += 1
            if Broken.calls == 1:
                self.judged = list(self._checks()[:1])
                raise TableRefused("half a *table*", needed="a whole one", do="copy it again")
            return super().suspects(*args)

    at = pages(Broken(desk.table), "suspects", inv="synthetic")
    assert r"half a \*table\*" in at.error[0].value
    assert "1 of 6 checks done" in at.error[0].value
    assert "knows the answer" in text_of(at)
    at.button(key="go-on").click().run()
    until(at, lambda at: plainly(at.subheader[0].value) == CLAIM)


def test_a_finding_can_be_about_a_kind_that_is_not_known(pages: Any, desk: SyntheticDesk) -> None:
    class Foreign(SyntheticDesk):
        def suspects_so_far(self) -> Suspicions:
            found = super().suspects_so_far()
            first = dataclasses.replace(found.suspects[0], kind="of_tomorrow")
            return dataclasses.replace(found, suspects=(first, *found.suspects[1:]))

    at = opened(pages, Foreign(desk.table))
    assert "**Of tomorrow**" in text_of(at)


def test_the_overview_names_the_first_suspects_and_searches_nothing(pages: Any, desk: SyntheticDesk) -> None:
    at = pages(desk)
    assert "nobody has looked for them yet" in text_of(at)
    assert desk.judged == []
    at.button(key="see-suspects").click().run()
    until(at, lambda at: plainly(at.subheader[0].value) == CLAIM)
    at.switch_page("views/overview.py").run()
    assert CLAIM in text_of(at)
    key = key_of(desk, "shortcut")
    at.button(key=f"suspect-{key}").click().run()
    assert "#### The model leans on **device_age_days**" in text_of(at)
