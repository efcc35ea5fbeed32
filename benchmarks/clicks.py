"""What a click costs: clusters of 5,000 errors, one explanation by each method."""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

Row = tuple[str, float, str, str]
ERRORS = 5_000
REPEATS = 5


def time_clusters() -> list[Row]:
    """Return the time to cluster 5,000 errors of a forest, from their walks to rules."""
    import numpy as np
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    from mispredict import Investigation

    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(40_000, 30)), columns=[f"x{i:02d}" for i in range(30)])
    chance = 1.0 / (1.0 + np.exp(-rows["x00"] - rows["x01"] * rows["x02"]))
    truth = (rng.random(len(rows)) < chance).astype(int)
    learned = slice(0, 10_000)
    forest = RandomForestClassifier(300, max_depth=12, random_state=0, n_jobs=-1)
    forest.fit(rows[learned], truth[learned])
    examined = rows[10_000:].assign(y=truth[10_000:])
    investigation = Investigation(model=forest, rows=examined, target="y")
    investigation.scan()
    seconds, groups = _timed(investigation.groups)
    return [
        (f"slices, verdict and clusters of {ERRORS:,} errors, 300 trees", seconds, "s", ""),
        ("of these: the clusters alone", groups.clusters_s, "s", ""),
    ]


def time_explanations() -> list[Row]:
    """Return the median time to explain a row of the shipped incident, a method at a time, after one warm-up."""
    from mispredict import Investigation
    from sample_data import investigation_path

    with tempfile.TemporaryDirectory() as cache, _cached_in(cache):
        investigation = Investigation.from_file(investigation_path())
        rows = investigation.ranked(limit=REPEATS + 1).rows["id"].astype(str).tolist()
        able = [name for name, why in investigation.methods().items() if why is None]
        return [(f"explain one row: {name}", _median(investigation, rows, name), "s", "") for name in able]


def _median(investigation: Any, rows: list[str], method: str) -> float:
    """Return the median over rows that nobody asked about before: an answer that is kept takes no time."""
    first, *others = rows
    investigation.explain(first, method)
    return statistics.median(_timed(lambda row=row: investigation.explain(row, method))[0] for row in others)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    answer = work()
    return time.perf_counter() - begin, answer


@contextlib.contextmanager
def _cached_in(folder: str) -> Iterator[None]:
    """Point the cache at a folder for a while."""
    before = os.environ.get("MISPREDICT_CACHE")
    os.environ["MISPREDICT_CACHE"] = folder
    try:
        yield
    finally:
        os.environ.pop("MISPREDICT_CACHE")
        if before is not None:
            os.environ["MISPREDICT_CACHE"] = before
