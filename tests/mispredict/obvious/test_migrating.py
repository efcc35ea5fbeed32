import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, insert, select

from mispredict.bad_input import StoreRefused
from mispredict.obvious.migrating import MARK
from mispredict.obvious.migrations.versions import v1_events
from mispredict.obvious.schema import EVENT, TABLES
from mispredict.obvious.store import open_or_make_store, open_store

FIRST = Path(__file__).with_name("store_version_1.sql").read_text(encoding="utf-8")


@pytest.fixture
def first(tmp_path):
    """Return a store of version 1, made by the program of that time: three cases, one of them out of the set."""
    where = tmp_path / "first.db"
    with closing(sqlite3.connect(where)) as connection:
        connection.executescript(FIRST)
    return where


def test_an_older_store_is_brought_up_and_keeps_every_case_and_its_history(first):
    store = open_store(str(first))
    assert [c.reason for c in store.list()] == ["why A 1", "why b é"]
    gone = next(c for c in map(store.history, ids(first)) if c[-1].case is None)
    assert [(change.verb, change.actor) for change in gone] == [("promote", "ann"), ("retire", "bob")]
    assert store.verify() is None
    assert store.undo(gone[0].case.id, by="ann").effect == "brought back"
    assert store.verify() is None


def test_opening_it_again_changes_nothing(first):
    open_store(str(first))
    before = dump(first)
    open_store(str(first))
    assert dump(first) == before


def test_an_older_store_that_may_not_be_written_is_refused_and_left_as_it_is(first, monkeypatch):
    with closing(sqlite3.connect(first)) as connection:
        connection.execute("create table check_run (other int)")  # what the second revision makes
    before = dump(first)
    with pytest.raises(StoreRefused, match="already exists"):
        open_store(str(first))
    assert dump(first) == before


def test_the_revisions_make_the_tables_that_the_code_knows(tmp_path):
    store = open_or_make_store(str(tmp_path / "new.db"))
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": MARK, "compare_type": True})
        assert compare_metadata(context, TABLES) == []


def test_a_store_of_version_1_in_postgres_is_brought_up(database, first):
    old = open_store(str(first))
    with create_engine(
        database.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool
    ).begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            v1_events.upgrade()
        with old.engine.connect() as other:
            connection.execute(insert(EVENT), [dict(row) for row in other.execute(select(EVENT)).mappings()])
    store = open_store(database)
    assert store.list() == old.list()
    assert store.verify() is None


def ids(where):
    with closing(sqlite3.connect(where)) as connection:
        return [name for (name,) in connection.execute("select distinct case_id from event")]


def dump(where):
    with closing(sqlite3.connect(where)) as connection:
        return list(connection.iterdump())
