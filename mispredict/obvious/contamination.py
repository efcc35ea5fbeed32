"""Whether the set was learned: cases, or rows almost like them, that stand in a training table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from mispredict.bad_input import TableRefused
from mispredict.obvious.case import Case
from mispredict.obvious.frames import alike, frame_of
from mispredict.obvious.twins import MOST, Twins

ORDINARY = 0.05  # of a table's own rows: from here on an almost equal row there says nothing


@dataclass(frozen=True)
class Learned:
    """One case that stands in the training table."""

    case: str
    is_equal: bool
    rows: tuple[int, ...]  # positions in the training table, from 0; at most 20

    @property
    def sentence(self) -> str:
        """Return the finding."""
        count = f"{MOST} rows or more" if len(self.rows) >= MOST else f"{len(self.rows)} row(s)"
        how = "equal to" if self.is_equal else "almost equal to"
        return f"{self.case}: learned: {how} {count} of the training table, such as row {self.rows[0]:,}"


@dataclass(frozen=True)
class Contamination:
    """What a training table holds of the set."""

    learned: tuple[Learned, ...]
    cases: int  # compared
    training_rows: int  # all of them
    chance: float  # part of the training table's own rows that have another almost equal one there, of 500 asked
    columns: tuple[int, int]  # compared in the fewest of all groups of cases, and that those cases have
    near_is_told: bool  # False: almost equal rows are so common there that they say nothing
    not_compared: int = 0  # cases whose columns the table lacks

    @property
    def sentence(self) -> str:
        """Return the finding in words."""
        equal = sum(one.is_equal for one in self.learned)
        near = len(self.learned) - equal
        scope = f"of {self.cases:,} cases, held against {self.training_rows:,} training rows"
        scope += "" if self.columns[0] == self.columns[1] else " in {} of {} columns".format(*self.columns)
        scope += f" ({self.not_compared:,} more lack its columns)" if self.not_compared else ""
        if not self.near_is_told:
            common = f"almost equal rows are common there ({self.chance:.0%}) and not counted"
            return f"{equal} stand in the training table {scope}; {common}"
        by_chance = f"by chance {self.chance:.1%} would almost"
        return f"{equal} stand in the training table and {near} almost {scope} ({by_chance})"

    def to_json(self) -> dict[str, Any]:
        """Return the finding as `check --json` prints it."""
        return {**asdict(self), "sentence": self.sentence}


def contamination_of(cases: Sequence[Case], path: str, *, progress: Any) -> Contamination:
    """Return which cases stand in the training table at a path; the table is read in a worker.

    Cases whose columns it lacks are another model's and are counted; raises TableRefused when all are.
    """
    from mispredict.worker.process import Worker

    worker, told, refusals = Worker(), list[tuple[Sequence[Case], Twins]](), list[TableRefused]()
    try:
        for group in _of_same_columns(cases):
            try:
                rows = pd.concat([frame_of(part) for part in alike(group)], ignore_index=True)
                told.append((group, worker.ask("find_twins", progress=progress, path=path, rows=rows)))
            except TableRefused as problem:
                refusals.append(problem)
    finally:
        worker.close()
    if not told:
        raise refusals[0]
    found = judged([group for group, _ in told], [twins for _, twins in told])
    return replace(found, not_compared=len(cases) - found.cases)


def _of_same_columns(cases: Sequence[Case]) -> list[list[Case]]:
    """Return the cases by their columns, those of one type after the other: one pass over the table a group."""
    groups: dict[frozenset[str], list[Case]] = {}
    for part in alike(cases):
        groups.setdefault(frozenset(part[0].row), []).extend(part)
    return [[case for part in alike(group) for case in part] for group in groups.values()]


def judged(groups: Sequence[Sequence[Case]], found: Sequence[Twins]) -> Contamination:
    """Return what the twins of each group of cases tell."""
    chance = max((t.by_chance / t.probed for t in found if t.probed), default=0.0)
    told = chance < ORDINARY
    learned = [one for group, twins in zip(groups, found, strict=True) for one in _of_group(group, twins, told=told)]
    rows = max((t.rows for t in found), default=0)
    columns = min(((len(t.columns), t.of_columns) for t in found), default=(0, 0))
    ordered = tuple(sorted(learned, key=lambda one: (not one.is_equal, one.case)))
    return Contamination(ordered, sum(map(len, groups)), rows, chance, columns, told)


def _of_group(group: Sequence[Case], twins: Twins, *, told: bool) -> list[Learned]:
    found = []
    for case, equal, near in zip(group, twins.equal, twins.near, strict=True):
        if equal:
            found.append(Learned(case.id, True, equal))  # noqa: FBT003
        elif near and told:
            found.append(Learned(case.id, False, near))  # noqa: FBT003
    return found
