"""What an investigation's `invariants.yaml` declares, held to the columns that there are; what it might declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from mispredict.bad_input import BadInput, InvestigationRefused
from mispredict.invariants.document import read_invariants
from mispredict.invariants.invariant import Invariant
from mispredict.invariants.mining.suggesting import Suggestions
from mispredict.investigation.desk import Progress
from mispredict.investigation.opened import Opened
from mispredict.kept import Kept
from mispredict.tables.columns import hint
from mispredict.tables.logs import open_log


def with_invariants(opened: Opened) -> Opened:
    """Return the investigation with what its file declares; refuses a column that no table has, with its line."""
    path = opened.spec.invariants
    return (
        opened if path is None else replace(opened, invariants=_checked(read_invariants(path), Path(path).name, opened))
    )


def _checked(found: tuple[Invariant, ...], file: str, opened: Opened) -> tuple[Invariant, ...]:
    names = {name for table in (opened.table, opened.training) if table is not None for name in table.schema.names}
    unknown = [one for one in found if set(one.columns) - names]
    if unknown and (opened.spec.online is not None or opened.log is not None):
        names |= _logged(opened, unknown)
    for one in unknown:
        for column in (name for name in one.columns if name not in names):
            raise InvestigationRefused(
                f"{file}, line {one.line}: no table has a column {column!r}{hint(column, names)}",
                needed="columns of the training table, the examined table or the log",
                do="correct the name, or take the line out",
            )
    return found


def _logged(opened: Opened, unknown: Iterable[Invariant]) -> set[str]:
    """Return the log's columns; where it can't be read, any column may be in it, and whoever reads it says why."""
    if opened.log is not None:
        return set(opened.log.table.schema.names)
    assert opened.spec.online is not None
    try:
        return set(open_log(opened.spec.online.path).table.schema.names)
    except BadInput:
        return {name for one in unknown for name in one.columns}


def suggestions_for(opened: Opened, kept: Kept, progress: Progress) -> Suggestions:
    """Return what may be declared of an opened investigation's tables."""
    from mispredict.invariants.mining.asking import suggest_from

    training = opened.training.sha256 if opened.training is not None else "none"

    def make() -> Suggestions:
        return suggest_from(opened.spec.data, opened.table, opened.training, report=progress)

    answer: Suggestions = kept.get(f"suggestions-{training[:16]}", make)
    return answer
