"""The obvious set as the pages read it: once a change, not once a run."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from app.garbage import settle
from app.places import default_store

if TYPE_CHECKING:
    from mispredict.obvious.case import Case
    from mispredict.obvious.histories import Change
    from mispredict.obvious.records import Run

MODELS = 4  # columns of the matrix: the models that were checked last


@dataclass(frozen=True, eq=False)
class KeptSet:
    """A set at one moment: its cases with their versions, and what the last check of each model said."""

    versions: tuple[Change, ...]
    runs: tuple[Run, ...]  # the last one of each model, the newest first; at most MODELS
    statuses: dict[int, dict[str, str]]  # of each of these runs: case -> passed, failed, unchecked, expired
    words: pd.DataFrame  # a line a case, as it is searched and shown

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """Return the cases, sorted by id."""
        return tuple(change.case for change in self.versions if change.case is not None)

    @cached_property
    def digest(self) -> str:
        """Return a digest of everything that the cases say."""
        found = hashlib.sha256()
        for case in self.cases:
            found.update(repr(case).encode("utf-8", "surrogatepass"))
        return found.hexdigest()

    def seen(self, case: str) -> int:
        """Return the version of a case that is shown."""
        return next(change.seq for change in self.versions if change.case is not None and change.case.id == case)


class SetBook:
    """The last set that was read; all sessions share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: tuple[tuple[str, int, int], KeptSet] | None = None

    def read(self) -> KeptSet:
        """Return the set as it is now; raises StoreRefused."""
        from mispredict.obvious.store import open_or_make_store

        where = default_store()
        store = open_or_make_store(where)
        key = (where, *store.revision())
        with self._lock:
            if self._held is None or self._held[0] != key:
                self._held = (key, _read(store))
                settle()
            return self._held[1]


def _read(store: object) -> KeptSet:
    from mispredict.obvious.records import runs, statuses
    from mispredict.obvious.store import Store

    assert isinstance(store, Store)
    versions = store.versions()
    last = {(run.model, run.model_sha256): run for run in runs(store)}
    shown = tuple(sorted(last.values(), key=lambda run: -run.seq)[:MODELS])
    cases = [change.case for change in versions if change.case is not None]
    return KeptSet(versions, shown, statuses(store, [run.seq for run in shown]), _words(cases))


def _words(cases: list[Case]) -> pd.DataFrame:
    columns = ["id", "severity", "expect", "reason", "owner", "tags", "incident", "who", "when", "row"]
    lines = [
        (
            *(c.id, c.severity, c.expect.wanted(), c.reason, c.owner or "", ", ".join(c.tags), c.incident or ""),
            *(c.promoted_by, c.promoted_at[:16].replace("T", " "), c.source.row),
        )
        for c in cases
    ]
    words = pd.DataFrame(lines, columns=columns, dtype=object)
    words["all"] = words[columns].agg("\n".join, axis=1).str.casefold() if len(words) else ""
    return words
