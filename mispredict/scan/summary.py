"""What one pass over the table found, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Metrics:
    """How good the model is on the rows scanned; None where a figure is not defined (one class only, say).

    Multiclass: `roc_auc` and `average_precision` are one-vs-rest means over the classes present; `brier` is the mean
    squared distance between the probabilities and the one-hot truth (binary: of the event's probability alone).
    """

    accuracy: float
    log_loss: float  # nats a row
    roc_auc: float | None
    average_precision: float | None
    brier: float
    ece: float  # expected calibration error, 15 equal-width bins of the predicted class's probability (binary: event's)
    threshold: float


@dataclass(frozen=True)
class CalibrationBin:
    """Rows whose probability lies in [low, high): what was promised and what came."""

    low: float
    high: float
    rows: int
    mean_probability: float
    event_rate: float


@dataclass(frozen=True)
class Confusion:
    """How many rows of a true class were called what."""

    truth: Any
    predicted: Any
    rows: int


@dataclass(frozen=True)
class ScanSummary:
    """The pass in numbers. Lists are plain so that it can be written as JSON."""

    rows: int
    errors: int
    kept: int  # worst rows kept by surprise (K)
    sampled: int  # rows of the uniform sample, of `rows`
    classes: tuple[Any, ...]
    metrics: Metrics
    calibration: tuple[CalibrationBin, ...]
    confusion: tuple[Confusion, ...]
    # str(true class) -> rows a bin of the event's probability (multiclass: of that class's own), 50 bins on 0..1
    histogram: dict[str, tuple[int, ...]]
    notes: tuple[str, ...]  # e.g. "12 rows have no label and are left out"
    scan_s: float
