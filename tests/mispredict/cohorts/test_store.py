"""Saved cohorts stay, whoever writes at the same time, and a file that can't be read is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mispredict import Investigation
from mispredict.bad_input import BadInput, RuleRefused, StoreRefused
from mispredict.cohorts.cohort import SavedCohort
from mispredict.cohorts.selection import Selection
from mispredict.cohorts.store import CohortStore

NORTH = Selection(rule="shop = north")


def cohort(name: str, selection: Selection = NORTH, reason: str = "") -> SavedCohort:
    return SavedCohort(name, selection, "me", reason, "", "2026-01-01T00:00:00+00:00", "d" * 64, "m" * 64, "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "inquiry.toml"


def test_what_was_saved_is_read_by_the_next_one(file: Path) -> None:
    kept = CohortStore(file).save(cohort("Early – \"x\" 'y' <b>", Selection("amount > 3", None, ("a", "é😀"))))
    assert kept.kept_in == "beside the investigation"
    assert CohortStore(file).list() == (kept,)
    assert (file.parent / "inquiry.cohorts.json").exists()


@pytest.mark.parametrize("where", ["file", "memory"])
def test_a_name_is_given_once(file: Path, where: str) -> None:
    store = CohortStore(file if where == "file" else None)
    first = store.save(cohort("One"))
    assert store.save(cohort("one", reason="again")) == first
    with pytest.raises(StoreRefused, match="under which other rows are saved"):
        store.save(cohort("ONE", Selection(rule="shop = south")))
    assert store.replace(cohort("ONE", Selection(rule="shop = south"))).selection.rule == "shop = south"
    assert [one.name for one in store.list()] == ["ONE"]


@pytest.mark.parametrize("where", ["file", "memory"])
def test_a_dropped_cohort_is_gone(file: Path, where: str) -> None:
    store = CohortStore(file if where == "file" else None)
    store.save(cohort("first"))
    second = store.save(cohort("second"))
    assert store.drop("First").name == "first"
    assert store.list() == (second,)
    with pytest.raises(StoreRefused, match=r"no saved cohort 'secnd' \(nearest: 'second'\)"):
        store.drop("secnd")


@pytest.mark.parametrize("name", ["", " ", " a", "a\n", "a\x00b", "x" * 81, "\u202ea"])
def test_a_name_that_nobody_could_read_is_refused(file: Path, name: str) -> None:
    with pytest.raises(StoreRefused, match="1 to 80 characters"):
        CohortStore(file).save(cohort(name))
    assert not list(file.parent.iterdir())


def test_longer_words_than_anybody_reads_are_refused(file: Path) -> None:
    with pytest.raises(StoreRefused, match="2,001 characters"):
        CohortStore(file).save(cohort("a", reason="x" * 2_001))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": "other", "cohorts": []}', "\xff\xfe", "[" * 100_000,
             '{"schema": "mispredict/cohorts@1", "cohorts": [{"name": "a"}]}']
)  # fmt: skip
def test_a_damaged_file_is_refused_and_left_as_it_is(file: Path, text: str) -> None:
    beside = file.with_name("inquiry.cohorts.json")
    beside.write_text(text, "latin-1")
    for ask in (lambda s: s.list(), lambda s: s.save(cohort("a")), lambda s: s.drop("a")):
        with pytest.raises(StoreRefused, match="holds no list of cohorts"):
            ask(CohortStore(file))
    assert beside.read_text("latin-1") == text


def test_threads_that_write_at_once_lose_nothing(file: Path) -> None:
    threads = [threading.Thread(target=CohortStore(file).save, args=(cohort(f"c{i}"),)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.name for one in CohortStore(file).list()} == {f"c{i}" for i in range(12)}


def test_processes_that_write_at_once_lose_nothing(file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from mispredict.cohorts.store import CohortStore;"
        "from mispredict.cohorts.cohort import SavedCohort; from mispredict.cohorts.selection import Selection\n"
        "for i in range(15): CohortStore(Path(sys.argv[1])).save("
        "SavedCohort(f'{sys.argv[2]}{i}', Selection('n > 1'), '', '', '', '', '', '', ''))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(file), name]) for name in "ab"]
    assert [one.wait() for one in running] == [0, 0]
    assert len(CohortStore(file).list()) == 30


def test_a_folder_that_can_not_be_written_is_passed_over_and_said(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MISPREDICT_CACHE", str(tmp_path / "cache"))

    def refused(path: Path, mode: str) -> None:
        if path.parent == file.parent and mode != "rb":
            raise PermissionError(13, "Permission denied")

    real = Path.open
    monkeypatch.setattr(Path, "open", lambda self, mode="r", *a, **k: refused(self, mode) or real(self, mode, *a, **k))
    kept = CohortStore(file).save(cohort("a"))
    assert kept.kept_in.startswith("in the cache folder (")
    assert [one.name for one in CohortStore(file).list()] == ["a"]
    assert not file.with_name("inquiry.cohorts.json").exists()
    CohortStore(file).drop("a")
    assert CohortStore(file).list() == ()


def test_a_full_disk_is_no_reason_to_write_elsewhere(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(BadInput, match="No space left on device"):
        CohortStore(file).save(cohort("a"))
    assert {one.name for one in file.parent.iterdir()} <= {".inquiry.cohorts.json.lock"}


def test_a_cohort_outlives_its_table_and_says_which_rows_are_gone(write, table) -> None:
    file = write(table)
    first = Investigation.from_file(file)
    kept = first.save_cohort("drawn", Selection(ids=("k1", "k2", "k3")), by="me", reason="odd", origin="map, lasso")
    assert (kept.origin, kept.data_sha256) == ("map, lasso", first.describe().data_sha256)
    later = Investigation.from_file(write(table[2:]))
    (found,) = later.cohorts()
    assert found == kept
    assert found.data_sha256 != later.describe().data_sha256
    assert "1 of 3 ids are not among the labelled rows" in later.cohort(found.selection).notes


def test_a_rule_that_does_not_fit_the_table_is_not_saved(opened) -> None:
    with pytest.raises(RuleRefused, match="no column"):
        opened.save_cohort("a", Selection(rule="nobody = 1"))
    assert opened.cohorts() == ()


def test_a_cluster_is_saved_as_the_ids_of_its_errors(write, table) -> None:
    opened = Investigation.from_file(write(table))
    clusters = opened.groups().clusters
    if not clusters:
        pytest.fail("the planted rows make a cluster")
    kept = opened.save_cohort("c", Selection(cluster=clusters[0].id))
    assert kept.selection == Selection(ids=clusters[0].rows)
    assert kept.origin == f"cluster {clusters[0].id + 1} of the errors"
    assert opened.cohort(kept.selection).errors == clusters[0].size


def test_objects_in_memory_keep_cohorts_in_memory(table) -> None:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(table[["p"]], table["y"])
    opened = Investigation(model=model, rows=table, target="y", id="key", features=["p"])
    assert opened.save_cohort("a", NORTH).kept_in.startswith("in memory")
    assert opened.replace_cohort("a", Selection(rule="shop = east")).selection.rule == "shop = east"
    assert opened.drop_cohort("a").name == "a"
    assert opened.cohorts() == ()


def test_the_lock_file_holds_nothing(file: Path) -> None:
    CohortStore(file).save(cohort("a"))
    assert os.path.getsize(file.with_name(".inquiry.cohorts.json.lock")) == 0
