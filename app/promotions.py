"""What the pages do to the obvious set; each function answers with a job that is over, well or not."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app import asks, cached
from app.jobs import Job
from app.places import default_store
from mispredict.bad_input import BadInput
from mispredict.investigation.desk import Progress

if TYPE_CHECKING:
    from mispredict.obvious.case import Case
    from mispredict.obvious.freeze import Why
    from mispredict.obvious.store import Store

FREEZE_SECONDS = 120.0


def do(title: str, work: Callable[[Progress], Any]) -> Job:
    """Return a job of its own that was run here and now."""
    job = Job((title,), title)
    job.run(work)
    return job


def promote(name: str, rows: Sequence[str], say: Callable[[], Why]) -> Job:
    """Put rows of an investigation into the set; the answer is the cases, given after they are durable.

    `say` makes what people say about them, and refuses what says nothing.
    """

    def work(_: Progress) -> tuple[Case, ...]:
        from mispredict.obvious.freeze import freeze

        why = say()
        frozen = asks.freeze(name, rows)
        frozen.wait(FREEZE_SECONDS)
        if frozen.state != "done":
            raise frozen.failure or BadInput("the rows are still being read", needed="a moment", do="promote again")
        cases = freeze(frozen.answer, why)
        _store().promote(cases)
        return cases

    return do("Promoting", work)


def undo(cases: Sequence[str]) -> Job:
    """Take back the last change of each case."""
    return do("Undoing", lambda _: [_store().undo(case, by=me()) for case in cases])


def retire(case: str, by: str) -> Job:
    """Take a case out of the set."""
    return do("Retiring", lambda _: _store().retire(case, by=by or me()))


def edit(case: Case, said: Mapping[str, Any], *, seen: int, by: str) -> Job:
    """Give a case other words; refused where somebody changed it after version `seen`."""

    def work(_: Progress) -> Any:
        from mispredict.obvious.editing import edited

        return _store().edit(edited(case, said), seen=seen, by=by or me())

    return do("Saving", work)


def history(case: str) -> Job:
    """Return what was done to a case and what checks said of it."""

    def work(_: Progress) -> Any:
        from mispredict.obvious.telling import of_case

        return of_case(_store(), case)

    return do("Reading the history", work)


def listed() -> Job:
    """Return the set as it is now; an empty one when there is none yet."""
    return do("Reading the obvious set", lambda _: cached.kept_set().read())


def me() -> str:
    """Return the name of whoever runs this program."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "analyst"


def _store() -> Store:
    from mispredict.obvious.store import open_or_make_store

    return open_or_make_store(default_store())
