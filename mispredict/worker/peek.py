"""What a table holds, before there is an investigation; its bytes are read in a worker of their own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from mispredict.investigation.desk import Progress, silent
from mispredict.worker.process import Worker

PEEK_SECONDS = 120.0  # wall clock for one question; a hostile table never ends


def columns_of(table: str | Path, *, progress: Progress = silent) -> tuple[str, ...]:
    """Return the names of a table's columns; raises TableRefused, or WorkerStopped for one that ends its reader."""
    return tuple(_ask("columns", progress, path=str(Path(table).absolute())))


def values_of(table: str | Path, column: str, *, most: int, progress: Progress = silent) -> tuple[Any, ...]:
    """Return a column's different values in order, none when there are more than `most`; raises as `columns_of`."""
    return tuple(_ask("values", progress, path=str(Path(table).absolute()), column=column, most=most))


def _ask(name: str, progress: Progress, **args: Any) -> Any:
    progress(0.0, "starting a worker")
    with closing(Worker()) as worker:
        return worker.ask(name, progress=progress, timeout=PEEK_SECONDS, **args)
