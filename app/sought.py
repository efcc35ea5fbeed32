"""Which cases of the set are looked at: a text, a severity, a result, a group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.kept_set import KeptSet

GROUPINGS = {"": "Not grouped", "incident": "Incident", "owner": "Owner", "tag": "Tag", "severity": "Severity"}
NONE = "none"  # the group of the cases that have none


@dataclass(frozen=True)
class Sought:
    """What was asked for; empty for everything."""

    text: str = ""
    severities: tuple[str, ...] = ()
    broken: bool = False  # only the cases that some model breaks
    group_by: str = ""
    group: str | None = None


def found_in(held: KeptSet, sought: Sought, slices: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Return the places of the cases that satisfy all that was asked. `slices` are rules and the ids in them."""
    words = held.words
    mask = np.ones(len(words), dtype=bool)
    for part in sought.text.casefold().split():
        mask &= words["all"].str.contains(part, regex=False).to_numpy(dtype=bool)
    if sought.severities:
        mask &= words["severity"].isin(sought.severities).to_numpy()
    if sought.broken:
        mask &= words["id"].isin(broken(held)).to_numpy()
    if sought.group_by and sought.group is not None:
        mask &= words["id"].isin(groups(held, sought.group_by, slices).get(sought.group, ())).to_numpy()
    return np.flatnonzero(mask)


def broken(held: KeptSet) -> set[str]:
    """Return the cases that one of the shown models fails or could not be asked about."""
    told = held.statuses.values()
    return {case for statuses in told for case, status in statuses.items() if status in ("failed", "unchecked")}


def groups(held: KeptSet, by: str, slices: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the ids of each group, the largest first; the cases without one last."""
    if by == "slice":
        found = {rule: list(ids) for rule, ids in slices.items()}
        inside = {case for ids in found.values() for case in ids}
        rest = [name for name in held.words["id"] if name not in inside]
        return found | ({NONE: rest} if rest else {})
    found = {}
    for case in held.cases:
        for name in _names(case, by):
            found.setdefault(name, []).append(case.id)
    return dict(sorted(found.items(), key=lambda item: (item[0] == NONE, -len(item[1]), item[0])))


def _names(case: object, by: str) -> Sequence[str]:
    if by == "tag":
        return getattr(case, "tags") or (NONE,)  # noqa: B009
    return (getattr(case, by) or NONE,)


def group_table(held: KeptSet, by: str, slices: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return a line a group: its name, its cases, and for each model how many of them it breaks."""
    lines = []
    for name, ids in groups(held, by, slices).items():
        broken_by = [
            sum(held.statuses[run.seq].get(case) in ("failed", "unchecked") for case in ids) for run in held.runs
        ]
        lines.append((name, len(ids), *broken_by))
    return pd.DataFrame(lines, columns=["group", "cases", *(f"run{run.seq}" for run in held.runs)])
