"""The errors that a tab looks at: all of them, a cluster's, a slice's, or those inside a lasso."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from app import asks, cached
from app.contrast import Contrast, contrast
from app.jobs import Job
from app.map.selection import Polygon, box_of, from_address, inside
from mispredict.bad_input import BadInput
from mispredict.errors.findings import Condition
from mispredict.investigation.desk import Description, ErrorMap, Groups, Ranked, Ranking


@dataclass(frozen=True)
class Choice:
    """What an address says; at most one of the three is looked at, the lasso before the others."""

    cluster: str | None = None
    slice: str | None = None
    lasso: str | None = None
    map: str | None = None  # the map that a lasso was drawn on, as asks.mapped takes it

    @property
    def is_all(self) -> bool:
        """Return whether nothing was chosen."""
        return not (self.cluster or self.slice or self.lasso)

    def key(self) -> str:
        """Return the choice as one text."""
        parts = (self.lasso, self.cluster, self.slice) if not self.lasso else (self.lasso, None, None)
        return "|".join(part or "" for part in (*parts, self.map))


@dataclass(frozen=True, eq=False)
class Selected:
    """The chosen errors, the worst first."""

    rows: pd.DataFrame  # as Ranked, at most asks.LISTED
    total: int  # errors chosen
    right: int  # right rows inside the lasso, which no table of errors lists
    mask: np.ndarray  # of the map's points
    lasso: Polygon
    contrasts: tuple[Contrast, ...]  # against the other errors


def select(name: str, by: Ranking, choice: Choice) -> Job:
    """Return the job that finds the chosen errors."""
    return cached.jobs().start(
        (name, "selected", by, choice.key()), "Finding the chosen errors", lambda _: _select(name, by, choice)
    )


def _select(name: str, by: Ranking, choice: Choice) -> Selected:
    drawn: ErrorMap = _answer(asks.mapped(name, choice.map))
    if choice.is_all:
        everything: Ranked = _answer(asks.ranked(name, by))
        nothing = np.zeros(len(drawn.points), dtype=bool)
        return Selected(everything.rows, everything.total, 0, nothing, (), ())
    worst: Ranked = _answer(asks.ranked(name, by, limit=asks.LASSOED))
    if choice.lasso:
        return _lassoed(name, worst, drawn.points, choice.lasso)
    cluster, where = _group(name, choice)
    kept: Ranked = _answer(asks.ranked(name, by, limit=asks.LASSOED, where=where, cluster=cluster))
    mask = drawn.points["id"].isin(kept.rows["id"]).to_numpy() & drawn.points["error"].to_numpy(bool)
    return _made(name, worst, kept.rows, kept.total, mask)


def _group(name: str, choice: Choice) -> tuple[int | None, tuple[Condition, ...]]:
    groups: Groups = _answer(asks.grouped(name))
    if choice.cluster:
        found = [c.id for c in groups.clusters if str(c.id + 1) == choice.cluster]
        return (found[0], ()) if found else _unknown("cluster", choice.cluster, len(groups.clusters))
    numbered = [s.conditions for number, s in enumerate(groups.slices, 1) if str(number) == choice.slice]
    return (None, numbered[0]) if numbered else _unknown("slice", choice.slice or "", len(groups.slices))


def _unknown(kind: str, number: str, held: int) -> tuple[None, tuple[Condition, ...]]:
    raise BadInput(
        f"no {kind} {number}",
        needed=f"one of the {held} {kind}s of this investigation" if held else f"an investigation that has {kind}s",
        do="go back to all errors and pick one there",
    )


def _lassoed(name: str, worst: Ranked, points: pd.DataFrame, lasso: str) -> Selected:
    x, y = points["x"].to_numpy(), points["y"].to_numpy()
    polygon = from_address(lasso, box_of(x, y))
    mask = inside(x, y, polygon)
    error = points["error"].to_numpy(bool)
    rows = worst.rows[worst.rows["id"].isin(points["id"][mask & error])]
    return _made(name, worst, rows, int((mask & error).sum()), mask, polygon)


def _made(
    name: str, worst: Ranked, rows: pd.DataFrame, total: int, mask: np.ndarray, polygon: Polygon = ()
) -> Selected:
    what: Description = _answer(asks.opened(name))
    others = worst.rows[~worst.rows["id"].isin(rows["id"])]
    columns = [c for c in what.dtypes if what.roles.get(c) not in ("id", "target", "time", "label_time")]
    unique = ~rows.columns.duplicated()
    found = contrast(rows.loc[:, unique], others.loc[:, ~others.columns.duplicated()], columns)
    right = int(mask.sum()) - total if polygon else 0
    return Selected(rows.head(asks.LISTED), total, max(right, 0), mask, polygon, found)


def _answer(job: Job) -> Any:
    job.wait(3_600)
    if job.failure is not None:
        raise job.failure
    if job.state != "done":
        raise BadInput(f"{job.title.lower()} was cancelled", needed="its answer", do="start it again")
    return job.answer
