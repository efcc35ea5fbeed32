from dataclasses import replace

import pytest

from mispredict.bad_input import StoreRefused
from mispredict.obvious import telling
from mispredict.obvious.check import CheckResult, Outcome
from mispredict.obvious.records import Fresh, flips, goes_back_and_forth, judgements, record, runs
from mispredict.obvious.store import open_or_make_store, open_store


@pytest.fixture(params=["file", "postgres"])
def where(request, tmp_path):
    return str(tmp_path / "obvious.db") if request.param == "file" else request.getfixturevalue("database")


def result_of(case, status, model="m.txt", score=0.25):
    outcome = Outcome(case, status, case.expect.wanted(), None, score, None)
    return CheckResult(model, (outcome,), "a" * 64)


def test_checks_are_kept_in_their_order(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    fresh = Fresh(0.93, 1000, "f" * 64)
    assert record(store, result_of(case, "passed"), by="ann", fresh=fresh) == 1
    assert record(store, result_of(case, "failed", "n.txt", 0.1 + 0.2), by="bob") == 2
    first, second = runs(open_store(where))
    assert (first.model, first.passed, first.judged, first.fresh, first.actor) == ("m.txt", 1, 1, fresh, "ann")
    assert (second.model_sha256, second.passed, second.judged, second.fresh) == ("a" * 64, 0, 1, None)
    assert [(j.run, j.status, j.score) for j in judgements(store)[case.id]] == [
        (1, "passed", 0.25),
        (2, "failed", 0.1 + 0.2),
    ]


def test_a_case_that_flips_back_and_forth_is_called_so(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    for status in ("passed", "failed", "unchecked", "failed"):
        record(store, result_of(case, status), by="ann")
    assert not goes_back_and_forth(judgements(store)[case.id])
    record(store, result_of(case, "passed"), by="ann")
    assert flips(judgements(store)[case.id]) == 2
    assert telling.of_set(store).as_json["back_and_forth"] == {case.id: 2}
    assert "it goes back and forth: 2 changes between right and wrong" in telling.of_case(store, case.id).lines


def test_the_history_of_a_case_names_old_and_new(where, case_of):
    store, case = open_or_make_store(where), case_of()
    store.promote([case])
    store.edit(replace(case, severity="blocker"), seen=store.history(case.id)[-1].seq, by="bob")
    told = telling.of_case(store, case.id)
    assert told.as_json["changes"][1]["differences"] == [{"field": "severity", "old": "major", "new": "blocker"}]
    assert told.lines[1].startswith("version 2: edit by bob at ")
    assert told.lines[1].endswith(": severity: 'major' -> 'blocker'")
    with pytest.raises(StoreRefused, match="no case 'nobody'"):
        telling.of_case(store, "nobody")
