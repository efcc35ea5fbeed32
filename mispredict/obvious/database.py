"""Where a set is kept: an SQLite file or any database that SQLAlchemy knows, opened so that a commit is durable."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from mispredict.bad_input import StoreRefused

BUSY_SECONDS = 60.0  # fifty writers that queue for one file need most of it
WAL_IS_SOUND = (3, 51, 3)  # older libraries can corrupt a write-ahead log that two connections reset at once
SYNCHRONOUS = "FULL"  # with that journal; anything less forgets what was acknowledged when the power goes
HEADER = b"SQLite format 3\x00"
SECURED = ("fsync", "synchronous_commit", "full_page_writes")  # PostgreSQL: without them a commit is a promise only


def engine_for(where: str) -> Engine:
    """Return an engine for a file that is there, or for a database URL; raises StoreRefused."""
    return _server(where) if "://" in where else _file(Path(where), "rw")


def engine_to_make(where: str) -> Engine:
    """Return an engine for a file that may have to be made, or for a database URL; raises StoreRefused."""
    return _server(where) if "://" in where else _file(Path(where), "rwc")


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that is alone in writing; when the block has ended it is durable."""
    with refusing(engine), engine.connect() as connection:
        connection.execution_options(mispredict_begin="BEGIN IMMEDIATE")
        with connection.begin():
            yield connection


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that sees one moment of the set."""
    with refusing(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def refusing(engine: Engine) -> Iterator[None]:
    """Turn what the database says into a StoreRefused."""
    try:
        yield
    except DBAPIError as problem:
        raise _refusal(str(engine.url), str(problem.orig)) from problem


def _server(where: str) -> Engine:
    try:
        url = make_url(where)
        if url.get_backend_name() == "sqlite":
            return _file(Path(url.database or ""), "rwc")
        engine = create_engine(_with_driver(url), poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError):  # its text may hold the URL, and the URL a password
        raise StoreRefused(
            "a database URL that SQLAlchemy does not know",
            needed="a file, or a URL such as postgresql://user@host/database",
            do="correct the URL",
        ) from None
    except ModuleNotFoundError as problem:
        raise StoreRefused(
            f"a database whose driver {problem.name} is not installed",
            needed="the driver",
            do="run: pip install 'mispredict[postgres]', or install the driver of your database",
        ) from None
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _require_secured)
    return engine


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _file(path: Path, mode: str) -> Engine:
    _require_file(path, mode)
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, creator=lambda: connect(uri), poolclass=NullPool)
    event.listen(engine, "connect", _make_durable)
    event.listen(engine, "begin", _begin)
    return engine


def connect(uri: str) -> sqlite3.Connection:
    """Return a connection whose transactions are begun by us: the driver would begin them too late, and deferred."""
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _require_file(path: Path, mode: str) -> None:
    if path.is_dir():
        raise StoreRefused(
            f"a folder: {path}", needed="a store's file or a database URL", do="name a file such as obvious.db"
        )
    if mode == "rw" and not path.exists():
        raise StoreRefused(
            f"no file {path}",
            needed="an obvious set",
            do="check the name, or promote a first case: promoting makes the file",
        )
    if path.exists() and not _is_sqlite_or_empty(path):
        raise StoreRefused(
            f"{path}, which is not a store", needed="an SQLite file that Mispredict made", do="name another file"
        )
    if not path.absolute().parent.is_dir():
        raise StoreRefused(f"no folder {path.absolute().parent}", needed="a folder for the store", do="make the folder")


def _is_sqlite_or_empty(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(HEADER)) in (HEADER, b"")
    except OSError as problem:
        raise _refusal(str(path), f"unable to open: {problem.strerror}") from problem


def journal_for(library: tuple[int, ...]) -> str:
    """Return the journal mode in which this version of SQLite loses nothing when `synchronous` is FULL."""
    return "wal" if library >= WAL_IS_SOUND else "truncate"


def _make_durable(connection: Any, _record: Any) -> None:
    for pragma in ("foreign_keys=ON", "trusted_schema=OFF", f"synchronous={SYNCHRONOUS}"):
        connection.execute(f"PRAGMA {pragma}")
    wanted = journal_for(sqlite3.sqlite_version_info)
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
        _set_journal(connection, wanted)


def _set_journal(connection: Any, wanted: str) -> None:
    """Change the mode; SQLite does not wait for others by itself when it comes to or from a write-ahead log."""
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if connection.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0] == wanted:
                return
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem):
                raise
        if time.monotonic() > patience:
            raise sqlite3.OperationalError(f"database is locked: can't change its journal to {wanted}")
        time.sleep(0.02)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("mispredict_begin", "BEGIN"))


def _require_secured(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        off = [name for name in SECURED if cursor.execute(f"SHOW {name}").fetchone()[0] == "off"]
    connection.rollback()
    if off:
        raise StoreRefused(
            f"a PostgreSQL server with {', '.join(off)} off",
            needed="a server that keeps what it has committed through a power cut",
            do=f"switch {', '.join(off)} on",
        )


SAID = {
    "locked": ("which another program has kept locked for a minute", "end that program, then try again"),
    "readonly": ("which may not be written", "give yourself the right to write the file and its folder"),
    "unable to open": ("which can't be opened", "check the rights of the file and its folder"),
    "full": ("on a disk that is full", "make room; nothing of this change was kept"),
    "disk i/o": ("on a disk that fails or is full", "check the disk; nothing of this change was kept"),
    "malformed": ("which is damaged", "restore the file from a copy, or import the exported folder into a new store"),
    "not a database": ("which is not a store", "name another file, or restore it from a copy"),
}


def _refusal(where: str, said: str) -> StoreRefused:
    for sign, (found, do) in SAID.items():
        if sign in said.lower():
            return StoreRefused(f"the store {where}, {found} ({said})", needed="a store that can be used", do=do)
    return StoreRefused(
        f"the store {where}, whose database says: {said.strip()}",
        needed="a store that can be used",
        do="correct what the database names",
    )
