"""Suggestions for an investigation: mined from its training table, for tables as long as the examined one."""

from __future__ import annotations

import time

from mispredict.invariants.ground import Ground
from mispredict.invariants.mining.beside import judged_beside
from mispredict.invariants.mining.suggesting import RATE, Report, Suggestions, suggest
from mispredict.investigation.read import read_spec
from mispredict.investigation.spec import DataSpec
from mispredict.tables import open_table
from mispredict.tables.kinds import kind_of
from mispredict.tables.table import Table


def suggest_for(path: str, *, rate: float = RATE, report: Report = lambda share, doing: None) -> Suggestions:
    """Return what may be declared; mined from the examined table where no training table is named."""
    spec = read_spec(path)
    examined = open_table(spec.data.path)
    training = open_table(spec.training) if spec.training is not None else None
    return suggest_from(spec.data, examined, training, rate=rate, report=report)


def suggest_from(
    data: DataSpec,
    examined: Table,
    training: Table | None,
    *,
    rate: float = RATE,
    report: Report = lambda share, doing: None,
) -> Suggestions:
    """Return the same of tables that are open, each held to the examined one where another was mined."""
    leave = [*data.exclude, *data.display, *([data.label_time] if data.label_time is not None else [])]
    table = examined if training is None else training
    found = suggest(
        table, time=data.time, entity=data.entity, leave=leave, asked=examined.rows, rate=rate, report=report
    )
    if training is None:
        return found
    report(0.9, f"holding {examined.name} to what {training.name} keeps")
    kinds = {field.name: kind_of(field.type) for field in examined.schema}
    own = data.time if data.time in kinds else None
    ground = Ground("data", examined, kinds, data.id, own, data.entity, (), training, time.time() * 1e6)
    return judged_beside(found, ground)
