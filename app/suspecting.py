"""What the pages ask of the usual suspects, and what they do to a finding."""

from __future__ import annotations

from collections.abc import Sequence

from app import asks, cached
from app.jobs import Job
from app.promotions import do
from mispredict.bad_input import BadInput
from mispredict.cohorts.selection import Selection
from mispredict.investigation.desk import Progress, RowDetail
from mispredict.suspects.suspect import Suspect, Suspicions

TITLE = "Looking for the usual suspects"
SHOWN_ROWS = 15  # of a finding, the most suspicious first; each is scored anew
PATIENCE = 1.0  # seconds for what is known already: a worker that is at work answers between two steps
_BATTERY, _SO_FAR, _HISTORY = "suspects", "suspects-so-far", "suspect-history"


def searched(name: str) -> Job:
    """Return the job that runs every check; what is done stays done when it is cancelled."""
    desks = cached.desks()
    return cached.jobs().start((name, _BATTERY), TITLE, lambda progress: desks.get(name).suspects(progress))


def search_of(name: str) -> Job | None:
    """Return that job where somebody started it."""
    return cached.jobs().get((name, _BATTERY))


def go_on(name: str) -> None:
    """Let the search start again from where it stopped."""
    cached.jobs().forget((name, _BATTERY))


def so_far(name: str) -> Suspicions | None:
    """Return what is known now, without running a check; None where the worker has no time to say."""
    search = search_of(name)
    if search is not None and search.state == "done":
        return search.answer  # type: ignore[no-any-return]
    key, desks = (name, _SO_FAR), cached.desks()
    job = cached.jobs().start(key, "Asking what is known", lambda _: desks.get(name).suspects_so_far())
    if job.wait(PATIENCE):
        cached.jobs().forget(key)
    return job.answer if job.state == "done" else None


def finding(name: str, key: str) -> Suspect:
    """Return the finding of a key; runs checks where it is not known and some have not run; raises BadInput."""
    known = so_far(name)
    if known is None or (known.missing and all(one.key != key for one in known.suspects)):
        search = searched(name)
        search.wait(3_600)
        if search.failure is not None:
            raise search.failure
        known = search.answer
    held = known.suspects if known is not None else ()
    found = next((one for one in held if one.key == key), None)
    if found is None:
        raise BadInput(
            f"no finding {key}", needed=f"one of the {len(held)} findings", do="go to the suspects and pick one there"
        )
    return found


def rows_of(found: Suspect) -> Selection | None:
    """Return the rows that a finding is about: its rule's, else those that it lists, None for the whole table."""
    if found.where is not None:
        return Selection(rule=found.where.rule)
    return Selection(ids=found.rows) if found.rows else None


def first_rows(name: str, found: Suspect) -> Job:
    """Return the job that fetches the most suspicious rows of a finding, a RowDetail each."""
    ids = found.rows[:SHOWN_ROWS]
    return cached.jobs().start(
        (name, "suspect-rows", *ids), "Asking the model about its rows", lambda progress: _fetched(name, ids, progress)
    )


def _fetched(name: str, ids: Sequence[str], progress: Progress) -> tuple[RowDetail, ...]:
    """Return the rows one by one: each is scored anew, which may take a tenth of a second."""
    rows = []
    for place, row in enumerate(ids):
        progress(place / len(ids), row)
        rows.append(cached.desks().get(name).row(row))
    return tuple(rows)


def clear(name: str, key: str, *, by: str, reason: str) -> Job:
    """Keep somebody's word that a finding is none; the answer is the finding."""
    work = do("Clearing", lambda _: cached.desks().get(name).clear_suspect(key, by=by, reason=reason))
    return _said(name, key, work)


def reopen(name: str, key: str, *, by: str, reason: str) -> Job:
    """Keep somebody's word that a cleared finding is one after all; the answer is the finding."""
    work = do("Reopening", lambda _: cached.desks().get(name).reopen_suspect(key, by=by, reason=reason))
    return _said(name, key, work)


def history(name: str, key: str) -> Job:
    """Return the job that lists what people said of a finding, the first word first."""
    desks = cached.desks()
    return cached.jobs().start(
        (name, _HISTORY, key), "Reading what was said", lambda _: desks.get(name).suspect_history(key)
    )


def _said(name: str, key: str, job: Job) -> Job:
    cached.jobs().forget((name, _HISTORY, key))
    search = search_of(name)
    if search is not None and search.state == "done":
        go_on(name)  # every check is known, so asking anew only reads what people said
    return job


def worst_errors(name: str, selection: Selection) -> Job:
    """Return the job that lists the worst errors of a finding's rows."""
    return asks.ranked(name, "surprise", limit=SHOWN_ROWS, of=selection)
