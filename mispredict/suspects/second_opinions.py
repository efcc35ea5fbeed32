"""What models that never saw a row's label think of it: the best estimate of each label's chance.

Shared as `inquiry.once("second opinions", ...)`, by `opinions_of`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry, Side
from mispredict.suspects.small_models import PLAIN_MODELS, Design, Fit, design_of

FOLDS = 3
LIVE = "the live model"
SMALLEST = 1e-4
LEAST_ROWS = 60
LEAST_OF_CLASS = 10  # rows of a class from which models are fitted
_HELD = 1.0  # how strongly each model's weight is held near an equal share


@dataclass(frozen=True, eq=False)
class Opinions:
    """The chance of each class in each row, by models that did not learn from the row; one array a side.

    They are fitted on both sides' rows in three folds (rows of one entity share a fold) and joined with the live
    model's own answers by weights that suit the examined labels, so they are calibrated there.
    """

    sides: tuple[np.ndarray, ...]  # (rows, classes) each, examined first
    plain: tuple[np.ndarray, ...]  # the same without the live model, whose own faults may gather in some rows
    weights: dict[str, float]  # of each model in the joint answer

    def fits(self, inquiry: Inquiry, side: int = 0) -> np.ndarray:
        """Return the chance of each row's own label, shape (rows,)."""
        truth = inquiry.sides[side].truth
        return self.sides[side][np.arange(len(truth)), truth]


def why_no_opinions(inquiry: Inquiry) -> str | None:
    """Return why no model can be fitted, as a part of a sentence, or None."""
    counts = np.bincount(inquiry.examined.truth, minlength=len(inquiry.classes))
    if len(inquiry.examined) < LEAST_ROWS:
        return f"{len(inquiry.examined):,} rows: fewer than {LEAST_ROWS}"
    if (counts >= LEAST_OF_CLASS).sum() < 2:
        return f"fewer than two classes with {LEAST_OF_CLASS} rows"
    return None if inquiry.common(inquiry.read) else "no column that a model reads is in both tables"


def opinions_of(inquiry: Inquiry) -> Opinions:
    """Return the chance of each class in each row, made once; ask `why_no_opinions` first."""
    found: Opinions = inquiry.once("second opinions", lambda: _made(inquiry))
    return found


def _made(inquiry: Inquiry) -> Opinions:
    design = design_of(inquiry)
    truth = np.concatenate([side.truth for side in inquiry.sides])
    folds = _folds(inquiry, len(truth))
    answers: dict[str, np.ndarray] = {}
    for number, (name, fit) in enumerate(PLAIN_MODELS.items()):
        inquiry.report(0.2 * number, f"asking {name}")
        answers[name] = _out_of_fold(fit, design, truth, folds, len(inquiry.classes))
    live = [side.probabilities for side in inquiry.sides]
    first = len(inquiry.examined)
    if live[0] is not None:
        rest = [live[1]] if len(live) > 1 and live[1] is not None else []
        answers[LIVE] = np.vstack([live[0], *rest])
    return _joined(answers, inquiry.examined.truth, first, len(truth))


def _joined(answers: dict[str, np.ndarray], truth: np.ndarray, first: int, every: int) -> Opinions:
    """Return the answers joined; the live model learned the training rows by heart and says nothing there."""
    logs = {name: np.log(np.clip(one, SMALLEST, 1.0)) for name, one in answers.items()}
    examined, weights, _ = _line([one[:first] for one in logs.values()], truth)
    others = [one for name, one in logs.items() if name != LIVE]
    plain, learned, offsets = _line([one[:first] for one in others], truth)
    shares = dict(zip(logs, weights.tolist(), strict=True))
    if every == first:
        return Opinions((examined,), (plain,), shares)
    training = _softmax(sum((w * one[first:] for w, one in zip(learned, others, strict=True)), offsets))
    return Opinions((examined, training), (plain, training), shares)


def _line(logs: list[np.ndarray], truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the joint chances, the models' weights and the classes' offsets that suit the labels best."""
    from scipy.optimize import minimize

    models, classes = len(logs), logs[0].shape[1]
    stacked = np.stack(logs)
    hits = np.zeros((len(truth), classes))
    hits[np.arange(len(truth)), truth] = 1.0

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        chances = _softmax(np.tensordot(at[:models], stacked, axes=1) + at[models:])
        off = chances - hits
        own = -np.log(np.maximum(chances[np.arange(len(truth)), truth], 1e-12)).sum()
        slope = np.concatenate([(stacked * off).sum(axis=(1, 2)), off.sum(axis=0)])
        held = np.concatenate([at[:models] - 1 / models, at[models:]])
        return own + _HELD * float(held @ held), slope + 2 * _HELD * held

    start = np.concatenate([np.full(models, 1 / models), np.zeros(classes)])
    bounds = [(0.0, 2.0)] * models + [(-3.0, 3.0)] * classes
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 60}).x
    joint = _softmax(np.tensordot(best[:models], stacked, axes=1) + best[models:])
    return np.clip(joint, SMALLEST, 1 - SMALLEST), best[:models], best[models:]


def _softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances: np.ndarray = raised / raised.sum(axis=1, keepdims=True)
    return np.clip(chances, SMALLEST, 1 - SMALLEST)


def _folds(inquiry: Inquiry, rows: int) -> np.ndarray:
    rng = np.random.default_rng(inquiry.seed)
    entity = inquiry.common(inquiry.data.entity)
    if not entity:
        return rng.integers(0, FOLDS, rows)
    owners = np.concatenate([_owners(side, entity) for side in inquiry.sides])
    codes = np.unique(owners, return_inverse=True)[1]
    folds: np.ndarray = rng.integers(0, FOLDS, int(codes.max()) + 1)[codes]
    return folds


def _owners(side: Side, entity: tuple[str, ...]) -> np.ndarray:
    return side.rows[list(entity)].astype("string").fillna("").agg("\x1f".join, axis=1).to_numpy(dtype=object)


def _out_of_fold(fit: Fit, design: Design, truth: np.ndarray, folds: np.ndarray, classes: int) -> np.ndarray:
    """Return each row's chances by a model of the other folds, shape (rows, classes)."""
    answers = np.full((len(truth), classes), SMALLEST)
    for fold in range(FOLDS):
        asked = np.flatnonzero(folds == fold)
        known = np.flatnonzero(folds != fold)
        if len(asked):
            answers[asked] = fit(design, truth, known, asked, classes)
    return answers
