"""How labels ripen: the share of events known at each age, from events that were seen only if they came in time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_AT_RISK = 20  # events, below which the curve is not drawn further
LEAST_EVENTS = 20
BELIEVED = 0.95
DRAWS = 40  # of the bootstrap


@dataclass(frozen=True, eq=False)
class Curve:
    """The share of events that are known at each age: a step function, 1 from the oldest age on."""

    delays: np.ndarray  # ascending
    shares: np.ndarray  # known at each of them
    events: int

    def at(self, ages: np.ndarray) -> np.ndarray:
        """Return the share of events known at ages; 0 before the shortest delay seen."""
        places = np.searchsorted(self.delays, ages, side="right")
        known: np.ndarray = np.concatenate([[0.0], self.shares])[places]
        return known

    @property
    def believed_from(self) -> float:
        """Return the age from which 95 % of events are known."""
        return float(self.delays[np.searchsorted(self.shares, BELIEVED)])


def curve_of(delays: np.ndarray, ages: np.ndarray) -> Curve | None:
    """Return the curve of delays, each of which was seen because its row was old enough; None for too few events.

    Delays are truncated: those longer than the row's age have not been seen. Lynden-Bell's estimator (1971), the
    product limit in reversed time, corrects for it; it knows nothing beyond the longest delay that 20 events could
    show.
    """
    kept = np.isfinite(delays) & np.isfinite(ages) & (delays <= ages)
    delays, ages = np.maximum(delays[kept], 0.0), ages[kept]
    if len(delays) < LEAST_EVENTS:
        return None
    values, ends = np.unique(delays, return_counts=True)
    shorter = np.searchsorted(np.sort(delays), values, side="right")
    too_young = np.searchsorted(np.sort(ages), values, side="left")
    at_risk = shorter - too_young  # with a delay of at most this, and old enough for it
    usable = np.flatnonzero(at_risk >= LEAST_AT_RISK)
    if not len(usable):
        return None
    last = int(usable[-1]) + 1
    steps = np.maximum(1 - ends[:last] / np.maximum(at_risk[:last], 1), 1e-9)
    after = np.concatenate([np.cumprod(steps[::-1])[::-1][1:], [1.0]])
    return Curve(values[:last], after, len(delays))


def curves_of(delays: np.ndarray, ages: np.ndarray, seed: int) -> list[Curve]:
    """Return curves of events drawn again with replacement: how sure the curve is."""
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(DRAWS):
        again = rng.integers(0, len(delays), len(delays))
        curve = curve_of(delays[again], ages[again])
        if curve is not None:
            drawn.append(curve)
    return drawn


@dataclass(frozen=True, eq=False)
class Missing:
    """Events that have not come yet: how many, and each row's chance to be one."""

    chances: np.ndarray  # of each row, 0 for those whose class is known
    expected: float


def missing_of(chances: np.ndarray, is_event: np.ndarray, known: np.ndarray, is_assumed: np.ndarray) -> Missing:
    """Return the events still to come among assumed rows.

    `chances` of the event, by models that learned from labels with events missing, are raised until the events that
    should be known by now, chance times share `known`, are as many as are known.
    """
    raised = np.clip(chances * _factor(chances, known, float(is_event.sum())), 0.0, 0.999)
    still = np.where(is_assumed, raised * (1 - known) / (1 - raised * known), 0.0)
    return Missing(still, float(still.sum()))


def _factor(chances: np.ndarray, known: np.ndarray, events: float) -> float:
    factor = 1.0
    for _ in range(20):
        should = float((np.clip(chances * factor, 0.0, 0.999) * known).sum())
        factor = float(np.clip(factor * events / max(should, 1e-9), 0.1, 10.0))
    return factor


def gain_of(chances: np.ndarray, is_event: np.ndarray, known: np.ndarray) -> float:
    """Return the log likelihood of labels when events are known in the shares `known`, beyond all being known.

    Both ways the models' chances are first scaled so that they promise as many events as there are.
    """
    return _likelihood(chances, is_event, known) - _likelihood(chances, is_event, np.ones(len(known)))


def _likelihood(chances: np.ndarray, is_event: np.ndarray, known: np.ndarray) -> float:
    raised = np.clip(chances * _factor(chances, known, float(is_event.sum())), 0.0, 0.999) * known
    held = np.clip(raised, 1e-6, 1 - 1e-6)
    return float(np.where(is_event, np.log(held), np.log(1 - held)).sum())


@dataclass(frozen=True)
class Drop:
    """Events among the youngest rows against those that models, right about older rows, promise."""

    seen: int
    promised: float
    z: float


def drop_of(chances: np.ndarray, is_event: np.ndarray, is_young: np.ndarray, *, spread: float = 1.0) -> Drop:
    """Return how far events of young rows fall behind; `spread` widens what chance alone allows."""
    old = ~is_young
    factor = float(is_event[old].sum()) / max(float(chances[old].sum()), 1e-9) if old.any() else 1.0
    promised = np.clip(chances[is_young] * factor, 0.0, 0.999)
    seen, mean = int(is_event[is_young].sum()), float(promised.sum())
    own = float((promised * (1 - promised)).sum())
    learned = mean**2 / max(float(is_event[old].sum()), 1.0)  # the factor is an estimate too
    return Drop(seen, mean, (seen - mean) / float(np.sqrt(max(own * spread + learned, 1e-9))))
