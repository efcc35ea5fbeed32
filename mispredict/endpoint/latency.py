"""How long an endpoint takes to answer, one row and a batch at a time."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pandas as pd

from mispredict.bad_input import BadInput
from mispredict.endpoint.measured import Latency
from mispredict.endpoint.subject import EndpointSubject

WARM_UP = 10  # calls that are made before and not counted: connections, caches, lazily loaded models
PATIENCE = 30.0  # seconds for one size; the calls made by then are what is told


def measure_latency(subject: EndpointSubject, rows: pd.DataFrame, *, size: int, calls: int) -> Latency:
    """Return the latency of calls with `size` rows each, taken from `rows` in turn.

    Waits for a turn under requests_per_second, and for tries that failed, are left out.
    """
    size = min(size, len(rows), subject.asker.settings.batch_rows)
    if size < 1 or calls < 1:
        raise BadInput("nothing to send", needed="at least one row and one call", do="raise --rows or --calls")
    starts = itertools.cycle(range(0, len(rows) - size + 1, size))
    deadline = time.monotonic() + PATIENCE
    taken: list[float] = []
    warmed = 0
    for start in itertools.islice(starts, WARM_UP + calls):
        seconds = next(subject.timed(rows.iloc[start : start + size]))[1]
        if warmed < WARM_UP:
            warmed += 1
            continue
        taken.append(seconds * 1e3)
        if time.monotonic() > deadline:
            break
    p50, p95, p99 = (float(v) for v in np.percentile(taken, [50, 95, 99]))
    return Latency(size, len(taken), warmed, p50, p95, p99, size / p50 * 1e3)
