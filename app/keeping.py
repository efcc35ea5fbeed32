"""What the pages do to saved cohorts; each function answers with a job that is over, well or not."""

from __future__ import annotations

from app import asks, cached
from app.jobs import Job
from app.promotions import do, me
from mispredict.cohorts.cohort import SavedCohort
from mispredict.cohorts.selection import Selection
from mispredict.investigation.desk import Progress


def save(name: str, cohort: str, selection: Selection, *, reason: str, origin: str = "") -> Job:
    """Keep a selection under a name; the answer is the saved cohort."""
    by = me()

    def work(_: Progress) -> SavedCohort:
        return cached.desks().get(name).save_cohort(cohort, selection, by=by, reason=reason, origin=origin)

    return _changed(name, do("Saving the cohort", work))


def drop(name: str, cohort: str) -> Job:
    """Forget a saved cohort; the answer is what it was, so that it can be saved again."""
    return _changed(name, do("Dropping the cohort", lambda _: cached.desks().get(name).drop_cohort(cohort)))


def _changed(name: str, job: Job) -> Job:
    asks.forget_saved(name)
    return job
