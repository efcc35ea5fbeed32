"""The sums of a pass turned into the figures that people read."""

from __future__ import annotations

from typing import Any

import numpy as np

from mispredict.scan.counts import CALIBRATION_BINS, UNIT, Counts
from mispredict.scan.ranks import RankFigures
from mispredict.scan.summary import CalibrationBin, Confusion, Metrics


def metrics_of(counts: Counts, ranks: RankFigures, *, threshold: float) -> Metrics:
    """Return how good the model is on the rows counted; at least one."""
    rows = counts.rows
    return Metrics(
        accuracy=1 - counts.errors / rows,
        log_loss=counts.surprise * UNIT / rows,
        roc_auc=ranks.roc_auc,
        average_precision=ranks.average_precision,
        brier=counts.squares * UNIT / rows,
        ece=float(np.abs(counts.bin_promised * UNIT - counts.bin_events).sum() / rows),
        threshold=threshold,
    )


def calibration_of(counts: Counts) -> tuple[CalibrationBin, ...]:
    """Return what was promised and what came, for every bin that has rows."""
    return tuple(
        CalibrationBin(
            low=number / CALIBRATION_BINS,
            high=(number + 1) / CALIBRATION_BINS,
            rows=int(counts.bin_rows[number]),
            mean_probability=float(counts.bin_promised[number] * UNIT / counts.bin_rows[number]),
            event_rate=float(counts.bin_events[number] / counts.bin_rows[number]),
        )
        for number in np.flatnonzero(counts.bin_rows).tolist()
    )


def confusion_of(counts: Counts, classes: tuple[Any, ...]) -> tuple[Confusion, ...]:
    """Return how many rows of each true class were called what; all pairs, zeros too."""
    return tuple(
        Confusion(truth=truth, predicted=predicted, rows=int(counts.confusion[i, j]))
        for i, truth in enumerate(classes)
        for j, predicted in enumerate(classes)
    )


def histogram_of(counts: Counts, classes: tuple[Any, ...]) -> dict[str, tuple[int, ...]]:
    """Return each class's rows a bin of the score."""
    return {str(class_): tuple(counts.histogram[i].tolist()) for i, class_ in enumerate(classes)}
