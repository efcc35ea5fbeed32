"""What a pass adds up over rows, such that batches may come in any order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.scan.scored import Scored

CALIBRATION_BINS = 15
HISTOGRAM_BINS = 50
# Sums of nats and squares are kept as whole numbers of this unit: adding integers gives the same answer in every order,
# adding floats does not. Four million rows of the largest surprise (34.5 nats) fit one batch's 64 bits.
UNIT = 2.0**-36


@dataclass(frozen=True, eq=False)
class Counts:
    """Sums over rows. `surprise` and `squares` count in units of `UNIT`, so do the `promised` sums of the bins."""

    confusion: np.ndarray  # int64, (classes, classes): truth x predicted
    surprise: int
    squares: int
    bin_rows: np.ndarray  # int64, (CALIBRATION_BINS,)
    bin_promised: np.ndarray  # int64, sum of the probability
    bin_events: np.ndarray  # int64, rows where what was promised came
    histogram: np.ndarray  # int64, (classes, HISTOGRAM_BINS)
    unlabelled: int = 0

    @property
    def rows(self) -> int:
        """Return how many labelled rows were added up."""
        return int(self.confusion.sum())

    @property
    def errors(self) -> int:
        """Return how many of them the model gets wrong."""
        return self.rows - int(np.trace(self.confusion))


def count_rows(scored: Scored, *, unlabelled: int = 0) -> Counts:
    """Return the sums over one batch."""
    classes = len(scored.classes)
    predicted = scored.predicted
    promised, came = promise_of(scored)
    bins = _bin(promised, CALIBRATION_BINS)
    return Counts(
        confusion=_table(scored.truth, predicted, (classes, classes)),
        surprise=int(_whole(scored.surprise).sum()),
        squares=int(_whole(_squares(scored)).sum()),
        bin_rows=np.bincount(bins, minlength=CALIBRATION_BINS),
        bin_promised=_add_up(bins, _whole(promised)),
        bin_events=_add_up(bins, came.astype(np.int64)),
        histogram=_table(scored.truth, _bin(_score_of(scored), HISTOGRAM_BINS), (classes, HISTOGRAM_BINS)),
        unlabelled=unlabelled,
    )


def add_counts(first: Counts, second: Counts) -> Counts:
    """Return the sums over the rows of both."""
    return Counts(
        confusion=first.confusion + second.confusion,
        surprise=first.surprise + second.surprise,
        squares=first.squares + second.squares,
        bin_rows=first.bin_rows + second.bin_rows,
        bin_promised=first.bin_promised + second.bin_promised,
        bin_events=first.bin_events + second.bin_events,
        histogram=first.histogram + second.histogram,
        unlabelled=first.unlabelled + second.unlabelled,
    )


def promise_of(scored: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability that calibration looks at (the event's, else the predicted class's) and if it held."""
    if len(scored.classes) == 2:
        return scored.probabilities[:, 1], scored.truth == 1
    predicted = scored.predicted
    return scored.probabilities[np.arange(len(scored)), predicted], scored.truth == predicted


def _score_of(scored: Scored) -> np.ndarray:
    if len(scored.classes) == 2:
        return scored.probabilities[:, 1]
    return scored.probabilities[np.arange(len(scored)), scored.truth]


def _squares(scored: Scored) -> np.ndarray:
    if len(scored.classes) == 2:
        return (scored.probabilities[:, 1] - scored.truth) ** 2
    hot = np.eye(len(scored.classes))[scored.truth]
    return ((scored.probabilities - hot) ** 2).sum(axis=1)


def _bin(shares: np.ndarray, bins: int) -> np.ndarray:
    return np.clip((shares * bins).astype(np.int64), 0, bins - 1)


def _whole(values: np.ndarray) -> np.ndarray:
    return np.rint(values / UNIT).astype(np.int64)


def _add_up(bins: np.ndarray, values: np.ndarray) -> np.ndarray:
    sums = np.zeros(CALIBRATION_BINS, dtype=np.int64)
    np.add.at(sums, bins, values)  # bincount would add floats
    return sums


def _table(first: np.ndarray, second: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return np.bincount(first * shape[1] + second, minlength=shape[0] * shape[1]).reshape(shape)
