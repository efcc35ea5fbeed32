"""What asking an endpoint gave: answers for a sample of a table, and how long calls took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Latency:
    """Milliseconds from a call's first byte sent to the last one read, on kept connections, one call at a time."""

    rows_a_call: int
    calls: int  # counted ones
    warm_up: int  # calls before them, not counted
    p50_ms: float
    p95_ms: float
    p99_ms: float
    rows_per_second: float  # at the median

    @property
    def sentence(self) -> str:
        """Return the result in words."""
        rows = "1 row" if self.rows_a_call == 1 else f"{self.rows_a_call:,} rows"
        return (
            f"{rows} a call: p50 {self.p50_ms:.2f} ms, p95 {self.p95_ms:.2f} ms, p99 {self.p99_ms:.2f} ms over "
            f"{self.calls:,} calls after {self.warm_up} to warm up; {self.rows_per_second:,.0f} rows a second"
        )


@dataclass(frozen=True, eq=False)
class Sampled:
    """What the endpoint answered."""

    endpoint: str  # the URL without its query
    rows: pd.DataFrame  # the columns that were sent
    ids: tuple[str, ...]
    of: int  # rows in the table
    answers: np.ndarray  # shape (rows, classes)
    classes: tuple[Any, ...]
    threshold: float
    latency: tuple[Latency, ...]
    notes: tuple[str, ...]
