"""Three plain models of different kinds, quick to fit: boosted trees, a forest, a weighted sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mispredict.suspects.coded import OTHER
from mispredict.suspects.inquiry import Inquiry

MOST_LEVELS = 50  # of a code that trees may split by value; a finer one is taken by how frequent its values are
MOST_WEIGHED = 60  # columns of the weighted sum
SHOWN_LEVELS = 20  # of a code, each with its own weight

Fit = Callable[["Design", np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]


@dataclass(frozen=True, eq=False)
class Design:
    """Columns of all sides as one matrix, in both forms that the models take."""

    trees: np.ndarray  # (rows, columns) float64, missing as NaN
    codes: list[int]  # places of columns whose values have no order
    weighed: np.ndarray  # (rows, more columns): numbers as ranks around 0, codes as 0 and 1
    seed: int


def design_of(inquiry: Inquiry) -> Design:
    """Return the columns that a model reads, of both sides one under the other."""
    columns = inquiry.common(inquiry.read)
    sides = range(len(inquiry.sides))
    held = {c: np.concatenate([inquiry.coding.values(c, side) for side in sides]) for c in columns}
    held = {c: one for c, one in held.items() if _varies(one)}
    rows = sum(len(side) for side in inquiry.sides)
    if not held:
        return Design(np.zeros((rows, 1)), [], np.zeros((rows, 1)), inquiry.seed)
    is_code = [inquiry.coding.nature(c) == "code" for c in held]
    codes = [i for i, (one, code) in enumerate(zip(held.values(), is_code, strict=True)) if code and _is_coarse(one)]
    few = list(zip(held.values(), is_code, strict=True))[:MOST_WEIGHED]
    weighed = [_as_flags(one) if code else _as_ranks(one) for one, code in few]
    return Design(np.column_stack(list(held.values())), codes, np.hstack(weighed), inquiry.seed)


def _varies(values: np.ndarray) -> bool:
    held = values[np.isfinite(values)]
    return len(held) > 0 and bool(held.min() < held.max() or len(held) < len(values))


def _is_coarse(values: np.ndarray) -> bool:
    return bool(np.nanmax(values) < MOST_LEVELS)


def _as_flags(values: np.ndarray) -> np.ndarray:
    """Return 0 and 1 for each of a code's frequent values."""
    levels = range(min(SHOWN_LEVELS, int(np.nanmax(values)) + 1))
    return np.column_stack([(values == level).astype(np.float64) for level in levels] or [values == OTHER])


def _as_ranks(values: np.ndarray) -> np.ndarray:
    """Return a number as its rank, as a measure around the median, and as whether it lacks."""
    held = np.isfinite(values)
    known = np.sort(values[held])
    ranks, around = np.zeros(len(values)), np.zeros(len(values))
    ranks[held] = 2 * np.searchsorted(known, values[held], side="left") / len(known) - 1
    around[held] = np.clip((values[held] - np.median(known)) / _scale(known), -4, 4)
    return np.column_stack([ranks, around, ~held])


def _scale(values: np.ndarray) -> float:
    low, high = np.quantile(values, [0.1, 0.9])
    return float(high - low) or float(values.std()) or 1.0


def boosted(design: Design, truth: np.ndarray, known: np.ndarray, asked: np.ndarray, classes: int) -> np.ndarray:
    """Return the chances of rows by small boosted trees, shape (rows, classes)."""
    options = {"num_leaves": 8, "learning_rate": 0.08, "min_data_in_leaf": 20, "feature_fraction": 0.6}
    return _trees(design, truth, (known, asked), classes, options | {"bagging_fraction": 0.8}, rounds=100)


def forest(design: Design, truth: np.ndarray, known: np.ndarray, asked: np.ndarray, classes: int) -> np.ndarray:
    """Return the chances of rows by a forest of deep trees, shape (rows, classes)."""
    options = {"boosting": "rf", "num_leaves": 64, "min_data_in_leaf": 10, "feature_fraction_bynode": 0.4}
    return _trees(design, truth, (known, asked), classes, options | {"bagging_fraction": 0.6}, rounds=50)


def _trees(
    design: Design,
    truth: np.ndarray,
    parts: tuple[np.ndarray, np.ndarray],
    classes: int,
    options: dict[str, Any],
    *,
    rounds: int,
) -> np.ndarray:
    import lightgbm

    known, asked = parts
    seen, labels = np.unique(truth[known], return_inverse=True)
    goal = {"objective": "binary"} if len(seen) == 2 else {"objective": "multiclass", "num_class": len(seen)}
    if len(seen) == 1:
        return _placed(np.ones((len(asked), 1)), seen, classes)
    # One thread: where other processes are at work, two wait for each other longer than they save.
    calm = {
        "verbosity": -1,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "bagging_freq": 1,
    }
    rows = lightgbm.Dataset(design.trees[known], labels, categorical_feature=design.codes, free_raw_data=True)
    rounds = rounds if len(seen) == 2 else max(20, 2 * rounds // len(seen))
    model = lightgbm.train(options | goal | calm | {"seed": design.seed}, rows, num_boost_round=rounds)
    answers = np.asarray(model.predict(design.trees[asked]), dtype=np.float64)
    return _placed(np.column_stack([1 - answers, answers]) if answers.ndim == 1 else answers, seen, classes)


def weighted_sum(design: Design, truth: np.ndarray, known: np.ndarray, asked: np.ndarray, classes: int) -> np.ndarray:
    """Return the chances of rows by a logistic regression, shape (rows, classes)."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(truth[known])) == 1:
        return _placed(np.ones((len(asked), 1)), truth[known][:1], classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # near enough: it is one voice of four
        model = LogisticRegression(C=0.3, max_iter=60).fit(design.weighed[known], truth[known])
    return _placed(model.predict_proba(design.weighed[asked]), model.classes_, classes)


def _placed(answers: np.ndarray, seen: np.ndarray, classes: int) -> np.ndarray:
    placed = np.zeros((len(answers), classes))
    placed[:, seen] = answers
    return placed


PLAIN_MODELS: dict[str, Fit] = {"boosted trees": boosted, "a forest": forest, "a weighted sum": weighted_sum}
