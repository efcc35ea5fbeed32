"""The rows that a verdict may rest on, and what is known of them."""

from __future__ import annotations

import numpy as np

from mispredict.errors.neighbourhood import Vectors
from mispredict.errors.overlap import overlap_with_training
from mispredict.errors.verdict import Evidence
from mispredict.investigation.opened import Opened
from mispredict.scan.scored import Scored


def evidence_of(opened: Opened, sample: Scored) -> tuple[Scored, Evidence]:
    """Return the sample without the rows that the model was trained on, and what is known of the rest."""
    data, table = opened.spec.data, opened.table
    overlap = None
    if opened.training is not None:
        overlap = overlap_with_training(
            table, opened.training, features=opened.explained, target=data.target, id_column=data.id
        )
        unseen = overlap.is_evidence(sample.rows.index.to_numpy(dtype=np.int64))
        sample = sample if unseen.all() else sample.take(unseen)
    return sample, Evidence(opened.explained, _vectors(opened), table.rows, overlap)


def _vectors(opened: Opened) -> Vectors | None:
    column = opened.spec.data.embedding
    if column is None:
        return None

    def read(scored: Scored) -> np.ndarray:
        from mispredict.investigation.spaces import stacked  # which needs the steps, which need this

        cells = opened.table.take(scored.rows.index.to_numpy(dtype=np.int64), [column]).iloc[:, 0]
        return stacked(cells.tolist())

    return read
