import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mispredict.bad_input import TableRefused, WorkerStopped
from mispredict.worker import peek


@pytest.fixture
def table(tmp_path):
    days = [datetime.date(2024, 1, 1 + i % 2) for i in range(100)]
    rows = {"few": [i % 3 for i in range(100)], "many": list(range(100)), "day": days, "who": ["z", "a"] * 50}
    pq.write_table(pa.table(rows), tmp_path / "t.parquet")
    return tmp_path / "t.parquet"


def test_the_columns_come_in_the_tables_order(table):
    seen = []
    assert peek.columns_of(table, progress=lambda *said: seen.append(said)) == ("few", "many", "day", "who")
    assert seen[0] == (0.0, "starting a worker")
    assert "opening the table" in [doing for _, doing in seen]


@pytest.mark.parametrize(
    ("column", "found"),
    [("few", (0, 1, 2)), ("many", ()), ("who", ("a", "z")), ("day", ("2024-01-01", "2024-01-02"))],
)
def test_values_are_listed_in_order_while_they_can_be_classes(table, column, found):
    assert peek.values_of(table, column, most=60) == found


def test_a_refused_table_is_refused_here_too(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n1,2,3\n")
    with pytest.raises(TableRefused, match="3"):
        peek.columns_of(tmp_path / "t.csv")


def test_a_table_that_ends_its_reader_is_a_message(table, monkeypatch):
    monkeypatch.setenv("MISPREDICT_WORKER_MEMORY_GIB", "0.01")
    with pytest.raises(WorkerStopped):
        peek.columns_of(table)


def test_the_parent_opens_no_table(table, monkeypatch):
    monkeypatch.setattr(pq, "ParquetFile", lambda *_, **__: pytest.fail("the table was opened outside the worker"))
    assert "few" in peek.columns_of(table)


def test_a_cancelled_look_ends_its_worker(table, monkeypatch):
    workers = []

    class Kept(peek.Worker):
        def __init__(self):
            super().__init__()
            workers.append(self)

    class Stop(Exception):
        pass

    def stop(share, doing):
        if doing != "starting a worker":
            raise Stop

    monkeypatch.setattr(peek, "Worker", Kept)
    with pytest.raises(Stop):
        peek.columns_of(table, progress=stop)
    assert not workers[0].is_alive
