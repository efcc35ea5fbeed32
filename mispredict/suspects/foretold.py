"""Whether other columns foretell a column among rows of one label, and what a model loses without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.suspects.coded import MOST_CODES
from mispredict.suspects.inquiry import Inquiry, Outcome
from mispredict.suspects.ranked import rank_auc
from mispredict.suspects.stacked import Stack, stack_of

MOST_ROWS = 20_000
MOST_COLUMNS = 300
LARGE = 2_000_000  # cells
LEAST = 100  # rows of a label from which anything can be foretold
_CALM = {"verbosity": -1, "deterministic": True, "force_row_wise": True, "learning_rate": 0.1, "min_data_in_leaf": 20}


@dataclass(frozen=True)
class Foretold:
    """How well small trees over the other columns foretell a column's score within each label, on other rows."""

    r2: float  # the larger of the labels'
    z: float  # the larger of their distances from no correlation, in standard errors

    @property
    def is_nothing(self) -> bool:
        """Return whether nothing of it is foretold, as far as the rows tell."""
        return self.z < 3.0 and self.r2 < 0.01


@dataclass(frozen=True)
class Uniqueness:
    """The AUC on examined rows of small trees over all columns that are read, and without one."""

    with_it: float
    without: float

    @property
    def gain(self) -> float:
        """Return the difference."""
        return self.with_it - self.without

    @property
    def odds(self) -> float:
        """Return the difference in log odds of the AUC: how much of what is left to know the column alone takes."""
        return _logit(self.with_it) - _logit(self.without)


def _logit(share: float) -> float:
    held = min(max(share, 0.5), 0.9995)
    return float(np.log(held / (1 - held)))


def foretell(inquiry: Inquiry, outcome: Outcome, score: np.ndarray, without: tuple[str, ...]) -> Foretold:
    """Return what the columns but `without` foretell of `score`, one value a row of the stack, given the label."""
    stack = stack_of(inquiry)
    places = _places(stack, without)
    event, best = stack.event(outcome), Foretold(0.0, 0.0)
    for label in (0.0, 1.0):
        rows = _drawn(np.flatnonzero(event == label), MOST_ROWS // 2, inquiry.seed)
        if len(rows) >= LEAST and len(places) and np.ptp(score[rows]) > 0:
            best = max(best, _within(inquiry, stack, (rows, places), score[rows]), key=lambda one: one.z)
    return best


def _within(inquiry: Inquiry, stack: Stack, where: tuple[np.ndarray, list[int]], score: np.ndarray) -> Foretold:
    rows, places = where
    half = stack.folds[rows] > 0
    ranks = np.argsort(np.argsort(score, kind="stable"), kind="stable") / len(score)
    ranks = np.where(np.unique(score).size <= 2, score, ranks)  # two values are what they are
    options = _CALM | {"objective": "l2", "num_leaves": 7, "seed": inquiry.seed}
    foretold = _answers(stack, (rows[half], rows[~half], places), ranks[half], options, rounds=40)
    if np.ptp(foretold) < 1e-9 or np.ptp(ranks[~half]) < 1e-9:
        return Foretold(0.0, 0.0)
    correlation = max(0.0, float(np.corrcoef(foretold, ranks[~half])[0, 1]))
    return Foretold(correlation**2, float(correlation * np.sqrt((~half).sum())))


def unique(inquiry: Inquiry, outcome: Outcome, columns: tuple[str, ...]) -> Uniqueness:
    """Return what a model of all columns that are read is worth with some columns and without; each fit made once."""
    whole = inquiry.once(f"auc {outcome.place}", lambda: _auc(inquiry, outcome, ()))
    named = ", ".join(columns)
    return Uniqueness(whole, inquiry.once(f"auc {outcome.place} {named}", lambda: _auc(inquiry, outcome, columns)))


def _auc(inquiry: Inquiry, outcome: Outcome, without: tuple[str, ...]) -> float:
    chance = known_chances(inquiry, outcome, without)
    stack = stack_of(inquiry)
    return rank_auc(chance[: stack.examined], stack.event(outcome)[: stack.examined]).auc


def known_chances(inquiry: Inquiry, outcome: Outcome, without: tuple[str, ...]) -> np.ndarray:
    """Return each row's chance of the event by small trees of other rows, without some columns; made once."""
    name = f"chances {outcome.place} {', '.join(without)}"
    found: np.ndarray = inquiry.once(name, lambda: _chances(inquiry, outcome, without))
    return found


def _chances(inquiry: Inquiry, outcome: Outcome, without: tuple[str, ...]) -> np.ndarray:
    stack = stack_of(inquiry)
    places, event = _places(stack, without), stack.event(outcome)
    answer = np.full(len(event), event.mean())
    options = _CALM | {"objective": "binary", "num_leaves": 15, "seed": inquiry.seed}
    for fold in range(int(stack.folds.max(initial=0)) + 1) if places else ():
        asked = np.flatnonzero(stack.folds == fold)
        known = _drawn(np.flatnonzero(stack.folds != fold), MOST_ROWS, inquiry.seed + fold)
        if len(asked) and 0 < event[known].sum() < len(known):
            answer[asked] = _answers(stack, (known, asked, places), event[known], options, rounds=60)
    return answer


def _answers(
    stack: Stack,
    where: tuple[np.ndarray, np.ndarray, list[int]],
    goal: np.ndarray,
    options: dict[str, Any],
    *,
    rounds: int,
) -> np.ndarray:
    import lightgbm

    known, asked, places = where
    columns = stack.values[:, places]
    codes = [i for i, place in enumerate(places) if stack.is_code[place] and _is_coarse(stack.values[:, place])]
    threads = 2 if len(known) * len(places) > LARGE else 1  # on less, threads wait for each other longer than they work
    data = lightgbm.Dataset(columns[known], goal, categorical_feature=codes)
    return np.asarray(lightgbm.train(options | {"num_threads": threads}, data, rounds).predict(columns[asked]))


def _is_coarse(values: np.ndarray) -> bool:
    return bool(np.nanmax(values, initial=0.0) < min(100, MOST_CODES))


def _places(stack: Stack, without: tuple[str, ...]) -> list[int]:
    """Return the places of the columns that are asked: those with anything in them, the first 300."""
    kept = [i for i, c in enumerate(stack.columns) if c not in without]
    return [
        i
        for i in kept
        if np.nanmin(stack.values[:, i], initial=np.inf) < np.nanmax(stack.values[:, i], initial=-np.inf)
    ][:MOST_COLUMNS]


def _drawn(places: np.ndarray, most: int, seed: int) -> np.ndarray:
    if len(places) <= most:
        return places
    return np.sort(np.random.default_rng(seed).choice(places, most, replace=False))
