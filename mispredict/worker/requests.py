"""What a worker can be asked: one function a request, in one table."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from mispredict.bad_input import WorkerStopped
from mispredict.investigation.desk import Progress
from mispredict.investigation.investigation import Investigation
from mispredict.worker import model_files


class Bench:
    """What lies open in this worker: at most one investigation, and one model file by itself."""

    def __init__(self) -> None:
        self._investigation: Investigation | None = None
        self._model: tuple[Any, Any] | None = None
        self._opening = threading.Lock()

    def open(self, path: str) -> Investigation:
        """Open the investigation described by a file, once."""
        with self._opening:
            if self._investigation is None:
                self._investigation = Investigation.from_file(path)
            return self._investigation

    def model(self, key: Any, opened: Callable[[], Any]) -> Any:
        """Return the model that was opened last if it has this key, else open it."""
        with self._opening:
            if self._model is None or self._model[0] != key:
                self._model = (key, opened())
            return self._model[1]

    @property
    def investigation(self) -> Investigation:
        """Return what is open."""
        if self._investigation is None:
            raise WorkerStopped("no investigation is open in the worker", needed="one", do="open it first")
        return self._investigation


def _open(bench: Bench, *, progress: Progress, path: str) -> Any:
    progress(0.0, "opening the model and the table")
    return bench.open(path).describe()


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
    "score": model_files.score,
    "features": model_files.features,
    "fresh": model_files.fresh,
    "find_twins": model_files.find_twins,
    "explain_rows": model_files.explain_rows,
    "time_model": model_files.time_model,
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
