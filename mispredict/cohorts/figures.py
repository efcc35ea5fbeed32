"""One pass over the kept scores for a cohort's figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from mispredict.cohorts.kept_scores import KeptScores
from mispredict.cohorts.moments import Moments, moments_of
from mispredict.errors.promises import Recalibration
from mispredict.scan.counts import Counts, add_counts, count_rows

WORST = 20  # ids that stand with a cohort


@dataclass(frozen=True, eq=False)
class Tally:
    """The sums over some rows, the positions of the most surprising errors, and which rows are errors."""

    counts: Counts
    moments: Moments
    worst: np.ndarray  # int64, positions, the most surprising first
    wrong: np.ndarray  # bool, one entry a position of the table


def tally(
    scores: KeptScores, chosen: np.ndarray, recalibration: Recalibration, *, report: Callable[[float], None]
) -> Tally:
    """Return the sums over the labelled rows of a mask (one entry a position of the table)."""
    parts: list[Counts] = []
    moments, wrong = Moments(), np.zeros(len(chosen), dtype=bool)
    keys, places = np.empty(0), np.empty(0, dtype=np.int64)
    for batch in scores.batches():
        position = batch.rows.index.to_numpy()
        inside = batch.take(chosen[position])
        error = inside.is_error
        positions = inside.rows.index.to_numpy()
        parts = [reduce(add_counts, [*parts, count_rows(inside)])]
        moments += moments_of(inside, recalibration)
        wrong[positions[error]] = True
        keys, places = np.append(keys, inside.surprise[error]), np.append(places, positions[error])
        first = np.lexsort((places, -keys))[:WORST]
        keys, places = keys[first], places[first]
        report(int(position[-1] + 1) / len(chosen))
    return Tally(parts[0], moments, places, wrong)


def parts_of(scores: KeptScores, masks: tuple[np.ndarray, np.ndarray], recalibration: Recalibration) -> list[Moments]:
    """Return the sums over the rows of the first mask alone, of the second alone, and of both."""
    first, second = masks
    sums = [Moments(), Moments(), Moments()]
    for batch in scores.batches():
        position = batch.rows.index.to_numpy()
        one, two = first[position], second[position]
        for place, inside in enumerate((one & ~two, two & ~one, one & two)):
            sums[place] += moments_of(batch.take(inside), recalibration)
    return sums
