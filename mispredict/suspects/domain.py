"""Training against the examined table, all columns together: how well a small model tells them apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.small_models import design_of
from mispredict.suspects.two_parts import Figure, area

MOST_ROWS = 5_000  # of either side
LEAST_ROWS = 100
FOLDS = 2
_OPTIONS = {
    "objective": "binary",
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "learning_rate": 0.1,
    "feature_fraction": 0.8,
    "verbosity": -1,
    "num_threads": 1,  # few rows: threads would wait for each other longer than they work
    "deterministic": True,
    "force_row_wise": True,
}


@dataclass(frozen=True)
class Domain:
    """How well small trees tell examined from training rows, on rows that they did not learn from."""

    area: Figure  # AUC; 0.5: not at all
    rows: tuple[int, int]  # asked about: examined, training


def told_apart(inquiry: Inquiry) -> Domain | None:
    """Return how well the tables are told apart (a classifier two-sample test); None for fewer than 100 rows a side.

    The columns are shared as `inquiry.once("design", ...)`.
    """
    import lightgbm

    sizes = [len(side) for side in inquiry.sides]
    if min(sizes) < LEAST_ROWS:
        return None
    rng = np.random.default_rng(inquiry.seed)
    drawn = [np.sort(rng.permutation(size)[:MOST_ROWS]) for size in sizes]
    rows = np.concatenate([drawn[0], sizes[0] + drawn[1]])
    design = inquiry.once("design", lambda: design_of(inquiry))
    trees, is_examined = design.trees[rows], (rows < sizes[0]).astype(np.int64)
    folds, answers = rng.integers(0, FOLDS, len(rows)), np.zeros(len(rows))
    for fold in range(FOLDS):
        asked, known = folds == fold, folds != fold
        learned = lightgbm.Dataset(trees[known], is_examined[known], categorical_feature=design.codes)
        model = lightgbm.train(_OPTIONS | {"seed": inquiry.seed}, learned, num_boost_round=40)
        answers[asked] = model.predict(trees[asked])
    return Domain(area(answers, is_examined), (len(drawn[0]), len(drawn[1])))
