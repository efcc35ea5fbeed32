"""Which errors hang together: slices, clusters, the verdict."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from explainers.explanation import Attribution
from mispredict.errors.clusters import cluster_errors
from mispredict.errors.findings import Cluster
from mispredict.errors.shapes.finding import with_shapes
from mispredict.errors.slices import find_slices
from mispredict.errors.verdict import judge
from mispredict.investigation.attributing import cluster_space
from mispredict.investigation.desk import Groups, Progress
from mispredict.investigation.evidence import evidence_of
from mispredict.investigation.opened import Opened
from mispredict.scan.scored import Scored

CLUSTERED = 5_000  # the most surprising errors; more take longer without showing more


def worst_errors(worst: Scored) -> Scored:
    """Return the errors among the kept rows, the most surprising first, at most 5,000."""
    errors = worst.take(worst.is_error)
    return errors.take(np.argsort(-errors.surprise, kind="stable")[:CLUSTERED])


def group(opened: Opened, sample: Scored, errors: Scored, attribution: Attribution, progress: Progress) -> Groups:
    """Return what hangs together in the errors; slices and verdict on the uniform sample."""
    data, seed, begin = opened.spec.data, opened.spec.seed, time.perf_counter()
    progress(0.0, "searching slices")
    unseen, evidence = evidence_of(opened, sample)
    boxes, slice_notes = find_slices(unseen, exclude=opened.unruled, seed=seed)
    embedding = _embedding(opened, unseen)
    slices, shape_notes = with_shapes(boxes, unseen, exclude=opened.unruled, seed=seed, vectors=embedding)
    verdict = judge(unseen, slices, time=data.time, entity=data.entity, evidence=evidence, seed=seed)
    middle = time.perf_counter()
    progress(0.6, "clustering the errors")
    clusters, notes = _clusters(opened, sample, errors, attribution)
    end = time.perf_counter()
    return Groups(
        verdict, tuple(slices), tuple(clusters), notes, (*slice_notes, *shape_notes), end - middle, middle - begin
    )


def _embedding(opened: Opened, sample: Scored) -> np.ndarray | None:
    """Return the table's own embedding of some rows, (rows, dimensions), None where it names none."""
    from mispredict.investigation.spaces import stacked  # it stands on the steps, and they on this

    column = opened.spec.data.embedding
    if column is None or not len(sample):
        return None
    return stacked(opened.table.take(sample.rows.index.to_numpy(), [column]).iloc[:, 0].tolist())


def _clusters(
    opened: Opened, sample: Scored, errors: Scored, attribution: Attribution
) -> tuple[Sequence[Cluster], tuple[str, ...]]:
    if not len(errors):
        return (), ("no errors, so nothing to cluster",)
    exclude, seed = opened.unruled, opened.spec.seed
    space = cluster_space(opened, errors, sample, attribution)
    clusters, _, notes = cluster_errors(errors, space, sample, exclude=exclude, seed=seed)
    return clusters, (*space.notes, *notes)
