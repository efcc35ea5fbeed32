"""The obvious set as it is kept: an append-only list of events, from which everything else is read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Engine, func, select

from mispredict.obvious import states
from mispredict.obvious.appending import Kept, Wanted, append
from mispredict.obvious.case import Case
from mispredict.obvious.database import reading, writing
from mispredict.obvious.histories import Change, Verb, current, history_of
from mispredict.obvious.opening import engine_of, engine_of_new
from mispredict.obvious.schema import CHECK_RUN, EVENT, STORE, Event


class Store:
    """An opened obvious set. Every method that changes it returns only after the change is durable."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def promote(self, cases: Sequence[Case], *, key: str | None = None) -> tuple[Kept, ...]:
        """Put cases into the set and return what that did, in their order.

        `key` is the client's name for this request: the same key again changes nothing and gets the same answer.
        A case that is there already gets one more version; `history` keeps the former. Raises StoreRefused where one
        must score above a case that is neither there nor among these.
        """
        self._require_known(cases)
        return self._append("promote", [Wanted(c.id, c.promoted_by, states.become(c)) for c in cases], key)

    def merge(self, cases: Sequence[Case], *, by: str, key: str | None = None) -> tuple[Kept, ...]:
        """Put cases of another set into this one, all or none; those that are the same here are left alone."""
        self._require_known(cases)
        return self._append("import", [Wanted(c.id, by, states.become(c)) for c in cases], key)

    def edit(self, case: Case, *, seen: int, by: str, key: str | None = None) -> Kept:
        """Give a case other values and return what that did.

        `seen` is the version that the editor saw. When somebody was quicker nothing is changed, and the StoreRefused
        that is raised says what they did and what was wanted.
        """
        return self._append("edit", [Wanted(case.id, by, states.edited(case, seen))], key)[0]

    def retire(self, case_id: str, *, by: str, key: str | None = None) -> Kept:
        """Take a case out of the set; its history stays and `undo` brings it back.

        Raises StoreRefused while another case must score above it.
        """
        states.require_free(case_id, self.list())
        return self._append("retire", [Wanted(case_id, by, states.retired)], key)[0]

    def undo(self, case_id: str, *, by: str, key: str | None = None) -> Kept:
        """Return a case to what it was before its last change, as one more change."""
        return self._append("undo", [Wanted(case_id, by, states.before_last)], key)[0]

    def list(self) -> tuple[Case, ...]:
        """Return the cases of the set, sorted by id."""
        return tuple(change.case for change in self.versions() if change.case is not None)

    def versions(self) -> tuple[Change, ...]:
        """Return the newest version of each case of the set, sorted by id."""
        with reading(self.engine) as connection:
            return tuple(current(connection))

    def history(self, case_id: str) -> tuple[Change, ...]:
        """Return every version of a case, the first one first; empty when the id was never there."""
        with reading(self.engine) as connection:
            return tuple(history_of(connection, case_id))

    def revision(self) -> tuple[int, int]:
        """Return the numbers of the last event and of the last recorded check: the same again, nothing changed."""
        with reading(self.engine) as connection:
            events = connection.execute(select(func.max(EVENT.c.seq))).scalar() or 0
            return events, connection.execute(select(func.max(CHECK_RUN.c.seq))).scalar() or 0

    def verify(self) -> str | None:
        """Return which event was altered or removed by hand, None when the chain is whole."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(EVENT).order_by(EVENT.c.seq)).mappings()
            previous = ""
            for seq, row in enumerate(rows, start=1):
                told = Event(**{name: row[name] for name in Event.__dataclass_fields__})
                if told.seq != seq or told.prev_hash != previous or told.digest() != row["hash"]:
                    return f"event {seq} was altered or removed"
                previous = row["hash"]
        return None

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _require_known(self, cases: Sequence[Case]) -> None:
        if any(case.expect.compared_with for case in cases):
            states.require_known(cases, {case.id for case in (*self.list(), *cases)})

    def _append(self, verb: Verb, wanted: Sequence[Wanted], key: str | None) -> tuple[Kept, ...]:
        key = key or uuid.uuid4().hex
        with writing(self.engine) as connection:
            # Databases without one writer at a time queue here; SQLite has them queued already.
            connection.execute(select(STORE).with_for_update())
            return tuple([append(connection, verb, one, f"{key}:{one.case_id}") for one in wanted])


def open_store(where: str) -> Store:
    """Return the set that is kept in a file or a database; raises StoreRefused when there is none."""
    return Store(engine_of(where))


def open_or_make_store(where: str) -> Store:
    """Return the set that is kept in a file or a database, made when there is none; raises StoreRefused."""
    return Store(engine_of_new(where))
