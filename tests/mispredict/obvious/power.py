"""A disk that forgets what was not synced when the power is cut, under SQLite's own file layer (apsw's VFS).

Every write, truncation, sync and removal of a file passes `Disk`. What a cut leaves behind is what was synced, and of
the rest each write by chance whole, torn at 512 bytes, or not at all; a removal that was not synced may be undone.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

LOST, TORN = 0.45, 0.65  # of unsynced writes: those below the first are lost, those below the second torn
SECTOR = 512
Write = tuple[int, bytes | None]  # an offset and the bytes there; None: the file ends at the offset


def written(content: bytes, writes: Sequence[Write]) -> bytes:
    """Return a file's content after writes."""
    changed = bytearray(content)
    for offset, data in writes:
        if data is None:
            del changed[offset:]
        else:
            changed.extend(bytes(max(0, offset - len(changed))))
            changed[offset : offset + len(data)] = data
    return bytes(changed)


@dataclass
class Disk:
    """What has reached the plate, what has not, and how many operations there were."""

    synced: dict[str, bytes] = field(default_factory=dict)
    pending: dict[str, list[Write]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)  # by a removal that was not synced
    operations: int = 0
    watch: Callable[[Disk], None] = lambda disk: None
    connection: apsw.Connection | None = None
    locking: str = "NORMAL"

    def opened(self, file: str) -> None:
        if file not in self.synced:
            self.synced[file] = Path(file).read_bytes() if os.path.exists(file) else b""
            self.pending[file] = []
        self.removed.discard(file)

    def write(self, file: str, write: Write) -> None:
        self.pending[file].append(write)
        self._count()

    def sync(self, file: str) -> None:
        self.synced[file], self.pending[file] = written(self.synced[file], self.pending[file]), []
        self._count()

    def remove(self, file: str) -> None:
        self.removed.add(file)
        self._count()

    def remove_for_good(self, file: str) -> None:
        self._forget(file)
        self._count()

    def settle(self) -> None:
        """Let everything reach the plate, as time does."""
        for file in self.removed:
            self._forget(file)
        self.removed = set()
        for file in list(self.synced):
            self.sync(file)

    def after_a_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files, by name, that are there when the power is back."""
        left = [f for f in self.synced if f not in self.removed or chance.random() < 0.5]
        return {
            os.path.basename(file): written(self.synced[file], _surviving(self.pending[file], chance)) for file in left
        }

    def _forget(self, file: str) -> None:
        self.synced.pop(file, None)
        self.pending.pop(file, None)

    def _count(self) -> None:
        self.operations += 1
        self.watch(self)


def _surviving(writes: Sequence[Write], chance: random.Random) -> list[Write]:
    kept: list[Write] = []
    for offset, data in writes:
        luck = chance.random()
        if luck < LOST:
            continue
        torn = luck < TORN and data is not None and len(data) > SECTOR
        kept.append((offset, data[: SECTOR * chance.randrange(1, len(data) // SECTOR + 1)] if torn else data))
    return kept


DISK = Disk()


class _File(apsw.VFSFile):
    def __init__(self, _vfs: str, name: Any, flags: Any) -> None:
        self.name = name.filename() if isinstance(name, apsw.URIFilename) else name
        super().__init__("", name, flags)
        if self.name:
            DISK.opened(self.name)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        if self.name:
            DISK.write(self.name, (offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        if self.name:
            DISK.write(self.name, (size, None))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        if self.name:
            DISK.sync(self.name)


class _Files(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("forgetful", "", maxpathname=0)

    def xOpen(self, name: Any, flags: Any) -> _File:
        return _File("", name, flags)

    def xDelete(self, name: str, synced: bool) -> None:  # noqa: FBT001 - as SQLite calls it
        super().xDelete(name, synced)
        DISK.remove_for_good(name) if synced else DISK.remove(name)


FILES = _Files()


class Cursor:
    """An apsw cursor as SQLAlchemy wants one."""

    lastrowid = None
    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._of, self._rows, self.description, self.rowcount = connection, iter(()), None, -1

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        cursor = self._of.real.cursor()
        cursor.exec_trace = self._describe  # a statement without rows is over, and says nothing, once it has run
        try:
            self._rows = iter(list(cursor.execute(statement, tuple(values))))
        except apsw.Error as problem:
            raise sqlite3.OperationalError(str(problem)) from problem
        self.rowcount = self._of.real.changes()
        return self

    def _describe(self, cursor: apsw.Cursor, _statement: str, _values: Any) -> bool:
        self.description = tuple((*column, None, None, None, None, None) for column in cursor.get_description()) or None
        return True

    def fetchone(self) -> Any:
        return next(iter(self._rows), None)

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    def close(self) -> None:
        self._rows = iter(())


class Connection:
    """An apsw connection as SQLAlchemy wants one, on the forgetful disk.

    All of them are one that stays open, as when another program has the file open: closing would tidy up and sync.
    """

    def __init__(self, uri: str) -> None:
        if DISK.connection is None:
            flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
            DISK.connection = apsw.Connection(uri, flags=flags, vfs="forgetful")
            DISK.connection.execute(f"PRAGMA locking_mode={DISK.locking}")
        self.real = DISK.connection

    def cursor(self) -> Cursor:
        return Cursor(self)

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        return self.cursor().execute(statement, values)

    def create_function(self, *_: Any, **__: Any) -> None:
        """Take SQLAlchemy's regular expressions, which no statement here needs."""

    def commit(self) -> None:
        if self.real.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.real.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        """Leave it open."""
