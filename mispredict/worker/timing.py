"""How long a model takes to answer, one row and a batch at a time, in the process that holds it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mispredict.endpoint.measured import Latency

WARM_UP = 10  # calls that are made before and not counted: caches, lazily made threads
PATIENCE = 30.0  # seconds for one size; the calls made by then are what is told


def time_calls(predict: Callable[[pd.DataFrame], Any], rows: pd.DataFrame, *, size: int, calls: int) -> Latency:
    """Return the latency of calls with `size` rows each, taken from `rows` in turn, repeated where they are few."""
    repeated = rows.iloc[np.resize(np.arange(len(rows)), max(size, len(rows)))]
    starts = itertools.cycle(range(0, len(repeated) - size + 1, size))
    deadline, taken = time.monotonic() + PATIENCE, list[float]()
    for number, start in enumerate(itertools.islice(starts, WARM_UP + calls)):
        part = repeated.iloc[start : start + size]
        before = time.perf_counter()
        predict(part)
        if number >= WARM_UP:
            taken.append((time.perf_counter() - before) * 1e3)
        if taken and time.monotonic() > deadline:
            break
    p50, p95, p99 = (float(v) for v in np.percentile(taken, [50, 95, 99]))
    return Latency(size, len(taken), WARM_UP, p50, p95, p99, size / p50 * 1e3)
