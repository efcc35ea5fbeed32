"""Opening a store, making one where there is none, and bringing an older one to this version."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect, select

from mispredict.bad_input import StoreRefused
from mispredict.obvious.database import engine_for, engine_to_make, reading, refusing, writing
from mispredict.obvious.migrating import migrate
from mispredict.obvious.schema import EVENT, STORE, VERSION


def engine_of(where: str) -> Engine:
    """Return the engine of a store that is there; raises StoreRefused."""
    engine = engine_for(where)
    _require_store(engine)
    return engine


def engine_of_new(where: str) -> Engine:
    """Return the engine of a store, made when there is none; raises StoreRefused."""
    engine = engine_to_make(where)
    with refusing(engine):
        there = inspect(engine).get_table_names()
    if STORE.name not in there and EVENT.name not in there and (engine.dialect.name != "sqlite" or not there):
        _bring_up(engine)
    _require_store(engine)
    return engine


def _require_store(engine: Engine) -> None:
    with refusing(engine):
        there = set(inspect(engine).get_table_names())
    if not {STORE.name, EVENT.name} <= there:
        raise StoreRefused(
            f"{engine.url}, a database without an obvious set in it",
            needed="a store that Mispredict made",
            do="check the name, or promote into a file that is not there yet",
        )
    with reading(engine) as connection:
        version = _version(connection)
    if version > VERSION:
        raise StoreRefused(
            f"{engine.url}, a store of version {version}",
            needed=f"at most version {VERSION}, which this Mispredict knows",
            do="update Mispredict",
        )
    if version < VERSION:
        _bring_up(engine)


def _bring_up(engine: Engine) -> None:
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":  # two that make one store at once: the second finds it made
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7021979)")
        migrate(connection)


def _version(connection: Connection) -> int:
    return int(connection.execute(select(STORE.c.version)).scalar_one())
