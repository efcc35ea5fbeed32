"""Chances by models that never met a row's entity, and the same with what other rows of the entity say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.small_models import design_of

FOLDS = 3
MOST_ROWS = 12_000
SMALLEST = 1e-4
WIDEST = 4.0  # variance of entities' own log odds that is believed at most
_OPTIONS = {
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "learning_rate": 0.1,
    "feature_fraction": 0.7,
    "verbosity": -1,
    "num_threads": 1,  # few rows: threads would wait for each other longer than they work
    "deterministic": True,
    "force_row_wise": True,
}
_ROUNDS = 60


@dataclass(frozen=True, eq=False)
class MixedApart:
    """Chances of rows; rows are places on both sides stacked, examined first."""

    rows: np.ndarray  # int64, ascending
    apart: np.ndarray  # (rows, classes): by models that learned from no row of the entity
    mixed: np.ndarray  # (rows, classes): the same, moved by what the entity's rows in other folds had beyond it
    truth: np.ndarray
    owners: np.ndarray  # int64, a number an entity

    @property
    def gain(self) -> tuple[float, float]:
        """Return the log loss in nats a row that mixing saves, and its z with an entity's rows counted as one."""
        saved = self._losses(self.apart) - self._losses(self.mixed)
        by_owner = np.bincount(self.owners, weights=saved - saved.mean())
        spread = float(np.sqrt((by_owner**2).sum()))
        return float(saved.mean()), float(saved.sum()) / spread if spread > 0 else 0.0

    @property
    def part_saved(self) -> float:
        """Return the part of the log loss that mixing saves."""
        return self.gain[0] / max(float(self._losses(self.apart).mean()), 1e-9)

    def _losses(self, chances: np.ndarray) -> np.ndarray:
        return -np.log(np.clip(chances[np.arange(len(self.truth)), self.truth], SMALLEST, 1.0))

    @property
    def residuals(self) -> np.ndarray:
        """Return what came less what models that don't know the entity promised, (rows, classes)."""
        return residuals_of(self.apart, self.truth)


def residuals_of(chances: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return 1 for the class that came and 0 for others, less their chances."""
    came = np.zeros_like(chances)
    came[np.arange(len(truth)), truth] = 1.0
    return came - chances


def mixed_apart(inquiry: Inquiry, owners: np.ndarray) -> MixedApart:
    """Return both chances for rows of whole entities, 12,000 at most; `owners` is a number a stacked row."""
    rng = np.random.default_rng(inquiry.seed)
    rows = _of_whole_entities(owners, rng)
    own = np.unique(owners[rows], return_inverse=True)[1]
    truth = np.concatenate([side.truth for side in inquiry.sides])[rows]
    folds = rng.integers(0, FOLDS, int(own.max()) + 1)[own]
    inquiry.report(0.2, "asking models that never met the entities")
    apart = _by_strangers(inquiry, rows, truth, folds)
    mixed = _knowing(apart, truth, own, rng.integers(0, FOLDS, len(rows)))
    return MixedApart(rows, apart, mixed, truth, own)


def _of_whole_entities(owners: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the places of all rows of entities drawn at random, ascending."""
    counts = np.bincount(owners)
    order = rng.permutation(len(counts))
    order = order[counts[order] > 0]
    taken = order[np.cumsum(counts[order]) <= max(MOST_ROWS, counts[order[0]])]
    return np.flatnonzero(np.isin(owners, taken))


def _by_strangers(inquiry: Inquiry, rows: np.ndarray, truth: np.ndarray, folds: np.ndarray) -> np.ndarray:
    import lightgbm

    design, classes = inquiry.once("design", lambda: design_of(inquiry)), len(inquiry.classes)
    answers = np.full((len(rows), classes), SMALLEST)
    for fold in range(FOLDS):
        asked, known = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        seen, labels = np.unique(truth[known], return_inverse=True)
        if not len(asked) or not len(known):
            continue
        if len(seen) == 1:
            answers[np.ix_(asked, seen)] = 1.0
            continue
        goal = {"objective": "binary"} if len(seen) == 2 else {"objective": "multiclass", "num_class": len(seen)}
        learned = lightgbm.Dataset(design.trees[rows[known]], labels, categorical_feature=design.codes)
        rounds = max(15, 2 * _ROUNDS // len(seen))
        model = lightgbm.train(_OPTIONS | goal | {"seed": inquiry.seed}, learned, num_boost_round=rounds)
        found = np.asarray(model.predict(design.trees[rows[asked]]), dtype=np.float64)
        answers[np.ix_(asked, seen)] = np.column_stack([1 - found, found]) if found.ndim == 1 else found
    return np.clip(answers, SMALLEST, 1.0)


def _knowing(apart: np.ndarray, truth: np.ndarray, owners: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Return the chances moved by each entity's own log odds, learned from its rows in other folds."""
    scores = np.log(apart)
    for fold in range(FOLDS):
        asked = folds == fold
        scores[asked] += own_odds(apart, truth, owners, ~asked)[owners[asked]]
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.clip(raised / raised.sum(axis=1, keepdims=True), SMALLEST, 1.0)


def own_odds(chances: np.ndarray, truth: np.ndarray, owners: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Return each entity's log odds of each class beyond the chances, (entities, classes), learned from a mask of rows.

    One Newton step from 0 with a normal prior whose variance the entities show themselves (empirical Bayes, by the
    moments of Paule and Mandel's kind): entities that don't differ get 0.
    """
    count = int(owners.max()) + 1
    beyond = residuals_of(chances, truth)[known]
    spread = (chances * (1 - chances))[known]
    found = np.zeros((count, chances.shape[1]))
    for place in range(chances.shape[1]):
        centred = beyond[:, place] - beyond[:, place].mean()
        total = np.bincount(owners[known], weights=centred, minlength=count)
        weight = np.bincount(owners[known], weights=spread[:, place], minlength=count)
        variance = (total**2 - weight).sum() / max(float((weight**2).sum()), 1e-9)
        if variance > 0:
            found[:, place] = total / (weight + 1 / min(variance, WIDEST))
    return found * (1 - 1 / chances.shape[1])  # each class against all others: with two of them, both move the odds
