import random

import pytest

from mispredict.bad_input import StoreRefused
from mispredict.obvious import database
from mispredict.obvious.store import open_or_make_store, open_store
from tests.mispredict.obvious import power

RUNS, PROMOTIONS, CUTS = 15, 8, 20  # 300 cuts, each at an operation of its own: also in the middle of a commit


@pytest.fixture
def cut(tmp_path, monkeypatch, case_of):
    """Return a function that promotes on a forgetful disk and counts what cuts of its power did."""

    def run(journal, synchronous):
        monkeypatch.setattr(database, "connect", power.Connection)
        monkeypatch.setattr(database, "journal_for", lambda _: journal)
        monkeypatch.setattr(database, "SYNCHRONOUS", synchronous)
        cuts = [one for seed in range(RUNS) for one in promoted(tmp_path / str(seed), random.Random(seed), case_of)]
        monkeypatch.undo()
        return [judged(tmp_path / "after", *one) for one in cuts]

    return run


def promoted(folder, chance, case_of):
    """Return cuts of one run: the files that are left, what was acknowledged before, and what was on its way."""
    folder.mkdir()
    where, cuts, acknowledged = str(folder / "obvious.db"), [], []
    cases = [case_of(f"c{i}", reason="x" * chance.randrange(1, 3_000)) for i in range(PROMOTIONS)]
    # A write-ahead log of such files has no memory to share; a journal would not be deleted if it were EXCLUSIVE.
    power.DISK = disk = power.Disk(locking="EXCLUSIVE" if database.journal_for(()) == "wal" else "NORMAL")
    store = open_or_make_store(where)
    disk.settle()

    def cut_here(disk):
        cuts.append((disk.after_a_cut(chance), list(acknowledged), cases[: len(acknowledged) + 1]))

    disk.watch = cut_here
    for case in cases:
        store.promote([case])
        acknowledged.append(case)
        cut_here(disk)
    disk.watch = lambda disk: None
    disk.connection.close()
    return chance.sample(cuts, CUTS)


def judged(folder, files, acknowledged, at_most):
    """Return what a cut did: nothing bad, or "lost", "half", "damaged"."""
    folder.mkdir(exist_ok=True)
    [old.unlink() for old in folder.iterdir()]
    [(folder / name).write_bytes(content) for name, content in files.items()]
    try:
        store = open_store(str(folder / "obvious.db"))
        found, altered = store.list(), store.verify()
    except StoreRefused:
        return "damaged"
    if altered or any(case not in at_most for case in found):
        return "half"
    return "" if all(case in found for case in acknowledged) else "lost"


@pytest.mark.parametrize("journal", [database.journal_for(old) for old in [(3, 40, 1), (3, 51, 3)]])
def test_three_hundred_power_cuts_lose_nothing_that_was_acknowledged(cut, journal):
    assert cut(journal, database.SYNCHRONOUS) == [""] * RUNS * CUTS


@pytest.mark.parametrize(("journal", "synchronous"), [("wal", "NORMAL"), ("delete", "FULL"), ("truncate", "OFF")])
def test_weaker_settings_lose_something_in_the_same_cuts(cut, journal, synchronous):
    assert "lost" in cut(journal, synchronous)
