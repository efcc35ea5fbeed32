"""The store's tables, and what one event of it is. `migrations` makes them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Float, ForeignKey, Integer, MetaData, String, Table, Text

NAME = "mispredict obvious set"
VERSION = 2

TABLES = MetaData()

STORE = Table(
    "obvious_store",
    TABLES,
    Column("name", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
)

EVENT = Table(
    "event",
    TABLES,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3, ... without a gap
    Column("idem", String(300), nullable=False, unique=True),  # the client's key and the case: the same twice is once
    Column("actor", String(200), nullable=False),
    Column("time", String(40), nullable=False),  # UTC, ISO 8601; the order is seq's, clocks go back
    Column("verb", String(16), nullable=False),
    Column("case_id", String(200), nullable=False, index=True),
    Column("case", Text),  # the case from now on, as ASCII JSON; null: it is out of the set
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

CHECK_RUN = Table(
    "check_run",
    TABLES,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("time", String(40), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("model", String(400), nullable=False),  # its file's name or its address
    Column("model_sha256", String(64)),  # null: an endpoint tells none
    Column("fresh", Text),  # its figures on fresh data, as JSON; null: not measured
)

CHECK_OUTCOME = Table(
    "check_outcome",
    TABLES,
    Column("run", Integer, ForeignKey("check_run.seq"), primary_key=True),
    Column("case_id", String(200), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("score", Float(53)),
)

BUDGET = Table(
    "budget",
    TABLES,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the last of a name counts
    Column("name", String(16), nullable=False),  # such as single.p99
    Column("milliseconds", Float(53)),  # null: lifted
    Column("actor", String(200), nullable=False),
    Column("time", String(40), nullable=False),
)


@dataclass(frozen=True)
class Event:
    """One change of one case: a row of the event table."""

    seq: int
    idem: str
    actor: str
    time: str
    verb: str
    case_id: str
    case: str | None
    prev_hash: str

    def digest(self) -> str:
        """Return the digest that chains the next event to this one."""
        told = [self.seq, self.idem, self.actor, self.time, self.verb, self.case_id, self.case, self.prev_hash]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def values(self) -> dict[str, Any]:
        """Return the row to insert."""
        return {**self.__dict__, "hash": self.digest()}
