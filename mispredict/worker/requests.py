"""What a worker can be asked: one function a request, in one table."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mispredict.bad_input import ModelRefused, TableRefused, WorkerStopped
from mispredict.investigation.desk import Progress
from mispredict.investigation.investigation import Investigation
from mispredict.investigation.spec import ModelSpec


class Bench:
    """What lies open in this worker: at most one investigation."""

    def __init__(self) -> None:
        self._investigation: Investigation | None = None
        self._opening = threading.Lock()

    def open(self, path: str) -> Investigation:
        """Open the investigation described by a file, once."""
        with self._opening:
            if self._investigation is None:
                self._investigation = Investigation.from_file(path)
            return self._investigation

    @property
    def investigation(self) -> Investigation:
        """Return what is open."""
        if self._investigation is None:
            raise WorkerStopped("no investigation is open in the worker", needed="one", do="open it first")
        return self._investigation


def _open(bench: Bench, *, progress: Progress, path: str) -> Any:
    progress(0.0, "opening the model and the table")
    return bench.open(path).describe()


def _score(
    _: Bench, *, progress: Progress, path: str, rows: pd.DataFrame, classes: tuple[Any, ...], threshold: float
) -> np.ndarray:
    from explainers.dtypes import UnfitColumn
    from mispredict.models import open_model
    from mispredict.models.labels import places_of

    progress(0.0, "opening the model")
    event = classes[1] if len(classes) == 2 else None
    columns = [str(name) for name in rows.columns]
    spec = ModelSpec(path=path, threshold=threshold)
    model = open_model(spec, classes=classes or None, positive=event, otherwise=columns)
    try:
        answers = model.predict_proba(rows)
    except UnfitColumn as fault:
        raise TableRefused(
            f"the feature {fault.column!r} {fault.found} in the rows that {Path(path).name} is asked about",
            needed=fault.needed,
            do="ask a model that reads the same columns",
        ) from fault
    places = places_of(classes, model.classes)
    if min(places, default=0) < 0:
        raise ModelRefused(
            f"{Path(path).name} answers for the classes {', '.join(map(str, model.classes))}",
            needed=f"one that knows {', '.join(map(str, classes))}",
            do="check a model that was trained on the same target",
        )
    return answers[:, places] if classes else answers


def _ask_endpoint(_: Bench, *, progress: Progress, path: str, most: int, calls: int) -> Any:
    from mispredict.endpoint.sampling import ask_sample

    return ask_sample(path, most=most, calls=calls, progress=progress)


def _suggest(_: Bench, *, progress: Progress, path: str, rate: float) -> Any:
    from mispredict.invariants.mining.asking import suggest_for

    return suggest_for(path, rate=rate, report=progress)


def _columns(_: Bench, *, progress: Progress, path: str) -> tuple[str, ...]:
    from mispredict.tables import open_table

    progress(0.0, "opening the table")
    return tuple(open_table(path).schema.names)


def _values(_: Bench, *, progress: Progress, path: str, column: str, most: int) -> tuple[Any, ...]:
    from mispredict.models.labels import in_order
    from mispredict.tables import open_table
    from mispredict.tables.values import values_of

    progress(0.0, "opening the table")
    table = open_table(path)
    return tuple(in_order(values_of(table, column, most=most, report=lambda share: progress(share, "reading values"))))


def _ask(method: str) -> Callable[..., Any]:
    def do(bench: Bench, *, progress: Progress, **args: Any) -> Any:
        del progress  # too quick to report any
        return getattr(bench.investigation, method)(**args)

    return do


def _named(method: str) -> Callable[..., Any]:
    def do(bench: Bench, *, progress: Progress, called: str, **args: Any) -> Any:
        del progress  # too quick to report any
        return getattr(bench.investigation, method)(called, **args)  # `name` is what a request itself is called by

    return do


def _work(method: str) -> Callable[..., Any]:
    def do(bench: Bench, *, progress: Progress, **args: Any) -> Any:
        return getattr(bench.investigation, method)(progress=progress, **args)

    return do


REQUESTS: dict[str, Callable[..., Any]] = {
    "open": _open,
    "score": _score,
    "ask_endpoint": _ask_endpoint,
    "suggest": _suggest,
    "columns": _columns,
    "values": _values,
    "scan": _work("scan"),
    "groups": _work("groups"),
    "error_map": _work("error_map"),
    "error_tree": _work("error_tree"),
    "heat_map": _work("heat_map"),
    "suspects": _work("suspects"),
    "suspects_so_far": _ask("suspects_so_far"),
    "clear_suspect": _ask("clear_suspect"),
    "reopen_suspect": _ask("reopen_suspect"),
    "suspect_history": _ask("suspect_history"),
    "expected": _work("expected"),
    "online": _work("online"),
    "invariants": _work("invariants"),
    "suggest_invariants": _work("suggest_invariants"),
    "ask": _work("ask"),
    "report": _work("report"),
    "write": _work("write"),
    "warm": _work("warm"),
    "spaces": _ask("spaces"),
    "ranked": _ask("ranked"),
    "cohort": _work("cohort"),
    "compare_cohorts": _work("compare_cohorts"),
    "cohorts": _ask("cohorts"),
    "save_cohort": _named("save_cohort"),
    "replace_cohort": _named("replace_cohort"),
    "drop_cohort": _named("drop_cohort"),
    "row": _ask("row"),
    "methods": _ask("methods"),
    "alike": _ask("alike"),
    "freeze": _ask("freeze"),
}
