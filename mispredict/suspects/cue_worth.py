"""What a cue is worth beyond the other columns, and what the live model makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.bad_input import BadInput
from mispredict.investigation.reader import score_rows
from mispredict.suspects.cues import Cue
from mispredict.suspects.foretold import known_chances
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.stacked import stack_of

MOST_ROWS = 2_000  # with the cue, scored anew
DRAWS = 4  # other values that each of them is given
SMALLEST = 1e-6


@dataclass(frozen=True)
class Strength:
    """The log odds that a cue adds to what small trees of all other columns expect, against rows without it."""

    value: float
    spread: float  # standard error

    def less(self, other: Strength) -> float:
        """Return by how many standard errors the other one is smaller."""
        return (self.value - other.value) / float(np.hypot(self.spread, other.spread))


@dataclass(frozen=True, eq=False)
class Leaning:
    """The live model's answers on rows with the cue, and with other values in the cue's place.

    Arrays have one entry a looked-at row of those met with the cue; chances are of the class that it points to.
    """

    places: np.ndarray  # on the examined side
    of: int  # rows met with the cue
    event: np.ndarray  # 1 where the row is of that class
    as_is: np.ndarray
    without: np.ndarray  # mean over the draws
    right_as_is: np.ndarray  # bool, at the live model's threshold
    right_without: np.ndarray

    @property
    def lift(self) -> float:
        """Return the mean log odds that the cue adds to the model's answer."""
        return float((_logit(self.as_is) - _logit(self.without)).mean())

    @property
    def harm(self) -> np.ndarray:
        """Return the surprise that the cue adds to each row, nats."""
        return _surprise(self.event, self.as_is) - _surprise(self.event, self.without)

    @property
    def z(self) -> float:
        """Return how many standard errors the mean harm lies above zero, over rows."""
        harm = self.harm
        spread = float(harm.std(ddof=1)) / np.sqrt(len(harm)) if len(harm) > 1 else 0.0
        return float(harm.mean() / spread) if spread > 0 else 0.0

    @property
    def broken(self) -> float:
        """Return by how many standard errors the model promises more of the class than comes."""
        spread = float(np.sqrt((self.as_is * (1 - self.as_is)).sum()))
        return float((self.as_is - self.event).sum()) / max(spread, 1e-9)


def strengths(inquiry: Inquiry, cue: Cue) -> tuple[Strength, Strength]:
    """Return what the cue adds beyond the other columns where it is learned, and where it is met."""
    chances = known_chances(inquiry, cue.outcome, (cue.column,))
    stack, parts = stack_of(inquiry), cue.parts
    event = stack.event(cue.outcome)
    rows = (parts.learned + (stack.examined if parts.side else 0), parts.met)
    own, other = (
        _strength(chances[at], event[at], inside, towards=cue.towards)
        for at, inside in zip(rows, cue.with_it, strict=True)
    )
    return own, other


def _strength(chances: np.ndarray, event: np.ndarray, inside: np.ndarray, *, towards: bool) -> Strength:
    expected, came = (chances, event) if towards else (1 - chances, 1 - event)
    own, spread = _offset(expected[inside], came[inside])
    rest, other = _offset(expected[~inside], came[~inside])
    return Strength(own - rest, float(np.hypot(spread, other)))


def _offset(expected: np.ndarray, came: np.ndarray) -> tuple[float, float]:
    """Return what must be added to log odds so that as many events are expected as came, and its standard error."""
    odds, events = _logit(expected), float(came.sum()) + 0.5
    share, low, high = events / (len(came) + 1), -15.0, 15.0
    for _ in range(50):
        middle = (low + high) / 2
        above = float(_chance(odds + middle).mean()) > share if len(odds) else True
        low, high = (low, middle) if above else (middle, high)
    held = _chance(odds + middle)
    return middle, float(1 / np.sqrt(max(float((held * (1 - held)).sum()), 0.25)))


def leaning_of(inquiry: Inquiry, cue: Cue) -> Leaning | None:
    """Return what the live model makes of the cue, None where it can't answer for rows with other values."""
    side = inquiry.examined
    assert side.probabilities is not None
    rng = np.random.default_rng(inquiry.seed)
    every = cue.parts.met[cue.with_it[1]]
    places = np.sort(rng.permutation(every)[:MOST_ROWS])
    others = cue.parts.met[~cue.with_it[1]]
    if not len(others):
        return None
    answers = []
    for _ in range(DRAWS):
        rows = side.rows.iloc[places].copy()
        rows[cue.column] = side.rows[cue.column].iloc[rng.choice(others, len(places))].array
        try:
            answers.append(score_rows(inquiry.model, rows))
        except BadInput:
            return None
    return _leaning(inquiry, cue, (places, len(every)), np.mean(answers, axis=0))


def _leaning(inquiry: Inquiry, cue: Cue, where: tuple[np.ndarray, int], without: np.ndarray) -> Leaning:
    places, of = where
    chances = inquiry.examined.probabilities
    assert chances is not None
    own, truth = chances[places], inquiry.examined.truth[places]
    event = (truth == cue.outcome.place) == cue.towards
    as_is, other = (one[:, cue.outcome.place] for one in (own, without))
    if not cue.towards:
        as_is, other = 1 - as_is, 1 - other
    right = (called(inquiry, own) == truth, called(inquiry, without) == truth)
    return Leaning(places, of, event.astype(np.float64), as_is, other, *right)


def called(inquiry: Inquiry, chances: np.ndarray) -> np.ndarray:
    """Return the class that the live model calls, by its place."""
    if inquiry.is_binary:
        return (chances[:, 1] >= inquiry.threshold).astype(np.int64)
    return chances.argmax(axis=1)


def _surprise(event: np.ndarray, chance: np.ndarray) -> np.ndarray:
    held = np.clip(chance, SMALLEST, 1 - SMALLEST)
    return np.where(event > 0, -np.log(held), -np.log1p(-held))


def _logit(chance: np.ndarray) -> np.ndarray:
    held = np.clip(chance, SMALLEST, 1 - SMALLEST)
    return np.log(held / (1 - held))


def _chance(odds: np.ndarray) -> np.ndarray:
    chance: np.ndarray = 1 / (1 + np.exp(-odds))
    return chance
