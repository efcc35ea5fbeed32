"""What was said of a finding stays, whoever writes at the same time, and holds for the data that it was said of."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from mispredict.bad_input import BadInput, StoreRefused
from mispredict.errors.findings import Condition
from mispredict.investigation import suspecting
from mispredict.investigation.investigation import Investigation
from mispredict.suspects.clearing import Clearings, Digests
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.suspect import Judged, Suspect, Where
from mispredict.worker.client import RemoteInvestigation
from tests.mispredict.suspects.conftest import ordinary

DATA = Digests("d" * 64, "t" * 64)
PLACE = Where("shop = north", (Condition("shop", "=", "north"),))
FOUND = Suspect("drift", "certain", ("amount",), 1.0, 0.5, "`amount` drifts", "", "", where=PLACE, key="k1")
WORD = {"by": "Ann", "reason": "a new tariff, announced"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inquiry.toml"


def marked(clearings: Clearings, *suspects: Suspect) -> tuple[Suspect, ...]:
    return clearings.marked([Judged("drift", suspects or (FOUND,), "", 0.0)])[0].suspects


@pytest.mark.parametrize("where", ["file", "memory"])
def test_a_cleared_finding_says_who_why_and_when(file: Path, where: str) -> None:
    clearings = Clearings(file if where == "file" else None, DATA)
    cleared = clearings.clear(FOUND, **WORD)
    assert cleared.cleared is not None
    assert (cleared.cleared.by, cleared.cleared.reason, cleared.cleared.holds) == ("Ann", WORD["reason"], True)
    assert cleared.cleared.at.endswith("+00:00")
    assert not cleared.is_open
    assert marked(clearings, FOUND, replace(FOUND, key="k2"))[1].is_open
    (act,) = clearings.history()
    assert (act.rule, act.culprits, act.summary) == ("shop = north", ("amount",), "`amount` drifts")
    assert act.kept_in.startswith("beside" if where == "file" else "in memory")


def test_the_next_process_reads_it(file: Path) -> None:
    Clearings(file, DATA).clear(FOUND, by="Ann “é😀” <b>", reason="a\nb")
    assert (
        marked(Clearings(file, DATA))[0].cleared
        == Clearings(file, DATA).clear(FOUND, by="Ann “é😀” <b>", reason="a\nb").cleared
    )
    assert (file.parent / "inquiry.cleared.json").exists()
    assert len(Clearings(file, DATA).history()) == 1  # the same word again


@pytest.mark.parametrize("other", [Digests("e" * 64, "t" * 64), Digests("d" * 64, ""), Digests("d" * 64, "u" * 64)])
def test_other_data_or_training_opens_it_again_and_says_so(file: Path, other: Digests) -> None:
    Clearings(file, DATA).clear(FOUND, **WORD)
    (later,) = marked(Clearings(file, other))
    assert later.is_open
    assert later.cleared is not None
    assert (later.cleared.reason, later.cleared.holds) == (WORD["reason"], False)
    assert not marked(Clearings(file, DATA))[0].is_open  # the data of that time is back


def test_cleared_anew_for_other_data_it_holds_for_both(file: Path) -> None:
    other = Digests("e" * 64)
    Clearings(file, DATA).clear(FOUND, **WORD)
    Clearings(file, other).clear(FOUND, by="Bob", reason="still so")
    for digests, by in ((DATA, "Ann"), (other, "Bob")):
        (found,) = marked(Clearings(file, digests))
        assert found.cleared is not None
        assert (found.cleared.by, found.is_open) == (by, False)


def test_reopened_and_cleared_again_nothing_is_lost(file: Path) -> None:
    clearings = Clearings(file, DATA)
    clearings.clear(FOUND, **WORD)
    opened = clearings.reopen(FOUND, by="Bob", reason="the tariff came later")
    assert opened.is_open
    assert opened.cleared is None
    clearings.clear(FOUND, by="Cy", reason="it came at once")
    acts = Clearings(file, DATA).history("k1")
    assert [(act.what, act.by) for act in acts] == [("cleared", "Ann"), ("reopened", "Bob"), ("cleared", "Cy")]
    assert Clearings(file, DATA).history("k2") == ()


def test_what_is_open_is_not_reopened(file: Path) -> None:
    with pytest.raises(StoreRefused, match="the finding 'k1' is open"):
        Clearings(file, DATA).reopen(FOUND, **WORD)
    Clearings(file, DATA).clear(FOUND, **WORD)
    with pytest.raises(StoreRefused, match="is open"):
        Clearings(file, Digests("e" * 64)).reopen(FOUND, **WORD)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ({"reason": ""}, "without a reason"),
        ({"reason": " \n "}, "without a reason"),
        ({"reason": "x" * 2_001}, "1 to 2,000 characters"),
        ({"by": ""}, "without who says so"),
        ({"by": "x" * 201}, "1 to 200 characters"),
    ],
)
def test_a_word_without_a_name_or_a_reason_is_refused(file: Path, word: dict[str, str], message: str) -> None:
    with pytest.raises(StoreRefused, match=message):
        Clearings(file, DATA).clear(FOUND, **{**WORD, **word})
    assert not list(file.parent.iterdir())


def test_half_a_character_is_kept_as_a_mark(file: Path) -> None:
    assert Clearings(file, DATA).clear(FOUND, by="Ann\udce9", reason="so").cleared.by == "Ann?"  # type: ignore[union-attr]


ACT = {"what": "cleared", "key": "k1", "kind": "drift", "culprits": ["a"], "rule": "", "summary": "", "by": "Ann",
       "reason": "so", "at": "2026-01-01", "data_sha256": "d", "training_sha256": ""}  # fmt: skip


def test_the_file_is_plain(file: Path) -> None:
    Clearings(file, DATA).clear(FOUND, **WORD)
    held = json.loads(file.with_name("inquiry.cleared.json").read_text("utf-8"))
    assert held["schema"] == "mispredict/cleared@1"
    assert set(held["cleared"][0]) == set(ACT)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "\xff\xfe", "[" * 100_000, '{"schema": "mispredict/cohorts@1", "cleared": []}'),
        *(
            json.dumps({"schema": "mispredict/cleared@1", "cleared": [ACT | wrong]})
            for wrong in ({"by": 3}, {"culprits": "a"}, {"culprits": [1]}, {"what": "praised"})
        ),
        json.dumps({"schema": "mispredict/cleared@1", "cleared": [{"what": "cleared"}]}),
    ],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(file: Path, text: str) -> None:
    beside = file.with_name("inquiry.cleared.json")
    beside.write_text(text, "latin-1")
    for ask in (lambda c: c.history(), lambda c: c.clear(FOUND, **WORD), lambda c: c.reopen(FOUND, **WORD)):
        with pytest.raises(StoreRefused, match="holds no list of cleared suspects"):
            ask(Clearings(file, DATA))
    assert beside.read_text("latin-1") == text


@pytest.mark.parametrize("where", ["file", "memory"])
def test_threads_that_write_at_once_lose_nothing(file: Path, where: str) -> None:
    clearings = Clearings(file if where == "file" else None, DATA)
    threads = [
        threading.Thread(target=clearings.clear, args=(replace(FOUND, key=f"k{i}"),), kwargs=WORD) for i in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {act.key for act in clearings.history()} == {f"k{i}" for i in range(12)}


def test_processes_that_write_at_once_lose_nothing(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mispredict.suspects.clearing import Clearings, Digests;"
        "from mispredict.suspects.suspect import Suspect\n"
        "for i in range(15): Clearings(Path(sys.argv[1]), Digests('d')).clear("
        "Suspect('drift', 'info', (), 0, 0, '', '', '', key=f'{sys.argv[2]}{i}'), by='me', reason='so')"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(file), name]) for name in "ab"]
    assert [one.wait() for one in running] == [0, 0]
    assert len(Clearings(file, DATA).history()) == 30


def test_a_folder_that_can_not_be_written_is_passed_over(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))
    Clearings(file, DATA).clear(FOUND, **WORD)
    real = Path.open

    def refused(self: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if self.parent == file.parent and mode != "rb":
            raise PermissionError(13, "Permission denied")
        return real(self, mode, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    assert Clearings(file, DATA).reopen(FOUND, by="Bob", reason="no").is_open
    acts = Clearings(file, DATA).history()
    assert [act.kept_in.split(" (")[0] for act in acts] == ["beside the investigation", "in the cache folder"]


def test_a_full_disk_is_no_reason_to_write_elsewhere(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BadInput, match="No space left on device"):
        Clearings(file, DATA).clear(FOUND, **WORD)
    assert {one.name for one in file.parent.iterdir()} <= {".inquiry.cleared.json.lock"}


class Pointing:
    """A detector that points at two columns."""

    kind, about = "drift", About("It drifts", "", "", "", "")

    def refusal(self, inquiry: Inquiry) -> str | None:
        return None

    def find(self, inquiry: Inquiry) -> Found:
        weights = {"age": 0.9, "visits": 0.4}
        named = (Suspect("drift", "suspected", (c,), 1.0, weight, c, "", "") for c, weight in weights.items())
        return Found(tuple(named), inquiry.scope(2))


def opened_on(rows: pd.DataFrame, folder: Path) -> Investigation:
    rows.to_parquet(folder / "rows.parquet")
    text = '[data]\npath = "rows.parquet"\ntarget = "label"\nfeatures = ["age", "visits"]\n[model]\nscores = "p"\n'
    (folder / "i.toml").write_text(text)
    return Investigation.from_file(folder / "i.toml")


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pd.DataFrame:
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))  # what other detectors said is no answer here
    monkeypatch.setattr(suspecting, "SUSPECTS", {"drift": Pointing()})
    rows = ordinary(300)
    model = LogisticRegression(max_iter=500).fit(rows[["age", "visits"]], rows["label"])
    return rows.assign(p=model.predict_proba(rows[["age", "visits"]])[:, 1])


def test_a_cleared_finding_stands_last_until_the_data_changes(rows: pd.DataFrame, tmp_path: Path) -> None:
    opened = opened_on(rows, tmp_path)
    first = opened.suspects().suspects[0]
    assert opened.clear_suspect(first.key, **WORD).culprits == ("age",)
    for answer in (
        opened.suspects(),
        opened.suspects_so_far(),
        Investigation.from_file(tmp_path / "i.toml").suspects(),
    ):
        assert [(one.culprits, one.is_open) for one in answer.suspects] == [(("visits",), True), (("age",), False)]
        assert not answer.judged[0].suspects[0].is_open
    told = opened.report()["suspects"]
    assert [(one["severity"], one["found_severity"]) for one in told] == [
        ("suspected", "suspected"),
        ("info", "suspected"),
    ]
    later = opened_on(rows[:-1], tmp_path).suspects().suspects[0]
    assert (later.culprits, later.is_open) == (("age",), True)
    assert later.cleared is not None


def test_a_reopened_finding_is_open_at_once(rows: pd.DataFrame, tmp_path: Path) -> None:
    opened = opened_on(rows, tmp_path)
    key = opened.suspects().suspects[0].key
    opened.clear_suspect(key, **WORD)
    assert opened.reopen_suspect(key, by="Bob", reason="not so").is_open
    assert opened.suspects_so_far().suspects[0].key == key
    assert [act.what for act in opened.suspect_history(key)] == ["cleared", "reopened"]


def test_a_key_that_no_finding_has_is_refused(rows: pd.DataFrame, tmp_path: Path) -> None:
    opened = opened_on(rows, tmp_path)
    key = opened.suspects().suspects[0].key
    with pytest.raises(StoreRefused, match=f"no finding has the key '{key[:-1]}' .nearest: '{key}'"):
        opened.clear_suspect(key[:-1], **WORD)
    with pytest.raises(StoreRefused, match="no finding has the key ''"):
        opened.reopen_suspect("", **WORD)


def test_findings_that_were_not_looked_for_yet_can_be_cleared(rows: pd.DataFrame, tmp_path: Path) -> None:
    key = opened_on(rows, tmp_path).suspects().suspects[0].key
    in_memory = Investigation(model=LogisticRegression().fit(rows[["age"]], rows["label"]), rows=rows, target="label")
    assert not in_memory.clear_suspect(key, **WORD).is_open
    assert not in_memory.suspects().suspects[-1].is_open
    assert not list(tmp_path.glob("*.cleared.json"))


def test_clearings_that_can_not_be_read_hide_no_finding(rows: pd.DataFrame, tmp_path: Path) -> None:
    opened = opened_on(rows, tmp_path)
    key = opened.suspects().suspects[0].key
    opened.clear_suspect(key, **WORD)
    (tmp_path / "i.cleared.json").write_text("{")
    answer = opened.suspects()
    assert answer.suspects[0].is_open
    assert "every finding stands open" in answer.notes[0]
    with pytest.raises(StoreRefused, match="holds no list of cleared suspects"):
        opened.clear_suspect(key, **WORD)


def test_a_worker_is_asked_alike(rows: pd.DataFrame, tmp_path: Path) -> None:
    opened_on(rows, tmp_path)
    desk = RemoteInvestigation(tmp_path / "i.toml")
    try:
        assert desk.suspect_history() == ()
        with pytest.raises(StoreRefused, match="no finding has the key 'nobody'"):
            desk.clear_suspect("nobody", **WORD)
        with pytest.raises(StoreRefused, match="no finding has the key 'nobody'"):
            desk.reopen_suspect("nobody", **WORD)
    finally:
        desk.close()
