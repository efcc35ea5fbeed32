"""What the model's own probabilities promise, and how far each row is from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from mispredict.scan.scored import Scored

ENOUGH_FOR_STEPS = 1_000  # rows from which the recalibration is more than two numbers
_GROUPS = 100
_SMALLEST = 1e-4


@dataclass(frozen=True, eq=False)
class Promises:
    """What may be expected of each row: arrays with one entry a row.

    `event` is the recalibrated probability of the event when binary, None otherwise; `error` the recalibrated
    probability that the prediction is wrong.
    """

    error: np.ndarray
    event: np.ndarray | None
    is_error: np.ndarray
    is_event: np.ndarray | None
    predicts_event: np.ndarray | None

    @property
    def spread(self) -> np.ndarray:
        """Return the variance of each row's outcome."""
        return self.error * (1 - self.error)

    @property
    def excess(self) -> np.ndarray:
        """Return each row's error minus what was expected of it; its mean is 0 if the model is right about itself."""
        return self.is_error - self.error

    @property
    def shift(self) -> np.ndarray | None:
        """Return the event minus its probability, None when multiclass."""
        return None if self.event is None or self.is_event is None else self.is_event - self.event

    def take(self, which: np.ndarray) -> Promises:
        """Return the promises of some rows."""
        return Promises(
            self.error[which],
            None if self.event is None else self.event[which],
            self.is_error[which],
            None if self.is_event is None else self.is_event[which],
            None if self.predicts_event is None else self.predicts_event[which],
        )

    def drawn(self, rng: np.random.Generator) -> Promises:
        """Return the same rows with outcomes drawn from the promises: a world in which the model is right."""
        if self.event is None or self.predicts_event is None:
            return Promises(self.error, None, rng.random(len(self.error)) < self.error, None, None)
        events = rng.random(len(self.event)) < self.event
        return Promises(self.error, self.event, events != self.predicts_event, events, self.predicts_event)


def promises_of(scored: Scored, *, learn: np.ndarray, seed: int = 0) -> Promises:
    """Return the promises of all rows, recalibrated on the rows where the mask `learn` is True.

    A probability that is wrong everywhere alike is a matter of calibration; taken as it stands it would make every
    large slice look suspicious. A row that is learned from is corrected by a curve of the half it is not in.
    """
    return _with_events(scored, lambda probability, came: recalibrate(probability, came, learn=learn, seed=seed))


def raw_promises(scored: Scored) -> Promises:
    """Return the promises as the model makes them."""
    return _with_events(scored, lambda probability, _came: np.clip(probability, _SMALLEST, 1 - _SMALLEST))


def learn_recalibration(scored: Scored, *, learn: np.ndarray) -> Recalibration:
    """Return the curve of the rows of the mask `learn`, for `promises_by` of rows that are not among them."""
    return recalibration_of(*_promised_and_came(scored), learn=learn)


def promises_by(scored: Scored, recalibration: Recalibration) -> Promises:
    """Return the promises of rows by a curve that was learned from others, batch after batch if need be."""
    return _with_events(scored, lambda probability, _came: recalibration(probability))


def _with_events(scored: Scored, corrected: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Promises:
    likely = corrected(*_promised_and_came(scored))
    if len(scored.classes) != 2:
        return Promises(1 - likely, None, scored.is_error, None, None)
    predicts_event = scored.predicted == 1
    error = np.where(predicts_event, 1 - likely, likely)
    return Promises(error, likely, scored.is_error, scored.truth == 1, predicts_event)


def _promised_and_came(scored: Scored) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability of the event and whether it came; of several classes, of the prediction being right."""
    if len(scored.classes) != 2:
        return scored.probabilities[np.arange(len(scored)), scored.predicted], ~scored.is_error
    return scored.probabilities[:, 1], scored.truth == 1


def expected_errors(scored: Scored) -> np.ndarray:
    """Return the chance that each prediction is wrong by the model's own probabilities, not recalibrated."""
    return 1 - scored.probabilities[np.arange(len(scored)), scored.predicted]


def recalibrate(probability: np.ndarray, came: np.ndarray, *, learn: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return the probabilities as other rows, those of the mask `learn`, would correct them; in (0, 1)."""
    half = np.random.default_rng(seed).permutation(len(came)) % 2
    corrected = np.empty(len(came))
    corrected[~learn] = recalibration_of(probability, came, learn=learn)(probability[~learn])
    for own in (0, 1):
        asked = learn & (half == own)
        corrected[asked] = recalibration_of(probability, came, learn=learn & (half != own))(probability[asked])
    return corrected


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return the log odds; probabilities of 0 and 1 count as nearly so."""
    clipped = np.clip(probability, _SMALLEST, 1 - _SMALLEST)
    return np.log(clipped / (1 - clipped))


@dataclass(frozen=True, eq=False)
class Recalibration:
    """A curve that corrects probabilities; plain numbers, so that rows of any batch can be corrected by it.

    With knots it is linear between them in the log odds, else a line of log odds through a logistic function.
    """

    intercept: float = 0.0  # of the line of log odds
    slope: float = 1.0
    knots: np.ndarray = field(default_factory=lambda: np.empty(0))  # log odds, rising
    rates: np.ndarray = field(default_factory=lambda: np.empty(0))  # the corrected probability at each knot

    def __call__(self, probability: np.ndarray) -> np.ndarray:
        """Return the probabilities corrected, in (0, 1)."""
        corrected = probability
        if len(self.knots):
            corrected = np.interp(log_odds(probability), self.knots, self.rates)
        elif (self.intercept, self.slope) != (0.0, 1.0):
            corrected = 1 / (1 + np.exp(-self.intercept - self.slope * log_odds(probability)))
        return np.clip(corrected, _SMALLEST, 1 - _SMALLEST)


def recalibration_of(probability: np.ndarray, came: np.ndarray, *, learn: np.ndarray) -> Recalibration:
    """Return the curve that the rows of the mask `learn` give; with too few of them or one outcome, no correction.

    For rows that it was not learned from; those that it was learned from are corrected by halves (`recalibrate`).
    """
    known, came = probability[learn], came[learn]
    if len(came) < 50 or came.all() or not came.any():
        return Recalibration()
    line = Recalibration(*_line(log_odds(known), came.astype(np.float64)))
    if len(came) < ENOUGH_FOR_STEPS or line.slope <= 0:
        return line
    knots, rates = _steps(known, came, line(known))
    return replace(line, knots=knots, rates=rates)


def _line(odds: np.ndarray, came: np.ndarray) -> tuple[float, float]:
    """Return intercept and slope of a logistic regression by Newton's method (Platt scaling), held near 0 and 1."""
    held = np.array([0.0, 1.0])
    now = held.copy()
    design = np.column_stack([np.ones_like(odds), odds])
    for _ in range(20):
        chance = 1 / (1 + np.exp(-np.clip(design @ now, -30, 30)))
        slope = design.T @ (came - chance) - (now - held)
        step = np.linalg.solve(design.T @ (design * (chance * (1 - chance))[:, None]) + np.eye(2), slope)
        now = now + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-6:
            break
    return float(now[0]), float(now[1])


def _steps(known: np.ndarray, came: np.ndarray, by_line: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the knots of an isotonic curve through groups of rows, each leaning a little on the line."""
    from scipy.optimize import isotonic_regression

    order = np.argsort(known, kind="stable")
    groups = np.array_split(order, min(_GROUPS, len(order) // 50))
    weights = np.array([len(group) + 2.0 for group in groups])
    rates = np.array([(came[group].sum() + 2 * by_line[group].mean()) / (len(group) + 2) for group in groups])
    middles = np.array([log_odds(known[group]).mean() for group in groups])
    return middles, isotonic_regression(rates, weights=weights).x
