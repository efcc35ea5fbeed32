"""Which slices and clusters of errors have a case, and which have none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.bad_input import BadInput
from mispredict.errors.findings import Cluster, Condition, Slice
from mispredict.errors.predicates import holds
from mispredict.investigation.desk import Desk, Groups
from mispredict.obvious.case import Case
from mispredict.obvious.frames import alike, frame_of

MOST_READ = 200  # rows that are read for columns that no model reads


@dataclass(frozen=True)
class Covered:
    """A slice or a cluster, and the cases in it."""

    kind: str  # slice, cluster
    rule: str
    errors: int
    cases: tuple[str, ...]  # ids
    unplaced: int  # cases that lack a column of the rule
    examples: tuple[str, ...]  # rows that could be promoted: a cluster's most typical errors


@dataclass(frozen=True)
class Coverage:
    """What of the errors the set stands for."""

    groups: tuple[Covered, ...]
    cases: int

    def without(self, kind: str) -> tuple[Covered, ...]:
        """Return the slices, or the clusters, that have no case."""
        return tuple(one for one in self.groups if one.kind == kind and not one.cases)

    @property
    def sentence(self) -> str:
        """Return the answer, such as "3 of 7 slices and 0 of 2 clusters have no case"."""
        said = [f"{len(self.without(kind))} of {self._count(kind)} {kind}s" for kind in ("slice", "cluster")]
        return f"{' and '.join(said)} have no case ({self.cases:,} cases)"

    def _count(self, kind: str) -> int:
        return sum(one.kind == kind for one in self.groups)


Values = Callable[[Case], Mapping[str, Any] | None]  # a case's whole row in the examined table, None: not of it


def nothing_more(case: Case) -> None:
    """Return that nothing more is known of a case than what was frozen."""
    del case


def coverage_of(cases: Sequence[Case], groups: Groups, more: Values = nothing_more) -> Coverage:
    """Return the slices and clusters of an investigation with the cases that are in them.

    A case is in a slice when its rule holds for the case's row, in a cluster when that, or when its row is one of it.
    `more` gives the columns that no model reads and that a case has therefore not kept.
    """
    slices = [_slice(one, cases, more) for one in groups.slices]
    return Coverage((*slices, *(_cluster(one, cases, more) for one in groups.clusters)), len(cases))


def values_in(desk: Desk, *, most: int = MOST_READ) -> Values:
    """Return a function that reads a case's whole row where it comes from the table that is open, each once.

    Rows are read one by one, so at most `most` of them are; nothing is known of the others.
    """
    digest, known = desk.describe().data_sha256, dict[str, Mapping[str, Any] | None]()

    def values(case: Case) -> Mapping[str, Any] | None:
        row = case.source.row
        if case.source.data_sha256 != digest:
            return None
        if row not in known and len(known) >= most:
            return None
        if row not in known:
            known[row] = _read(desk, row)
        return known[row]

    return values


def _read(desk: Desk, row: str) -> Mapping[str, Any] | None:
    try:
        return desk.row(row).values
    except BadInput:  # the table no longer has it
        return None


def _slice(one: Slice, cases: Sequence[Case], more: Values) -> Covered:
    inside, unplaced = _inside(one.conditions, cases, more)
    return Covered("slice", one.rule, one.errors, inside, unplaced, ())


def _cluster(one: Cluster, cases: Sequence[Case], more: Values) -> Covered:
    members = set(one.rows)
    own = tuple(case.id for case in cases if case.source.row in members)
    inside, unplaced = _inside(one.conditions, cases, more) if one.conditions else ((), 0)
    return Covered(
        "cluster", one.rule or one.name, one.size, tuple(dict.fromkeys((*own, *inside))), unplaced, one.medoids
    )


def _inside(conditions: Sequence[Condition], cases: Sequence[Case], more: Values) -> tuple[tuple[str, ...], int]:
    needed, inside, unplaced = {one.column for one in conditions}, list[str](), 0
    for group in alike(cases):
        frame = frame_of(group)
        lacking = sorted(needed - set(group[0].row))
        known = [more(case) for case in group] if lacking else [{} for _ in group]
        placed = np.array([found is not None and set(lacking) <= set(found) for found in known])
        for name in lacking:
            frame[name] = [found.get(name) if found else None for found in known]
        mask = placed & np.asarray(holds(conditions, frame))
        inside += [case.id for case, is_in in zip(group, mask, strict=True) if is_in]
        unplaced += int((~placed).sum())
    return tuple(inside), unplaced


def as_json(found: Coverage) -> dict[str, Any]:
    """Return the coverage as the command prints it."""
    return {"sentence": found.sentence, "cases": found.cases, "groups": [dict(one.__dict__) for one in found.groups]}


def lines(found: Coverage) -> tuple[str, ...]:
    """Return the coverage in words: what has no case first."""
    bare = [one for one in found.groups if not one.cases]
    return (*(_line(one) for one in bare), *(_line(one) for one in found.groups if one.cases), found.sentence)


def _line(one: Covered) -> str:
    told = f"{one.kind} {one.rule} ({one.errors:,} errors): {len(one.cases)} cases"
    unplaced = f", {one.unplaced} can't be placed: they lack a column of it" if one.unplaced else ""
    examples = f"; typical: {', '.join(one.examples[:3])}" if one.examples and not one.cases else ""
    return told + unplaced + examples
