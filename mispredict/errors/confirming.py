"""Whether rules that were found on searched rows hold on the held-out ones: errors there against the promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mispredict.errors.promises import expected_errors, promises_of
from mispredict.errors.split import is_held_out
from mispredict.scan.scored import Scored

MOST_LEFT_OUT = 0.5  # of the rows: fewer than half are too few to tell what is usual


@dataclass(frozen=True)
class Confirmation:
    """What the held-out rows say of one rule."""

    z: float  # errors beyond the recalibrated promises, in standard deviations
    p_value: float  # the chance of so many errors or more if the promises are kept
    ratio: float | None  # errors over those that the model's own probabilities promise; None where they promise none


class Confirming:
    """The held-out rows of a table, asked about any number of rules."""

    def __init__(self, table: Scored, *, seed: int = 0) -> None:
        self._table, self._seed = table, seed
        self._held_out = is_held_out(table.rows.index.to_numpy(dtype=np.int64), seed=seed)
        self._promised = expected_errors(table)

    def confirm(self, inside: np.ndarray, others: np.ndarray | None = None) -> Confirmation | None:
        """Return what they say of the rule that holds for the rows `inside`; None where it holds for none of them.

        The promises are recalibrated by the rows outside of the rule, so that it can't excuse its own errors; nor can
        those of other rules (`others`: the rows that they hold for), where these leave half of the rows.
        """
        learn = ~inside if others is None or (inside | others).mean() > MOST_LEFT_OUT else ~(inside | others)
        asked = inside & self._held_out
        if not asked.any():
            return None
        promises = promises_of(self._table, learn=learn, seed=self._seed)
        error, wider = promises.error[asked], _uncertainty(promises.error, asked, learn)[asked]
        excess = float(promises.excess[asked].sum())
        spread = error * (1 - error)
        variance = float((spread * wider).sum())
        z = excess / float(np.sqrt(max(variance, 1e-12)))
        third = float((spread * (1 - 2 * error)).sum())
        came, promised = float(self._table.is_error[asked].sum()), float(self._promised[asked].sum())
        return Confirmation(z, chance_of(z, third / max(variance, 1e-12) ** 1.5), came / promised if promised else None)


def _uncertainty(error: np.ndarray, asked: np.ndarray, learned: np.ndarray) -> np.ndarray:
    """Return by how much each row's variance grows because its promise was learned from so few rows of its level."""
    edges = np.quantile(error, np.linspace(0, 1, 21)[1:-1])
    level = np.searchsorted(edges, error)
    within, beyond = (np.bincount(level[part], minlength=20) for part in (asked, learned))
    wider: np.ndarray = (1 + within / np.maximum(beyond, 1))[level]
    return wider


def chance_of(z: float, skew: float) -> float:
    """Return the upper tail of a sum of outcomes: rare ones are skewed, which a normal curve overlooks (Pearson III).

    For counts it comes near the mid-p tail.
    """
    from scipy.stats import norm, pearson3

    return float(norm.sf(z) if abs(skew) < 1e-3 else pearson3.sf(z, skew))


def holm(chances: Sequence[float | None]) -> list[float | None]:
    """Return the p-values corrected for how many were asked (Holm); None stays None and counts for nothing."""
    asked = sorted((chance, place) for place, chance in enumerate(chances) if chance is not None)
    corrected: list[float | None] = [None] * len(chances)
    largest = 0.0
    for rank, (chance, place) in enumerate(asked):
        largest = max(largest, min(1.0, chance * (len(asked) - rank)))
        corrected[place] = largest
    return corrected
