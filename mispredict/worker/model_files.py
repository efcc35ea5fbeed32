"""What a worker can be asked about a model file alone, without an investigation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mispredict.bad_input import ModelRefused, TableRefused
from mispredict.investigation.desk import Progress
from mispredict.investigation.spec import ModelSpec

if TYPE_CHECKING:
    from mispredict.worker.requests import Bench


def score(
    bench: Bench, *, progress: Progress, path: str, rows: pd.DataFrame, classes: tuple[Any, ...], threshold: float
) -> np.ndarray:
    """Return probabilities, shape (rows, classes), in the order of `classes` where they are given."""
    progress(0.0, "opening the model")
    model = _opened(bench, path, rows, classes, threshold)
    answers = _answered(model, path, rows)
    places = _places(model, path, classes)
    return answers[:, places] if classes else answers


def features(bench: Bench, *, progress: Progress, path: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that a model reads; `columns` where it names none itself."""
    from mispredict.models import open_model

    progress(0.0, "opening the model")
    spec = ModelSpec(path=path)
    return tuple(bench.model((path, columns), lambda: open_model(spec, otherwise=columns)).features)


def explain_rows(
    bench: Bench,
    *,
    progress: Progress,
    path: str,
    rows: pd.DataFrame,
    classes: tuple[Any, ...],
    of: Any,
    among: pd.DataFrame,
) -> Any:
    """Return each row's exact contributions to a class, None where there are none."""
    from mispredict.investigation.explained import explain_rows as explained

    progress(0.0, "explaining")
    model = _opened(bench, path, rows, classes, 0.5)
    label = model.classes[_places(model, path, classes)[classes.index(of)]]
    return explained(model, rows, lambda: among, label)


def fresh(_: Bench, *, progress: Progress, path: str, investigation: str) -> tuple[float, int, str]:
    """Return a model file's share of right rows in an investigation's table, the rows, and the table's digest."""
    from dataclasses import replace

    from mispredict.investigation.investigation import Investigation
    from mispredict.investigation.read import read_spec

    spec = read_spec(investigation)
    model = ModelSpec(path=path, threshold=spec.model.threshold, features=spec.model.features)
    opened = Investigation.from_spec(replace(spec, model=model, candidate=None, online=None, invariants=None))
    summary = opened.scan(progress)
    return float(summary.metrics.accuracy), int(summary.rows), opened.describe().data_sha256


def find_twins(_: Bench, *, progress: Progress, path: str, rows: pd.DataFrame) -> Any:
    """Return the twins of rows in the table at a path."""
    from mispredict.obvious.twins import find_twins as twins_of
    from mispredict.tables import open_table

    progress(0.0, "opening the training table")
    return twins_of(open_table(path), rows, lambda share: progress(share, "looking for cases in the training table"))


def time_model(
    bench: Bench, *, progress: Progress, path: str, rows: pd.DataFrame, classes: tuple[Any, ...], size: int, calls: int
) -> Any:
    """Return the latency of calls with `size` rows each, in this process."""
    from mispredict.worker.timing import time_calls

    progress(0.0, "timing")
    model = _opened(bench, path, rows, classes, 0.5)
    return time_calls(model.predict_proba, rows, size=size, calls=calls)


def _opened(bench: Bench, path: str, rows: pd.DataFrame, classes: tuple[Any, ...], threshold: float) -> Any:
    from mispredict.models import open_model

    columns = tuple(str(name) for name in rows.columns)

    def opened() -> Any:
        event = classes[1] if len(classes) == 2 else None
        spec = ModelSpec(path=path, threshold=threshold)
        return open_model(spec, classes=classes or None, positive=event, otherwise=columns)

    return bench.model((path, columns, classes, threshold), opened)


def _answered(model: Any, path: str, rows: pd.DataFrame) -> np.ndarray:
    from explainers.dtypes import UnfitColumn

    try:
        answers: np.ndarray = model.predict_proba(rows)
    except UnfitColumn as fault:
        raise TableRefused(
            f"the feature {fault.column!r} {fault.found} in the rows that {Path(path).name} is asked about",
            needed=fault.needed,
            do="ask a model that reads the same columns",
        ) from fault
    return answers


def _places(model: Any, path: str, classes: tuple[Any, ...]) -> list[int]:
    from mispredict.models.labels import places_of

    places = list(places_of(classes, model.classes))
    if min(places, default=0) < 0:
        raise ModelRefused(
            f"{Path(path).name} answers for the classes {', '.join(map(str, model.classes))}",
            needed=f"one that knows {', '.join(map(str, classes))}",
            do="check a model that was trained on the same target",
        )
    return places
