"""Contributions for thousands of rows at once: the cheapest exact ones that a model has."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from explainers.answer import answers, check_sums, margin_unit, tolerance_of
from explainers.boosters import booster_contributions, has_contributions
from explainers.explanation import Attribution, Unit, Unsupported
from explainers.forests.asked import own_answers
from explainers.forests.read import forest_of
from explainers.forests.scores import contributions, ready
from explainers.linear_terms import linear_terms
from explainers.stand_in import stand_in
from explainers.subject import Subject, subject_of
from explainers.tree_shap import TreeShares, along_paths
from explainers.walk import door_of

FURTHEST = 7.0  # log-odds that a stand-in learns, p = 0.001: a model that says 0 or 1 would drown everything else


def attribute(
    model: Any, rows: pd.DataFrame, background: pd.DataFrame, *, class_index: int = 1, seed: int = 0
) -> Attribution:
    """Return contributions in raw columns for many rows.

    Forests are walked, boosters get exact Shapley values along their trees' paths, linear models their terms. Any
    other model gets a gradient-boosted stand-in of its log-odds (of its margin where it has no probabilities), its
    fidelity said in `notes`; where a subject only reads stored scores, the stand-in explains them by the other
    columns of `rows`.
    """
    subject = subject_of(model)
    if not len(rows):
        return Attribution(pd.DataFrame(columns=list(subject.columns)), 0.0, "log-odds", "none", ("no rows",))
    try:
        return attribute_exactly(subject, rows, background, class_index=class_index)
    except Unsupported:
        return _stood_in(subject, rows, background, class_index=class_index, seed=seed)


def attribute_exactly(model: Any, rows: pd.DataFrame, background: pd.DataFrame, *, class_index: int = 1) -> Attribution:
    """Return contributions that add up to the model's own scores; raises Unsupported where it has none.

    `background` is read for linear models alone, whose terms are measured from its means.
    """
    subject = subject_of(model)
    for way in (_boosted, _booster, _walked, _linear):
        try:
            return way(subject, rows, background, class_index)
        except Unsupported:
            continue
    raise Unsupported("it has neither trees nor linear terms that can be read")


def _boosted(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> Attribution:
    if not has_contributions(subject):
        raise Unsupported("no booster's trees")
    found = along_paths(subject, rows, class_index)
    note = "exact Shapley contributions along the booster's trees"
    return _shapley(subject, rows, class_index, found, note)


def _booster(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> Attribution:
    if not has_contributions(subject):
        raise Unsupported("no contributions of its own")
    values, base = booster_contributions(subject, rows, class_index)
    found = TreeShares(values, base, margin_unit(subject))
    return _shapley(subject, rows, class_index, found, "the booster's own exact Shapley contributions")


def _shapley(subject: Subject, rows: pd.DataFrame, class_index: int, found: TreeShares, note: str) -> Attribution:
    scores = answers(subject, rows, class_index, found.unit)
    check_sums("shap", found.base + found.values.sum(axis=1), scores, _tolerance(subject))
    frame = pd.DataFrame(found.values, columns=list(subject.columns), index=rows.index)
    return Attribution(frame, found.base, found.unit, "shap", (note,))


def _walked(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> Attribution:
    door = door_of(subject)
    forest = forest_of(door.model, class_index)
    values = door.fold(contributions(forest, ready(forest, door.matrix(rows)))).set_index(rows.index)
    scores = own_answers(door, rows, class_index, forest.unit)
    check_sums("the walk", forest.base + values.sum(axis=1).to_numpy(), scores, tolerance_of(door.model))
    return Attribution(values, forest.base, forest.unit, "walk", (f"walked down {len(forest.roots)} trees",))


def _linear(subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, class_index: int) -> Attribution:
    terms = linear_terms(subject, rows, background, class_index)
    return Attribution(terms.values, terms.base, terms.unit, "linear", ("the terms of the linear model",))


def _stood_in(
    subject: Subject, rows: pd.DataFrame, background: pd.DataFrame, *, class_index: int, seed: int
) -> Attribution:
    both = pd.concat([rows, background[rows.columns]], ignore_index=True) if len(background) else rows
    unit: Unit = "margin" if getattr(subject, "no_probabilities", "") else "log-odds"
    scores = answers(subject, both, class_index, unit)
    scores = np.clip(scores, -FURTHEST, FURTHEST) if unit == "log-odds" else scores
    found = stand_in(_explaining(subject, both), scores, ask=len(rows), seed=seed)
    fit = "unknown" if np.isnan(found.r2) else f"{found.r2:.2f}"
    note = (
        f"contributions of a gradient-boosted stand-in for the model's {unit}: R2 {fit} on {found.held_out:,} rows "
        "that it didn't learn from"
    )
    return Attribution(found.values.set_index(rows.index), found.base, unit, "stand-in", (note,))


def _explaining(subject: Subject, rows: pd.DataFrame) -> pd.DataFrame:
    if subject.family == "scores":
        return rows.drop(columns=list(subject.columns))
    return subject.prepared(rows)


def _tolerance(subject: Subject) -> float:
    return tolerance_of(subject.estimator)
