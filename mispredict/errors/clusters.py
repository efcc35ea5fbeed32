"""Clusters: errors that are alike in why the model went wrong, each with the rule that finds them in the table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from explainers.explanation import Attribution
from mispredict.errors.alike import AlikeErrors, alike_errors
from mispredict.errors.apart import COMPARED, columns_apart
from mispredict.errors.confirming import Confirmation, Confirming, holm
from mispredict.errors.findings import Apart, Cluster, Condition
from mispredict.errors.naming import short_names
from mispredict.errors.predicates import holds, rule_text
from mispredict.errors.promises import expected_errors
from mispredict.errors.rules import RuleFinder
from mispredict.errors.split import is_held_out
from mispredict.errors.typical import typical_rows
from mispredict.scan.scored import Scored

LEVEL = 0.05  # p-value, corrected, up to which a cluster's rule counts as more than chance


@dataclass(frozen=True, eq=False)
class _Measured:
    cluster: Cluster
    members: np.ndarray  # positions among the errors
    weight: float  # errors too many among the rule's rows, the 90 % interval's lower end, by the cluster's part in them

    @property
    def holds_good(self) -> bool:
        return self.cluster.p_adjusted is not None and self.cluster.p_adjusted <= LEVEL


def cluster_errors(
    errors: Scored, attribution: Attribution, table_sample: Scored, *, exclude: Collection[str], seed: int = 0
) -> tuple[list[Cluster], np.ndarray, tuple[str, ...]]:
    """Return the clusters, the most serious first, each error's cluster (-1: none), and notes.

    Errors lie together if the model had the same reasons: in the space of `attribution`, one kind of error at a time
    (see errors/alike.py). Groups and rules are made of searched rows alone, and p-values are of the
    held-out ones, Holm over the clusters; clusters that are no more than chance there come last. "No stable cluster" is
    an answer.
    """
    labels = np.full(len(errors), -1, dtype=np.int32)
    if not len(errors):
        return [], labels, ("there are no errors",)
    groups, notes = alike_errors(errors, attribution, seed=seed)
    if not groups:
        return [], labels, notes
    rules, more = _rules(groups, errors, table_sample, exclude=exclude, seed=seed)
    clusters = _Described(errors, table_sample, exclude).all(groups, rules)
    measured = _judged(clusters, groups, errors=errors, table=table_sample, seed=seed)
    for number, one in enumerate(measured):
        labels[one.members] = number
    chance = sum(not one.holds_good for one in measured)
    return [replace(one.cluster, id=i) for i, one in enumerate(measured)], labels, (*notes, *more, *_last(chance))


def _rules(
    groups: list[AlikeErrors], errors: Scored, table: Scored, *, exclude: Collection[str], seed: int
) -> tuple[list[tuple[Condition, ...]], tuple[str, ...]]:
    """Return a rule for each group, found on searched rows against all others of them."""
    known, rows = (
        np.flatnonzero(~is_held_out(part.rows.index.to_numpy(dtype=np.int64), seed=seed)) for part in (errors, table)
    )
    finder = RuleFinder(errors.take(known), table.take(rows), exclude=exclude, seed=seed)
    return [finder.rule_for(np.searchsorted(known, group.searched)) for group in groups], tuple(finder.notes)


class _Described:
    """What stands in a cluster but for the judgement: counts over the whole sample, typical errors, what is apart."""

    def __init__(self, errors: Scored, table: Scored, exclude: Collection[str]) -> None:
        self._errors, self._table = errors, table
        self._promised = expected_errors(table)
        self._columns = [str(column) for column in table.rows.columns if column not in exclude]
        self._positions = table.rows.index.to_numpy()

    def all(self, groups: list[AlikeErrors], rules: list[tuple[Condition, ...]]) -> list[Cluster]:
        names = short_names(rules)
        return [self._one(*one) for one in zip(groups, rules, names, strict=True)]

    def _one(self, group: AlikeErrors, conditions: tuple[Condition, ...], name: str) -> Cluster:
        errors, table, members = self._errors, self._table, group.members
        inside = holds(conditions, table.rows)
        of_kind = table.is_error & np.isin(_kind_of(table), _kind_of(errors)[members])
        worst_first = members[np.argsort(-errors.surprise[members], kind="stable")]
        typical = members[typical_rows(group.points, errors.rows.iloc[members][self._columns])]
        return Cluster(
            id=-1,
            size=len(members),
            name=name,
            rule=rule_text(conditions),
            conditions=conditions,
            precision=_share(of_kind[inside]),
            recall=_share(holds(conditions, errors.rows.iloc[members])),
            lift=_share(table.is_error[inside]) / max(_share(table.is_error), 1e-12),
            rule_rows=int(inside.sum()),
            errors=int(table.is_error[inside].sum()),
            expected_errors=float(self._promised[inside].sum()),
            p_adjusted=None,
            heldout_z=None,
            heldout_ratio=None,
            apart=self._apart(members),
            medoids=tuple(str(one) for one in errors.ids[typical]),
            rows=tuple(str(one) for one in errors.ids[worst_first]),
        )

    def _apart(self, members: np.ndarray) -> tuple[Apart, ...]:
        own = self._errors.rows.iloc[members]
        others = np.flatnonzero(~np.isin(self._positions, own.index.to_numpy()))
        few = others[np.linspace(0, len(others) - 1, min(len(others), COMPARED)).astype(np.int64)]
        return columns_apart(own[self._columns], self._table.rows.iloc[few][self._columns], self._columns)


def _judged(
    clusters: list[Cluster], groups: list[AlikeErrors], *, errors: Scored, table: Scored, seed: int
) -> list[_Measured]:
    """Return the clusters with what the held-out rows say of them, in their order."""
    confirming = Confirming(table, seed=seed)
    masks = [holds(cluster.conditions, table.rows) for cluster in clusters]
    ruled = np.any(
        [~np.ones(len(table), dtype=bool), *(m for m, c in zip(masks, clusters, strict=True) if c.conditions)], axis=0
    )
    said = [
        confirming.confirm(inside, ruled) if cluster.conditions else None
        for cluster, inside in zip(clusters, masks, strict=True)
    ]
    adjusted = holm([one.p_value if one is not None else None for one in said])
    measured = [
        _Measured(_with(cluster, one, chance), group.members, _weight(table, inside, errors.rows.index[group.members]))
        for cluster, one, chance, group, inside in zip(clusters, said, adjusted, groups, masks, strict=True)
    ]
    return sorted(measured, key=lambda one: (not one.holds_good, -one.weight))


def _with(cluster: Cluster, said: Confirmation | None, p_adjusted: float | None) -> Cluster:
    if said is None:
        return cluster
    return replace(cluster, p_adjusted=p_adjusted, heldout_z=said.z, heldout_ratio=said.ratio)


def _weight(table: Scored, inside: np.ndarray, members: pd.Index) -> float:
    promised = expected_errors(table)[inside]
    at_least = table.is_error[inside].sum() - promised.sum() - 1.645 * np.sqrt((promised * (1 - promised)).sum())
    wrong = table.rows.index[inside & table.is_error]
    return float(at_least) * _share(wrong.isin(members))


def _last(chance: int) -> tuple[str, ...]:
    if not chance:
        return ()
    words = "1 cluster has" if chance == 1 else f"{chance} clusters have"
    return (
        f"{words} no rule whose rows are wrong more often than promised on the held-out rows: groups of alike errors, "
        "listed last",
    )


def _kind_of(scored: Scored) -> np.ndarray:
    """Return a number for each row's true class and what it was called."""
    kind: np.ndarray = scored.truth * len(scored.classes) + scored.predicted
    return kind


def _share(mask: np.ndarray) -> float:
    return float(mask.mean()) if len(mask) else 0.0
