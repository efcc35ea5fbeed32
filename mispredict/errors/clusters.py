"""Clusters: errors that the model made for the same reasons, each with the rule that finds them in the table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from explainers.explanation import Attribution
from explainers.projection import reduce
from mispredict.errors.density import SMALLEST, find_groups
from mispredict.errors.findings import Cluster, Condition
from mispredict.errors.predicates import holds, rule_text
from mispredict.errors.promises import expected_errors
from mispredict.errors.rules import RuleFinder
from mispredict.scan.scored import Scored

DIMENSIONS = 6  # more, and density means nothing: everything is noise


@dataclass(frozen=True, eq=False)
class _Measured:
    cluster: Cluster
    members: np.ndarray  # positions among the errors
    weight: float  # errors too many among the rule's rows, the 90 % interval's lower end, by the cluster's part in them


def cluster_errors(
    errors: Scored, attribution: Attribution, table_sample: Scored, *, exclude: Collection[str], seed: int = 0
) -> tuple[list[Cluster], np.ndarray, tuple[str, ...]]:
    """Return the clusters, the most serious first, each error's cluster (-1: none), and notes.

    Errors lie together if the model had the same reasons: in the space of contributions, one kind of error (its true
    class and what it was called) at a time. "No stable cluster" is an answer.
    """
    labels = np.full(len(errors), -1, dtype=np.int32)
    if not len(errors):
        return [], labels, ("there are no errors",)
    groups, notes = _groups(errors, attribution, seed)
    if not groups:
        return [], labels, notes
    finder = RuleFinder(errors, table_sample, exclude=exclude, seed=seed)
    measured = [_measure(members, errors, table_sample, finder.rule_for(members)) for members in groups]
    measured.sort(key=lambda one: -one.weight)
    for number, one in enumerate(measured):
        labels[one.members] = number
    clusters = [replace(one.cluster, id=number) for number, one in enumerate(measured)]
    return clusters, labels, (*notes, *finder.notes)


def _groups(errors: Scored, attribution: Attribution, seed: int) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Return groups of errors, as positions among them, and what was tried."""
    values = attribution.values.to_numpy(dtype=np.float64)
    groups: list[np.ndarray] = []
    notes: list[str] = []
    for kind, name in _kinds(errors):
        if len(kind) < 2 * SMALLEST:
            notes.append(f"{len(kind)} errors {name} are too few for clusters; {2 * SMALLEST} are needed")
            continue
        found = find_groups(reduce(values[kind], dimensions=DIMENSIONS, seed=seed), seed=seed)
        if found is None:
            notes.append(f"no stable cluster among {len(kind):,} errors {name}")
            continue
        groups.extend(kind[found.labels == label] for label in range(int(found.labels.max()) + 1))
        notes.append(
            f"clustered {int((found.labels >= 0).sum()):,} of {len(kind):,} errors {name} by {attribution.method} "
            f"contributions: least size {found.least}, stability {found.stability:.2f} (adjusted Rand index)"
        )
    return groups, tuple(notes)


def _kinds(errors: Scored) -> list[tuple[np.ndarray, str]]:
    """Return the positions of each kind of error and its name, the most frequent first."""
    predicted = errors.predicted
    pairs = sorted(set(zip(errors.truth.tolist(), predicted.tolist(), strict=True)))
    kinds = [
        (
            np.flatnonzero((errors.truth == truth) & (predicted == called)),
            f"where {errors.classes[truth]} was called {errors.classes[called]}",
        )
        for truth, called in pairs
    ]
    return sorted(kinds, key=lambda kind: -len(kind[0]))


def _measure(members: np.ndarray, errors: Scored, table: Scored, conditions: tuple[Condition, ...]) -> _Measured:
    inside = holds(conditions, table.rows)
    truth, called = errors.truth[members[0]], errors.predicted[members[0]]
    of_kind = (table.truth == truth) & (table.predicted == called)
    promised = expected_errors(table)[inside]
    excess = float(table.is_error[inside].sum() - promised.sum())
    worst_first = members[np.argsort(-errors.surprise[members], kind="stable")]
    cluster = Cluster(
        id=-1,
        size=len(members),
        name=rule_text(conditions),
        rule=rule_text(conditions),
        conditions=conditions,
        precision=_share(of_kind[inside]),
        recall=_share(holds(conditions, errors.rows.iloc[members])),
        lift=_share(table.is_error[inside]) / max(_share(table.is_error), 1e-12),
        rule_rows=int(inside.sum()),
        errors=int(table.is_error[inside].sum()),
        expected_errors=float(promised.sum()),
        p_adjusted=None,
        heldout_z=None,
        heldout_ratio=None,
        apart=(),
        medoids=(),
        rows=tuple(str(one) for one in errors.ids[worst_first]),
    )
    at_least = excess - 1.645 * float(np.sqrt((promised * (1 - promised)).sum()))
    wrong = table.rows.index.to_numpy()[inside & table.is_error]
    return _Measured(cluster, members, at_least * _share(np.isin(wrong, errors.rows.index.to_numpy()[members])))


def _share(mask: np.ndarray) -> float:
    return float(mask.mean()) if len(mask) else 0.0
