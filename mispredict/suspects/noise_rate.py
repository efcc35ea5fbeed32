"""How many labels may be wrong: the rate of contradiction that no row gets below, and each row's chance to be wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.second_opinions import Opinions

GROUPS = 20  # of rows, by how sure the models are of the most frequent class
SAFEST = 4  # groups that give the level
FLAT = 8  # groups over which it must not rise
LEAST_LEVEL = 0.085  # contradiction among the safest rows that is more than most honest tables have
MOST_RISE = 0.37  # of the log odds, a standard deviation of the rank: a table whose rows differ rises more
CLEAR_RISE = 1.0  # the same over the less sure rows, where models tell rows apart
LEAST_KINK = 0.06  # contradiction among the safest rows of which a sudden end of the rise tells
MOST_KINK = 0.3  # rise among the safest rows over that among the less sure ones: there the rise ends
LEAST_SEPARATION = 3.0  # standard errors by which the models know more than nothing


@dataclass(frozen=True)
class Floor:
    """The rate of rows that contradict the most frequent class, from its surest rows on."""

    rates: tuple[float, ...]  # of groups of equal size, the surest first
    level: float  # among the safest rows
    low: float  # of its 95 % interval
    high: float
    rise: float  # of the log odds over the safest two fifths, a standard deviation of the rank
    rise_after: float  # the same over the rest
    separation: float  # z of the models' ranking against none

    @property
    def is_plain(self) -> bool:
        """Return whether labels look wrong everywhere: no row is safe, safer ones than others hardly exist."""
        is_flat = self.low >= LEAST_LEVEL and self.rise <= MOST_RISE
        return (is_flat or self.has_kink) and self.separation >= LEAST_SEPARATION

    @property
    def has_kink(self) -> bool:
        """Return whether models tell rows well apart, but for the surest ones, which contradict all alike."""
        ends = self.rise_after >= CLEAR_RISE and self.rise <= MOST_KINK * self.rise_after
        return ends and self.low >= LEAST_KINK


def floor_of(inquiry: Inquiry, opinions: Opinions, kept: tuple[np.ndarray, ...]) -> Floor:
    """Return the floor of the contradictions, over the rows of both sides where the masks `kept` are True."""
    counts = np.bincount(inquiry.examined.truth, minlength=len(inquiry.classes))
    usual = int(counts.argmax())
    sure, against = [], []
    for side, chances, mask in zip(inquiry.sides, opinions.sides, kept, strict=True):
        sure.append(_ranks(chances[mask, usual]))
        against.append(side.truth[mask] != usual)
    order = np.argsort(-np.concatenate(sure), kind="stable")
    contradicts = np.concatenate(against)[order].astype(np.float64)
    groups = np.array_split(contradicts, GROUPS)
    safest = np.concatenate(groups[:SAFEST])
    low, high = _interval(safest)
    rates = tuple(float(one.mean()) for one in groups)
    return Floor(
        rates,
        float(safest.mean()),
        low,
        high,
        _rise(groups, 0, FLAT),
        _rise(groups, FLAT, GROUPS),
        _separation(contradicts),
    )


def _ranks(values: np.ndarray) -> np.ndarray:
    places = np.empty(len(values))
    places[np.argsort(values, kind="stable")] = np.arange(len(values))
    ranks: np.ndarray = (places + 0.5) / max(1, len(values))
    return ranks


def _interval(hits: np.ndarray) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    rows, share, z = len(hits), float(hits.mean()), 1.96
    middle = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * float(np.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows)))
    return middle - half, middle + half


def _rise(every: list[np.ndarray], begin: int, end: int) -> float:
    """Return the slope of some groups' log odds on the normal scores of their ranks, each weighed by what it tells."""
    from scipy.special import ndtri

    groups = every[begin:end]
    scores = ndtri((np.arange(begin, end) + 0.5) / GROUPS)
    hits = np.array([one.sum() + 0.5 for one in groups])
    rest = np.array([len(one) + 1.0 for one in groups]) - hits
    odds, tells = np.log(hits / rest), 1 / (1 / hits + 1 / rest)
    around = scores - np.average(scores, weights=tells)
    return float((tells * around * odds).sum() / (tells * around**2).sum())


def _separation(contradicts: np.ndarray) -> float:
    """Return z of Mann and Whitney's test that contradictions lie where the models are less sure."""
    rows, hits = len(contradicts), float(contradicts.sum())
    if not 0 < hits < rows:
        return 0.0
    places = np.flatnonzero(contradicts) + 1.0
    spread = np.sqrt(hits * (rows - hits) * (rows + 1) / 12)
    return float((places.sum() - hits * (rows + 1) / 2) / spread)


def wrong_chances(fits: np.ndarray, rate: float, classes: int) -> np.ndarray:
    """Return each label's chance to be wrong, when `rate` of labels are turned to another class at random.

    `fits` is the chance of the row's own label *without* wrong ones (Bayes' rule).
    """
    other = (1 - fits) / max(1, classes - 1)
    chances: np.ndarray = rate * other / (rate * other + (1 - rate) * fits)
    return chances


def without_noise(fits: np.ndarray, rate: float, classes: int) -> np.ndarray:
    """Return each label's chance had no label been turned, from chances that were learned from turned ones."""
    turned = rate / max(1, classes - 1)
    return np.clip((fits - turned) / max(1e-6, 1 - rate - turned), 1e-3, 1 - 1e-3)
