"""`python -m benchmarks.obvious [--cases 10000]`: a large set checked against a forest, and read as the page reads it.

Made of the shipped incident's own rows, promoted as a store; the model is the shipped forest, asked in a worker.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from mispredict.investigation.read import read_spec
from mispredict.obvious.case import Case, id_of
from mispredict.obvious.checking import check_targets
from mispredict.obvious.freeze import Why, freeze, to_scalar
from mispredict.obvious.store import open_or_make_store, open_store
from mispredict.obvious.targets import FileTarget
from mispredict.worker.client import RemoteInvestigation

INCIDENT = Path(__file__).parents[1] / "sample_data" / "investigation.toml"


def cases_of(count: int) -> tuple[Case, ...]:
    """Return cases made of the first rows of the incident's table."""
    spec = read_spec(INCIDENT)
    desk = RemoteInvestigation(INCIDENT)
    try:
        first = freeze(desk.freeze([str(desk.ranked(limit=1).rows["id"].iloc[0])]), Why("benchmark", "bench"))[0]
    finally:
        desk.close()
    table = pd.read_parquet(spec.data.path).dropna(subset=[spec.data.target]).head(count)
    rows, id_, target = table.to_dict("records"), spec.data.id, spec.data.target
    return tuple(_like(first, row, str(row[id_]), to_scalar(row[target])) for row in rows)


def _like(first: Case, row: dict[Any, Any], name: str, truth: Any) -> Case:
    values = {column: to_scalar(row[column]) for column in first.row}
    known = {column: values[column] in listed for column, listed in first.categories.items()}
    values |= {column: None for column, is_known in known.items() if not is_known}
    source, expect = replace(first.source, row=name), replace(first.expect, of=truth)
    name = id_of(values, kind="label", name=name)
    return replace(first, id=name, row=values, source=source, expect=expect, explanation=None)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that something took, and what it gave."""
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def main() -> None:
    """Print the seconds of each step as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    asked = parser.parse_args()
    made = cases_of(asked.cases)
    with tempfile.TemporaryDirectory() as folder:
        where = str(Path(folder) / "obvious.db")
        promoting, _ = timed(lambda: open_or_make_store(where).promote(made))
        listing, found = timed(lambda: open_store(where).list())
        model = read_spec(INCIDENT).model.path
        with FileTarget(Path(str(model))) as target:
            checking, checked = timed(lambda: check_targets(found, [target]))
    counts = {status: checked.matrix.results[0].count(status) for status in ("passed", "failed", "unchecked")}
    seconds = {"promoted at once": promoting, "listed": listing, "checked": checking}
    print(json.dumps({"cases": len(found), **counts, "seconds": seconds}, indent=1))


if __name__ == "__main__":
    main()
