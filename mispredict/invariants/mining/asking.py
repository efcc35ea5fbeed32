"""Suggestions for an investigation: mined from its training table, for tables as long as the examined one."""

from __future__ import annotations

from mispredict.invariants.mining.suggesting import RATE, Report, Suggestions, suggest
from mispredict.investigation.read import read_spec
from mispredict.investigation.spec import DataSpec
from mispredict.tables import open_table
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
    """Return the same of tables that are open."""
    leave = [*data.exclude, *data.display, *([data.label_time] if data.label_time is not None else [])]
    table = examined if training is None else training
    return suggest(
        table, time=data.time, entity=data.entity, leave=leave, asked=examined.rows, rate=rate, report=report
    )
