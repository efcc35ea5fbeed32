"""The walk: a row followed down every tree, each split's change of value given to the column that it asks.

Saabas, "Interpreting random forests" (2014): the score is the value of the roots plus the changes along the way.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from explainers.answer import check_sums, check_unit, tolerance_of
from explainers.columns import fold
from explainers.explainer import Question
from explainers.explanation import Explanation, TreePath, Unsupported
from explainers.forests.arrays import Forest
from explainers.forests.asked import own_answers
from explainers.forests.read import forest_of, reader_of
from explainers.forests.scores import contributions, leaves_of, ready
from explainers.opened import Opened, opened
from explainers.paths import Walked, most_moved, paths_of
from explainers.refusing import why_not
from explainers.scalars import scalars
from explainers.subject import subject_of
from explainers.wrappers import last_step

PATHS = 10  # paths that an explanation keeps


class Walk:
    """Contributions and paths of tree ensembles."""

    name = "walk"

    def refusal(self, model: Any) -> str | None:
        """Return why this model's trees can't be walked, or None."""
        return why_not(lambda m: forest_of(door_of(m).model, 0), model)

    def explain(
        self, model: Any, rows: pd.DataFrame, background: pd.DataFrame, question: Question
    ) -> list[Explanation]:
        """Return exact contributions, and the paths of the trees that moved the score most, without a background."""
        door = door_of(model)
        forest = forest_of(door.model, question.class_index)
        check_unit("the walk", question.unit, forest.unit)
        matrix = ready(forest, door.matrix(rows))
        values = fold(contributions(forest, matrix), door.encoded, door.subject.columns)
        scores = own_answers(door, rows, question.class_index, forest.unit)
        check_sums("the walk", forest.base + values.sum(axis=1), scores, tolerance_of(door.model))
        notes, frame = _notes(forest, door), door.subject.prepared(rows)
        return [
            Explanation(
                row=str(label),
                class_=door.subject.classes[question.class_index],
                method=self.name,
                unit=forest.unit,
                base=forest.base,
                score=float(scores[i]),
                values=dict(zip(door.subject.columns, values[i].tolist(), strict=True)),
                additive=True,
                paths=_paths(forest, Walked(matrix[i], scalars(frame.iloc[i]), door.encoded, door.subject.classes)),
                notes=notes,
            )
            for i, label in enumerate(rows.index)
        ]


def door_of(model: Any) -> Opened:
    """Return the model's last step with its columns, or raise `Unsupported` when it has no trees that can be read."""
    subject: Any = subject_of(model)
    last = last_step(subject.estimator)
    reader_of(last)
    if hasattr(subject, "tree_columns"):
        return Opened(subject, last, subject.tree_columns())
    if hasattr(last, "get_cat_feature_indices") and last.get_cat_feature_indices():
        raise Unsupported("the walk follows CatBoost's categories outside of a Pipeline only; use shap or lime")
    return opened(subject)


def _paths(forest: Forest, row: Walked) -> tuple[TreePath, ...]:
    leaves = leaves_of(forest, row.values[None, :])[0]
    return paths_of(forest, most_moved(forest, leaves)[:PATHS], row)


def _notes(forest: Forest, door: Opened) -> tuple[str, ...]:
    trees = len(forest.roots)
    notes = [f"paths of the {min(PATHS, trees)} of {trees} trees that moved the score most"]
    opaque = sorted({c.raw for c in door.encoded if c.kind == "opaque" and not c.parts})
    if opaque:
        notes.append(f"splits on {', '.join(opaque)} are in the encoder's own units")
    return (*notes, *door.notes)
