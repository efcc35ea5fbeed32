"""Slices and clusters with figures over the whole table, worked out from what was counted of their rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mispredict.errors.confirming import chance_of, holm
from mispredict.errors.counted import CountedRule, RuleSums, Sums, TableSums, middles
from mispredict.errors.findings import Cluster, Slice, Way
from mispredict.errors.interval import interval_of_errors
from mispredict.errors.promises import Promises, Recalibration
from mispredict.errors.residuals import ways_of
from mispredict.errors.seriousness import seriousness
from mispredict.errors.slices import CONFIRMED
from mispredict.scan.scored import Scored

_GROUPS = 200  # of equally many rows, at most, that the recalibration goes through
_SMALLEST_GROUP = 200


def rules_of(slices: Sequence[Slice], clusters: Sequence[Cluster]) -> list[CountedRule]:
    """Return what is to be counted: the slices in their order, each after the more serious ones, then the clusters."""
    ordered = [CountedRule(one.conditions, tuple(range(number))) for number, one in enumerate(slices)]
    return ordered + [CountedRule(one.conditions) for one in clusters]


def recount_slices(slices: Sequence[Slice], sums: TableSums) -> tuple[list[Slice], tuple[str, ...]]:
    """Return the slices with the table's figures, the most serious first, and what the table did not confirm."""
    rules = sums.rules[: len(slices)]
    # Each slice's own rows are those of no earlier one: together they are the rows of any, each counted once.
    promised = _Promised.outside(sums.whole.levels, sum(rule.levels for rule in rules))
    counted = [_recounted(one, rule, (sums.whole, promised)) for one, rule in zip(slices, rules, strict=True)]
    kept = [pair for pair in counted if pair[0].shape != "rule" or (pair[0].heldout_z or 0.0) >= CONFIRMED]
    kept.sort(key=lambda pair: -pair[1])
    return [one for one, _ in kept], _unconfirmed(len(counted) - len(kept))


def recount_clusters(clusters: Sequence[Cluster], sums: TableSums, errors: Scored) -> list[Cluster]:
    """Return the clusters with the table's figures, in their order; `sums.rules` ends with those of the clusters.

    `errors` holds the clustered errors, which tell of what kinds a cluster is.
    """
    if not clusters:
        return []
    kinds = dict(zip(errors.ids.astype(str), zip(errors.truth, errors.predicted, strict=True), strict=True))
    rules = sums.rules[-len(clusters) :]
    said = [_said(rule, sums.whole) if one.conditions else None for one, rule in zip(clusters, rules, strict=True)]
    chances = holm([one[1] if one else None for one in said])
    return [
        replace(
            _rule_counted(one, rule, (sums.whole.all, {kinds[row] for row in one.rows})),
            heldout_z=z[0] if z else None,
            p_adjusted=chance,
        )
        for one, rule, z, chance in zip(clusters, rules, said, chances, strict=True)
    ]


def _recounted(one: Slice, rule: RuleSums, table: tuple[RuleSums, _Promised]) -> tuple[Slice, float]:
    """Return the slice and how serious it is; what a shape's own rows say stays, the rule only comes near them."""
    whole, promised = table
    every, own = rule.all, rule.own
    low, high = interval_of_errors(every.errors, every.rows)
    counted = replace(
        one,
        rows=every.rows,
        errors=every.errors,
        expected_errors=every.expected,
        excess=every.errors - every.expected,
        excess_low=low - every.expected,
        excess_high=high - every.expected,
        heldout_ratio=_ratio(rule.held_out),
        lift=_lift(every, whole.all),
    )
    if one.shape == "rule":
        heard = rule.levels[1]
        z = promised.z(rule.levels.sum(axis=0), one.way)
        counted = replace(counted, z=z, heldout_z=promised.z(heard, one.way) if heard.any() else None)
    return counted, seriousness(own.errors - own.expected, own.spread, own.rows)


def _rule_counted(one: Cluster, rule: RuleSums, table: tuple[Sums, set[tuple[int, int]]]) -> Cluster:
    whole, kinds = table
    return replace(
        one,
        rule_rows=rule.all.rows,
        errors=rule.all.errors,
        expected_errors=rule.all.expected,
        precision=float(sum(rule.confusion[kind] for kind in kinds) / max(rule.all.rows, 1)),
        lift=_lift(rule.all, whole),
        heldout_ratio=_ratio(rule.held_out) if one.conditions else None,
    )


def _said(rule: RuleSums, whole: RuleSums) -> tuple[float, float] | None:
    """Return z and chance of the errors on held-out rows, by promises that were recalibrated outside of the rule."""
    if not rule.held_out.rows:
        return None
    return _Promised.outside(whole.levels, rule.levels).errors_too_many(rule.levels[1])


def _ratio(sums: Sums) -> float | None:
    return sums.errors / sums.expected if sums.expected_units else None


def _lift(part: Sums, whole: Sums) -> float:
    return part.errors / max(part.rows, 1) / max(whole.errors / max(whole.rows, 1), 1e-12)


def _unconfirmed(rules: int) -> tuple[str, ...]:
    if not rules:
        return ()
    return (f"{rules} {'rule' if rules == 1 else 'rules'} did not hold on the held-out rows of the table: left out",)


@dataclass(frozen=True, eq=False)
class _Promised:
    """What the rows outside of some rules promise at each level of the probability."""

    likely: np.ndarray  # (LEVELS,): that what was promised comes
    group: np.ndarray  # int64 (LEVELS,): levels that were put together to learn it
    learned: np.ndarray  # rows of each group that it was learned from
    is_binary: bool

    @staticmethod
    def outside(whole: np.ndarray, inside: np.ndarray | int) -> _Promised:
        """Return the promise of all rows but those inside; both as levels of `RuleSums`."""
        counts = (whole - inside).sum(axis=(0, 1))
        group = _groups(counts[:, 0])
        learned = np.bincount(group, weights=counts[:, 0])
        likely = _curve(counts, group)(1 / (1 + np.exp(-middles())))
        # Of several classes there is only "called so": the promise is that the prediction is right.
        return _Promised(likely, group, learned, is_binary=bool(whole[:, 0].any()))

    def z(self, levels: np.ndarray, way: Way) -> float:
        """Return how far rows, (2, LEVELS, 2), are from what was promised, in standard deviations."""
        rows = levels[..., 0]
        found = next(one for one in ways_of(self._promises(levels)) if one.name == way)
        variance = float((found.variance * rows * self._wider(rows)).sum())
        return float((found.residual * rows).sum() / math.sqrt(max(variance, 1e-12)))

    def errors_too_many(self, levels: np.ndarray) -> tuple[float, float]:
        """Return how far the errors are above what was promised, in standard deviations, and the chance of it."""
        rows, promises = levels[..., 0], self._promises(levels)
        variance = max(float((promises.spread * rows * self._wider(rows)).sum()), 1e-12)
        third = float((promises.spread * (1 - 2 * promises.error) * rows).sum())
        z = float((promises.excess * rows).sum()) / math.sqrt(variance)
        return z, chance_of(z, third / variance**1.5)

    def _wider(self, rows: np.ndarray) -> np.ndarray:
        """Return by how much each level's variance grows: its promise was learned from so many rows, and no more."""
        within = np.bincount(self.group, weights=rows.sum(axis=0), minlength=len(self.learned))
        wider: np.ndarray = (1 + within / np.maximum(self.learned, 1))[self.group]
        return wider

    def _promises(self, levels: np.ndarray) -> Promises:
        """Return promises of cells instead of rows: what came is a share of theirs, in which residuals are linear."""
        rows, came = levels[..., 0], levels[..., 1]
        share, likely = came / np.maximum(rows, 1), np.broadcast_to(self.likely, rows.shape)
        if not self.is_binary:
            return Promises(1 - likely, None, 1 - share, None, None)
        called = np.broadcast_to(np.array([[False], [True]]), rows.shape)
        error = np.where(called, 1 - likely, likely)
        return Promises(error, likely, np.where(called, 1 - share, share), share, called)


def _groups(rows: np.ndarray) -> np.ndarray:
    """Return a number for each level: neighbours go together until they have rows enough."""
    least = max(_SMALLEST_GROUP, rows.sum() / _GROUPS)
    groups: np.ndarray = np.unique((np.cumsum(rows) - rows / 2) // least, return_inverse=True)[1]
    return groups


def _curve(counts: np.ndarray, group: np.ndarray) -> Recalibration:
    """Return an isotonic curve through the groups, each leaning a little on what the model promised."""
    from sklearn.isotonic import isotonic_regression

    rows, came = (np.bincount(group, weights=counts[:, column]) for column in (0, 1))
    full = rows > 0
    if not full.any():
        return Recalibration()
    odds = (np.bincount(group, weights=counts[:, 0] * middles())[full]) / rows[full]
    rates = (came[full] + 2 / (1 + np.exp(-odds))) / (rows[full] + 2)
    return Recalibration(knots=odds, rates=np.asarray(isotonic_regression(rates, sample_weight=rows[full] + 2)))
