"""Suggestions for an investigation: mined from its training table, for tables as long as the examined one."""

from __future__ import annotations

from mispredict.invariants.mining.suggesting import RATE, Report, Suggestions, suggest
from mispredict.investigation.read import read_spec
from mispredict.tables import open_table


def suggest_for(path: str, *, rate: float = RATE, report: Report = lambda share, doing: None) -> Suggestions:
    """Return what may be declared; mined from the examined table where no training table is named."""
    spec = read_spec(path)
    data = spec.data
    examined = open_table(data.path)
    table = open_table(spec.training) if spec.training is not None else examined
    leave = [*data.exclude, *data.display, *([data.label_time] if data.label_time is not None else [])]
    return suggest(
        table, time=data.time, entity=data.entity, leave=leave, asked=examined.rows, rate=rate, report=report
    )
