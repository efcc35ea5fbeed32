"""The training rows that taught the model one answer, with their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from explainers.neighbours import neighbours
from mispredict.bad_input import InvestigationRefused
from mispredict.investigation.opened import Opened
from mispredict.investigation.questions import Taught, TaughtBy
from mispredict.investigation.showing import shown_probability
from mispredict.models.model import Model
from mispredict.scan.scored import Scored
from mispredict.tables.roles import readable

if TYPE_CHECKING:
    from mispredict.investigation.steps import Steps

SEEN = 20_000  # training rows that neighbours and values are looked for in
OURS = ("distance", "truth", "probability")


@dataclass(frozen=True, eq=False)
class Seen:
    """Rows like those that the model learned from: a uniform sample of one table."""

    rows: pd.DataFrame
    total: int  # rows of that table
    is_training: bool  # else the examined table, where the investigation names no training table

    @classmethod
    def of(cls, opened: Opened, steps: Steps) -> Seen:
        """Return 20,000 rows of the training table where there is one, else the scan's sample."""
        training = opened.training
        if training is None:
            return cls(steps.ordinary(), opened.table.rows, is_training=False)
        places = np.sort(np.random.default_rng(opened.spec.seed).permutation(training.rows)[:SEEN])
        held = set(training.schema.names)
        wanted = (*readable(training.schema, opened.spec.data), opened.spec.data.embedding)
        columns = [c for c in wanted if c is not None and c in held]
        return cls(training.take(places, columns), training.rows, is_training=True)


def taught(model: Model, found: Scored, seen: Seen, question: TaughtBy, opened: Opened, class_index: int) -> Taught:
    """Return the training rows nearest to `found`."""
    if not seen.is_training:
        raise InvestigationRefused(
            "the investigation names no training table",
            needed="a section [training] with the table that the model learned from",
            do="add it to the investigation's file, and open it again",
        )
    data = opened.spec.data
    near = neighbours(
        model.subject,
        _with_vector(found, opened) if question.space == "embedding" else found.rows,
        seen.rows,
        count=question.limit,
        space=question.space,
        layer=question.layer,
        vector=data.embedding if question.space == "embedding" else None,  # None of it: the model's own space
        class_index=class_index,
        seed=opened.spec.seed,
    )
    own = near.rows.drop(columns=[c for c in (data.embedding,) if c in near.rows])
    first = [c for c in (data.id, *model.features) if c in own]
    own = own[[*first, *(c for c in own if c not in first)]].rename(columns={c: f"{c} (table)" for c in OURS})
    ours = pd.DataFrame(
        {
            "distance": near.distances,
            "truth": _labels(near.rows, data.target),
            "probability": _probability(model, near.rows, found),
        }
    )
    rows = pd.concat([ours, own.reset_index(drop=True)], axis=1)
    return Taught(rows, near.space, (_searched(near.searched, seen.total), *near.notes))


def _with_vector(found: Scored, opened: Opened) -> pd.DataFrame:
    """Return the row with its embedding, which scans don't read."""
    column = opened.spec.data.embedding
    if column is None:
        raise InvestigationRefused(
            "the investigation names no embedding",
            needed="`embedding` in [data], a column of vectors that both tables have",
            do="add it, or choose another space",
        )
    vectors = opened.table.take(found.rows.index.to_numpy(), [column])[column]
    return found.rows.assign(**{column: vectors})


def _labels(rows: pd.DataFrame, target: str) -> list[str]:
    if target not in rows:
        return [""] * len(rows)
    return ["" if pd.isna(label) else str(label) for label in rows[target]]


def _probability(model: Model, rows: pd.DataFrame, found: Scored) -> np.ndarray:
    if not len(rows):
        return np.zeros(0)
    blank = np.zeros(len(rows), dtype=np.int64)
    scored = Scored(rows, blank, blank, model.predict_proba(rows), blank.astype(float), model.classes, found.threshold)
    return shown_probability(scored)


def _searched(searched: int, total: int) -> str:
    return f"nearest among {searched:,} of {total:,} training rows"
