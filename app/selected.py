"""The errors that a tab looks at: all, or those of a cluster, slice, lasso, typed rule, saved cohort or suspect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from app import asks, cached, suspecting
from app.jobs import Job
from app.map.selection import Polygon, box_of, from_address, inside
from app.session import Selector
from mispredict.bad_input import BadInput
from mispredict.cohorts.cohort import SavedCohort
from mispredict.cohorts.rule import rule_source
from mispredict.cohorts.selection import EVERYTHING, Selection
from mispredict.investigation.desk import ErrorMap, Groups, Ranked, Ranking

BEFORE_OTHERS: tuple[Selector, ...] = ("lasso", "rule", "cohort", "suspect", "cluster", "slice")


@dataclass(frozen=True)
class Choice:
    """What an address says; at most one selector is looked at, the lasso before the others."""

    cluster: str | None = None
    slice: str | None = None
    lasso: str | None = None
    rule: str | None = None
    cohort: str | None = None
    suspect: str | None = None  # a finding's key
    map: str | None = None  # the map that a lasso was drawn on, as asks.mapped takes it

    @property
    def kind(self) -> Selector | None:
        """Return the selector that counts, None where all errors are looked at."""
        return next((kind for kind in BEFORE_OTHERS if getattr(self, kind)), None)

    @property
    def value(self) -> str:
        """Return what that selector says."""
        return getattr(self, self.kind) if self.kind else ""

    @property
    def is_all(self) -> bool:
        """Return whether nothing was chosen."""
        return self.kind is None

    def key(self) -> str:
        """Return the choice as one text."""
        return f"{self.kind or ''}|{self.value}|{self.map or ''}"


@dataclass(frozen=True, eq=False)
class Selected:
    """The chosen errors, the worst first."""

    rows: pd.DataFrame  # as Ranked, at most asks.LISTED
    total: int  # errors chosen
    right: int  # right rows inside the lasso, which no table of errors lists
    mask: np.ndarray  # of the map's points
    lasso: Polygon
    selection: Selection  # the same for the desk, right and wrong rows alike


def select(name: str, by: Ranking, choice: Choice) -> Job:
    """Return the job that finds the chosen errors."""
    return cached.jobs().start(
        (name, "selected", by, choice.key()), "Finding the chosen errors", lambda _: _select(name, by, choice)
    )


def _select(name: str, by: Ranking, choice: Choice) -> Selected:
    drawn: ErrorMap = _answer(asks.mapped(name, choice.map))
    points = drawn.points
    if choice.is_all:
        everything: Ranked = _answer(asks.ranked(name, by))
        return Selected(everything.rows, everything.total, 0, np.zeros(len(points), dtype=bool), (), EVERYTHING)
    if choice.lasso:
        return _lassoed(name, by, points, choice.lasso)
    selection = selection_of(name, choice)
    kept: Ranked = _answer(asks.ranked(name, by, limit=asks.LASSOED, of=selection))
    mask = points["id"].isin(kept.rows["id"]).to_numpy() & points["error"].to_numpy(bool)
    return Selected(kept.rows.head(asks.LISTED), kept.total, 0, mask, (), selection)


def selection_of(name: str, choice: Choice) -> Selection:
    """Return what a choice other than a lasso means to the desk; waits for what it needs, refuses what is not there."""
    if choice.kind == "rule":
        return Selection(rule=choice.value)
    if choice.kind == "cohort":
        return _saved(_answer(asks.saved(name)), choice.value)
    if choice.kind == "suspect":
        return _accused(name, choice.value)
    groups: Groups = _answer(asks.grouped(name))
    if choice.kind == "cluster":
        found = [c.id for c in groups.clusters if str(c.id + 1) == choice.value]
        return Selection(cluster=found[0]) if found else _unknown("cluster", choice.value, len(groups.clusters))
    numbered = [s.conditions for number, s in enumerate(groups.slices, 1) if str(number) == choice.value]
    return Selection(rule=rule_source(numbered[0])) if numbered else _unknown("slice", choice.value, len(groups.slices))


def _saved(held: tuple[SavedCohort, ...], wanted: str) -> Selection:
    found = [one.selection for one in held if one.name == wanted]
    return found[0] if found else _unknown("cohort", wanted, len(held))


def _accused(name: str, key: str) -> Selection:
    found = suspecting.rows_of(suspecting.finding(name, key))
    if found is None:
        raise BadInput(
            f"the finding {key} is about the whole table",
            needed="one that is about some of its rows",
            do="go back to all errors",
        )
    return found


def _unknown(kind: str, wanted: str, held: int) -> NoReturn:
    raise BadInput(
        f"no {kind} {wanted}",
        needed=f"one of the {held} {kind}s of this investigation" if held else f"an investigation that has {kind}s",
        do="go back to all errors and pick one there",
    )


def _lassoed(name: str, by: Ranking, points: pd.DataFrame, lasso: str) -> Selected:
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    polygon = from_address(lasso, box_of(x, y))
    mask = inside(x, y, polygon)
    error = points["error"].to_numpy(bool)
    worst: Ranked = _answer(asks.ranked(name, by, limit=asks.LASSOED))
    rows = worst.rows[worst.rows["id"].isin(points["id"][mask & error])].reset_index(drop=True)
    wrong = int((mask & error).sum())
    selection = Selection(ids=tuple(points["id"][mask].astype(str)))
    return Selected(rows.head(asks.LISTED), wrong, int(mask.sum()) - wrong, mask, polygon, selection)


def _answer(job: Job) -> Any:
    job.wait(3_600)
    if job.failure is not None:
        raise job.failure
    if job.state != "done":
        raise BadInput(f"{job.title.lower()} was cancelled", needed="its answer", do="start it again")
    return job.answer
