import contextlib
import os
import sqlite3
import subprocess
import sys
import threading

import pytest

from benchmarks.promoting import case_of, killed, written_at_once
from mispredict.obvious.store import open_or_make_store, open_store

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "obvious.db")


def sound(result):
    return (result.lost, result.twice, result.half, result.altered) == (0, 0, 0, None)


def test_fifty_writers_of_a_hundred_cases_each_lose_nothing_in_a_file(file):
    result = written_at_once(file, 50, 100)
    assert result.acknowledged == 5000
    assert sound(result)
    assert len(open_store(file).list()) == 5000


def test_fifty_writers_of_a_hundred_cases_each_lose_nothing_in_postgres(database):
    result = written_at_once(database, 50, 100)
    assert result.acknowledged == 5000
    assert sound(result)
    assert len(open_store(database).list()) == 5000


def test_two_hundred_killed_promoters_lost_nothing_that_was_acknowledged(file):
    result = killed(file, 200)
    assert result.acknowledged >= 200
    assert sound(result)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


def test_killed_promoters_lost_nothing_in_postgres(database):
    assert sound(killed(database, 30))


def test_twenty_that_make_one_store_at_once_make_one(database):
    failed = []

    def make():
        try:
            open_or_make_store(database)
        except Exception as problem:
            failed.append(problem)
            raise

    threads = [threading.Thread(target=make) for _ in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert failed == []
    assert open_store(database).list() == ()


FULL = """
import resource, signal, sys
from benchmarks.promoting import case_of
from mispredict.bad_input import StoreRefused
from mispredict.obvious.store import open_store
store, size = open_store(sys.argv[1]), int(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    store.promote([case_of(f"more{i}") for i in range(500)])
except StoreRefused as problem:
    print(problem.found, "|", problem.do)
"""


def test_a_full_disk_keeps_nothing_of_a_promotion_and_all_that_was_there(file):
    cases = [case_of(f"c{i}") for i in range(20)]
    open_or_make_store(file).promote(cases)
    size = str(os.path.getsize(file) + 20_000)
    done = subprocess.run([sys.executable, "-c", FULL, file, size], capture_output=True, text=True, timeout=60)
    assert "on a disk that" in done.stdout, done.stderr
    assert "nothing of this change was kept" in done.stdout
    store = open_store(file)
    assert len(store.list()) == 20
    assert store.verify() is None
