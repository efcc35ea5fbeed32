"""Which slices and clusters of errors have a case, and which have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.errors.findings import Cluster, Condition, Slice
from mispredict.errors.predicates import holds
from mispredict.investigation.desk import Groups
from mispredict.obvious.case import Case
from mispredict.obvious.frames import alike, frame_of


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


def coverage_of(cases: Sequence[Case], groups: Groups) -> Coverage:
    """Return the slices and clusters of an investigation with the cases that are in them.

    A case is in a slice when its rule holds for the case's row, in a cluster when that, or when its row is one of it.
    """
    slices = [_slice(one, cases) for one in groups.slices]
    return Coverage((*slices, *(_cluster(one, cases) for one in groups.clusters)), len(cases))


def _slice(one: Slice, cases: Sequence[Case]) -> Covered:
    inside, unplaced = _inside(one.conditions, cases)
    return Covered("slice", one.rule, one.errors, inside, unplaced, ())


def _cluster(one: Cluster, cases: Sequence[Case]) -> Covered:
    members = set(one.rows)
    own = tuple(case.id for case in cases if case.source.row in members)
    inside, unplaced = _inside(one.conditions, cases) if one.conditions else ((), 0)
    return Covered(
        "cluster", one.rule or one.name, one.size, tuple(dict.fromkeys((*own, *inside))), unplaced, one.medoids
    )


def _inside(conditions: Sequence[Condition], cases: Sequence[Case]) -> tuple[tuple[str, ...], int]:
    needed, inside, unplaced = {one.column for one in conditions}, list[str](), 0
    for group in alike(cases):
        if needed - set(group[0].row):
            unplaced += len(group)
            continue
        mask = np.asarray(holds(conditions, frame_of(group)))
        inside += [case.id for case, is_in in zip(group, mask, strict=True) if is_in]
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
