"""Keeping a check with the set, and what its history tells of it."""

from __future__ import annotations

from dataclasses import replace

from mispredict.obvious.checking import Checked
from mispredict.obvious.fitted import gap_of
from mispredict.obvious.records import judgements, record, runs
from mispredict.obvious.store import Store


def record_all(store: Store, checked: Checked, *, by: str) -> Checked:
    """Keep the check of every model, and return the check with the gap between set and fresh data, if any."""
    for result in checked.matrix.results:
        record(store, result, by=by, fresh=checked.fresh.get(result.model))
    return replace(checked, gap=gap_of(runs(store), judgements(store), store.list())) if checked.fresh else checked
